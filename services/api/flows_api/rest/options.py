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
    """`schemas` are exposed, the first where no profile is asked for; `profiles` are further names for them.

    `pool_share` is the part of the pool that one caller may hold; `count_ceiling` bounds planned and estimated counts,
    which are then exact up to it and no longer taken from statistics.
    """

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
    prepared_statements: bool = True
    limits: Limits = field(default_factory=Limits)
    pool_share: float = 1.0
    statement_timeouts: Mapping[str, float] = field(default_factory=dict)
    max_answer_bytes: int | None = None
    count_ceiling: int | None = None

    @property
    def most_connections(self) -> int:
        """Those of one caller."""
        return max(1, int(self.pool_size * self.pool_share))

    def timeout_of(self, role: str) -> float | None:
        """Seconds for a statement of the role."""
        return self.statement_timeouts.get(role, self.statement_timeout_seconds)

    @property
    def tx_override(self) -> bool:
        return self.tx_end.endswith("-allow-override")

    @property
    def rolls_back(self) -> bool:
        return self.tx_end.startswith("rollback")
