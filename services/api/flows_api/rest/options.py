"""What the host says about the database that is served, in the terms of PostgREST's own settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from flows_api.rest.request.limits import Limits

TxEnd: TypeAlias = Literal["commit", "commit-allow-override", "rollback", "rollback-allow-override"]
OpenApiMode: TypeAlias = Literal["follow-privileges", "ignore-privileges", "disabled"]

HOISTED = ("statement_timeout", "plan_filter.statement_cost_limit", "default_transaction_isolation")


@dataclass(frozen=True)
class RestOptions:
    """`schemas` are exposed, the first where no profile is asked for; `profiles` are further names for them."""

    database_url: str
    schemas: tuple[str, ...]
    profiles: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    extra_search_path: tuple[str, ...] = ()
    pre_request: str | None = None
    root_function: str | None = None
    max_rows: int | None = None
    aggregates: bool = False
    plans: bool = False
    legacy_target_names: bool = True
    tx_end: TxEnd = "commit"
    channel: str = "pgrst"
    hoisted_settings: tuple[str, ...] = HOISTED
    app_settings: Mapping[str, str] = field(default_factory=dict)
    minimal_errors: bool = False
    openapi_mode: OpenApiMode = "follow-privileges"
    openapi_security: bool = False
    openapi_server: str | None = None
    server_timing: bool = False
    trace_header: str | None = None
    max_body_bytes: int | None = None
    pool_size: int = 10
    pool_timeout_seconds: float = 10.0
    statement_timeout_seconds: float | None = 10.0
    one_trip: bool = False
    limits: Limits = Limits()

    @property
    def tx_override(self) -> bool:
        return self.tx_end.endswith("-allow-override")

    @property
    def rolls_back(self) -> bool:
        return self.tx_end.startswith("rollback")
