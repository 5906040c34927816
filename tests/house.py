"""All of Flows as its own processes, on the servers of a test: what an operator starts."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import httpx

from databases import RoleUrl
from flows_local.ports import free_ports
from flows_local.programs import ROLES
from flows_local.seed.seed import Login
from processes import FlowsProcess

FLOWS = str(Path(sys.executable).with_name("flows"))
# So that what a crash leaves behind is taken up at once.
QUICK = {
    "FLOWS_OUTBOX_POLL_SECONDS": "0.1",
    "FLOWS_OUTBOX_RESEND_SECONDS": "1",
    "FLOWS_OUTBOX_LEASE_SECONDS": "1",
    "FLOWS_OUTBOX_HEARTBEAT_SECONDS": "0.2",
    "FLOWS_METER_SYNC_PACE_SECONDS": "0",
}


class House:
    """Starts services and workers, each with its own login role, and kills what still runs when it is left."""

    def __init__(self, variables: Mapping[str, str], role_url: RoleUrl, logs: Path) -> None:
        self.role_url, self.logs = role_url, logs
        self.ports = dict(zip(ROLES, free_ports(len(ROLES)), strict=True))
        self.variables = {
            **variables,
            **QUICK,
            "FLOWS_API_METER_SYNC_URL": self.url("meter-sync"),
            "FLOWS_API_BILLING_URL": self.url("billing"),
        }
        self.processes: list[FlowsProcess] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.__exit__()

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def gateway(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url("api"), timeout=30)

    def serve(self, *services: str) -> list[FlowsProcess]:
        """The web apps, when they have started."""
        started = self._started([self._start("serve", service) for service in services])
        for service, process in zip(services, started, strict=True):
            process.wait_until_served(self.ports[service])
        return started

    def work(self, *services: str, **variables: str) -> list[FlowsProcess]:
        """A worker of each service, when they have started; `variables` are for these alone."""
        return self._started([self._start("work", service, **variables) for service in services])

    def assert_alive(self) -> None:
        """Fail with the end of the log of a process that ended by itself."""
        for process in self.processes:
            status = process.process.poll()
            assert status is None, f"{process.process.args!r} ended with {status}:\n{process.log.read_text()[-5000:]}"

    def _start(self, verb: str, service: str, **own: str) -> FlowsProcess:
        port = {"FLOWS_PORT": str(self.ports[service])} if verb == "serve" else {}
        variables = {**self.variables, "FLOWS_DATABASE_URL": self.role_url(ROLES[service]), **port, **own}
        log = self.logs / f"{len(self.processes):02}-{service}-{verb}.log"
        self.processes.append(FlowsProcess([FLOWS, verb, service], variables, log))
        return self.processes[-1]

    def _started(self, processes: list[FlowsProcess]) -> list[FlowsProcess]:
        for process in processes:
            process.wait_for("started", seconds=40)
        return processes


async def log_in(gateway: httpx.AsyncClient, login: Login) -> dict[str, str]:
    """Headers with the login's token."""
    body = {"email": login.email, "password": login.password}
    response = await gateway.post("/auth/v1/token", params={"grant_type": "password"}, json=body)
    assert response.status_code == 200, response.text
    return {"Authorization": f"Bearer {response.json()['access_token']}"}
