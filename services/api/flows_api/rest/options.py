"""What the host says about the database that is served."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RestOptions:
    """`schemas` are exposed, the first where no profile is asked for; `profiles` are further names for them."""

    database_url: str
    schemas: tuple[str, ...]
    profiles: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    max_rows: int | None = None
    pool_size: int = 10
    pool_timeout_seconds: float = 10.0
    statement_timeout_seconds: float = 10.0
