"""Settings from `FLOWS_*` environment variables: one class a service, read once at start."""

import re
from typing import Literal, TypeVar, get_args

from pydantic import Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows_shared.errors import FlowsError

PREFIX = "FLOWS_"


class SettingsError(FlowsError):
    """A variable is missing or wrong; the sentence names it."""

    code = "settings"


class LogSettings(BaseSettings):
    """What every command reads."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="the least that is logged")
    log_format: Literal["json", "text"] = Field("json", description="json for machines, text for a terminal")


class DatabaseSettings(LogSettings):
    """What a command that only needs the database reads, such as `flows migrate`."""

    database_url: SecretStr = Field(
        SecretStr("postgresql://127.0.0.1:5432/flows"), description="PostgreSQL, as this process's own login role"
    )


class HttpSettings(LogSettings):
    """Where `flows serve` listens."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    trusted_proxies: str = Field(
        "127.0.0.1", description="proxies whose X-Forwarded-For is believed, separated by commas; * for all"
    )
    max_head_bytes: int = Field(65_536, ge=1024, description="a request's line and headers together, at most")
    max_head_headers: int = Field(100, ge=10, description="headers of a request at most")
    head_timeout_seconds: float = Field(
        10.0, gt=0, description="a head that is not all there by then ends its connection"
    )
    body_timeout_seconds: float = Field(
        120.0, gt=0, description="a body that is not all there by then ends its connection"
    )
    grace_seconds: int = Field(20, ge=0, description="time for requests under way to finish on SIGTERM")


class ServiceSettings(DatabaseSettings, HttpSettings):
    """What every service needs."""

    redis_url: SecretStr = Field(SecretStr("redis://127.0.0.1:6379/0"), description="Redis or Valkey: the queues")
    jwt_secret: SecretStr = Field(min_length=32, description="signs and verifies tokens (HS256), the same everywhere")
    jwt_previous_secret: SecretStr | None = Field(
        None, min_length=32, description="the secret before, still taken while the new one reaches every process"
    )
    database_pool_size: int = Field(10, ge=1, le=500, description="connections to PostgreSQL at most, per process")
    service_token_seconds: int = Field(60, ge=5, description="life of a token between the gateway and a service")
    readiness_timeout_seconds: float = Field(2.0, gt=0, description="/readyz waits this long for each part")

    worker_max_jobs: int = Field(100, ge=1, description="jobs at the same time in one worker process")
    worker_poll_seconds: float = Field(0.05, gt=0, description="pause between looks at the queue")
    worker_grace_seconds: float = Field(20.0, ge=0, description="time for running jobs to finish on SIGTERM")
    worker_job_timeout_seconds: float = Field(3600.0, gt=0, description="a job that runs longer has failed")
    worker_metrics_port: int | None = Field(
        None, ge=1, le=65535, description="/healthz, /readyz and /metrics of a worker process; none when unset"
    )

    outbox_batch: int = Field(500, ge=1, le=10_000, description="rows that the relay sends at once")
    outbox_poll_seconds: float = Field(1.0, gt=0, description="the relay looks this often, notified or not")
    outbox_resend_seconds: float = Field(30.0, gt=0, description="a job sent but not started by then is sent again")
    outbox_lease_seconds: float = Field(15.0, gt=0, description="a job whose worker was silent for so long runs again")
    outbox_heartbeat_seconds: float = Field(5.0, gt=0, description="a worker extends its jobs' leases this often")
    outbox_max_attempts: int = Field(50, ge=1, description="starts of a job before it counts as failed")


S = TypeVar("S", bound=BaseSettings)


def load_settings(cls: type[S]) -> S:
    """Read the environment; a wrong value raises `SettingsError` with each variable's name."""
    try:
        return cls()
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(cls, detail) for detail in error.errors())) from None


def describe_settings(settings: BaseSettings) -> dict[str, str]:
    """Variable -> value for the log at start, without secrets; of a URL only its password is hidden."""
    return {variable(name): _shown(value) for name, value in settings}


def variable(field: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{field.upper()}"


def _shown(value: object) -> str:
    if not isinstance(value, SecretStr):
        return str(value)
    secret = value.get_secret_value()
    return re.sub(r"//([^:/@]*):[^@/]*@", r"//\1:***@", secret) if "://" in secret else "***"


def _sentence(cls: type[BaseSettings], detail: ErrorDetails) -> str:
    field = str(detail["loc"][0]) if detail["loc"] else ""
    if detail["type"] == "missing":
        return f"{variable(field)}: is missing"
    reason = detail["msg"][0].lower() + detail["msg"][1:]
    info = cls.model_fields.get(field)
    secret = info is not None and SecretStr in (info.annotation, *get_args(info.annotation))
    return f"{variable(field)}: {reason}" + ("" if secret else f", not '{detail['input']}'")
