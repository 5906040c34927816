"""The gateway, for commands that people give."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias
from uuid import uuid4

import httpx

from flows_meter_sync.settings import GatewaySettings
from flows_shared.db import JSON
from flows_shared.errors import FlowsError

Answer: TypeAlias = Any  # JSON, whose shape the gateway documents

LOGIN: Final = "/auth/v1/token"


class GatewayAway(FlowsError):
    """Nothing answers there."""

    code = "gateway.unreachable"


class GatewayRefused(FlowsError):
    """The gateway said no, in its own words."""

    code = "gateway.refused"


class NoLogin(FlowsError):
    """Neither a token nor a login is set."""

    code = "gateway.no_login"

    def __init__(self) -> None:
        super().__init__("set FLOWS_GATEWAY_TOKEN, or FLOWS_GATEWAY_EMAIL and FLOWS_GATEWAY_PASSWORD")


class Gateway:
    """One meter at the gateway; what it answers is JSON."""

    def __init__(self, http: httpx.Client, serial: str) -> None:
        self.http, self.path = http, f"/v1/meters/{serial}"

    def get(self, what: str, **query: object) -> Answer:
        given = {name: value for name, value in query.items() if value is not None}
        return _ask(self.http, "GET", f"{self.path}/{what}".rstrip("/"), params=given)

    def post(self, what: str, body: JSON = None, key: str | None = None) -> Answer:
        """A write without a key is asked for once."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return _ask(self.http, "POST", f"{self.path}/{what}", json=body, headers=headers)


@contextmanager
def at_gateway(settings: GatewaySettings, serial: str) -> Iterator[Gateway]:
    """The meter, asked for as whom the settings name."""
    with httpx.Client(base_url=settings.gateway_url, timeout=settings.gateway_timeout_seconds) as http:
        http.headers["Authorization"] = f"Bearer {_token(http, settings)}"
        yield Gateway(http, serial)


def _token(http: httpx.Client, settings: GatewaySettings) -> str:
    if settings.gateway_token is not None:
        return settings.gateway_token.get_secret_value()
    if settings.gateway_email is None or settings.gateway_password is None:
        raise NoLogin
    login = {"email": settings.gateway_email, "password": settings.gateway_password.get_secret_value()}
    token: str = _ask(http, "POST", LOGIN, params={"grant_type": "password"}, json=login)["access_token"]
    return token


def _ask(http: httpx.Client, method: str, path: str, **request: Any) -> Answer:
    try:
        response = http.request(method, path, **request)
    except httpx.HTTPError as error:
        raise GatewayAway(f"no answer from {http.base_url}: {error}") from error
    try:
        answer = response.json()
    except ValueError:
        raise GatewayRefused(f"{http.base_url}{path} answered {response.status_code} and no JSON") from None
    if response.is_success:
        return answer
    raise GatewayRefused(answer.get("message") or answer.get("msg") or f"status {response.status_code}")
