"""Which processes a demo has: the simulator, four services and three workers, each with a login role of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows_api.settings import ApiSettings
from flows_local.ports import free_ports
from flows_local.processes import Program
from flows_local.servers import Postgres, Valkey

DATABASE = "flows"
SERVICES = ("meter-sync", "billing", "notify")
ROLES = {"api": "flows_gateway", "meter-sync": "flows_meter_sync", "billing": "flows_billing", "notify": "flows_notify"}


@dataclass(frozen=True)
class Places:
    """Where everything is on this machine."""

    postgres: Postgres
    valkey: Valkey
    gateway_port: int
    mail_port: int
    jwt_secret: str

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.gateway_port}"


def simulator(meters: Path) -> Program:
    return Program("simulator", ("simulate", "--config", str(meters)), {}, ready="Ctrl-C ends it")


def services(places: Places) -> list[Program]:
    """The web apps and the workers, on free ports but for the gateway."""
    ports = free_ports(2 * len(SERVICES))
    urls = {service: f"http://127.0.0.1:{port}" for service, port in zip(SERVICES, ports, strict=False)}
    settings = {
        "FLOWS_API_METER_SYNC_URL": urls["meter-sync"],
        "FLOWS_API_BILLING_URL": urls["billing"],
        "FLOWS_METER_SYNC_NETWORKS": "127.0.0.0/8",  # where the simulator is
        "FLOWS_METER_SYNC_PACE_SECONDS": "0",  # simulated meters need no rest
        "FLOWS_NOTIFY_SMTP_HOST": "127.0.0.1",
        "FLOWS_NOTIFY_SMTP_PORT": str(places.mail_port),
        "FLOWS_NOTIFY_SMTP_FROM": "invoices@water-lane.example",
    }
    apps = [
        _program("serve", service, port, "FLOWS_PORT", places, settings)
        for service, port in zip(("api", *SERVICES), (places.gateway_port, *ports), strict=False)
    ]
    workers = [
        _program("work", service, port, "FLOWS_WORKER_METRICS_PORT", places, settings)
        for service, port in zip(SERVICES, ports[len(SERVICES) :], strict=True)
    ]
    return [*workers, *apps]


def gateway_settings(places: Places) -> ApiSettings:
    """As the gateway's process reads them."""
    return ApiSettings.model_validate(
        {
            "database_url": places.postgres.url(DATABASE, ROLES["api"]),
            "redis_url": places.valkey.url(),
            "jwt_secret": places.jwt_secret,
        }
    )


def _program(
    verb: str, service: str, port: int, port_variable: str, places: Places, settings: Mapping[str, str]
) -> Program:
    variables = {
        **settings,
        "FLOWS_DATABASE_URL": places.postgres.url(DATABASE, ROLES[service]),
        "FLOWS_REDIS_URL": places.valkey.url(),
        "FLOWS_JWT_SECRET": places.jwt_secret,
        "FLOWS_HOST": "127.0.0.1",
        "FLOWS_GRACE_SECONDS": "3",
        "FLOWS_WORKER_GRACE_SECONDS": "3",
        port_variable: str(port),
    }
    name = f"{service} worker" if verb == "work" else service
    return Program(name, (verb, service), variables, ready=f"http://127.0.0.1:{port}/readyz")
