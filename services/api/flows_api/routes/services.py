"""The other services, over HTTP: a short-lived token that names whom the gateway asks for, and the request's id."""

from functools import cache
from ssl import SSLContext
from typing import Final

import httpx
from pydantic import ValidationError

from flows_api.auth.principal import Principal
from flows_api.routes.models import Problem
from flows_api.settings import ApiSettings
from flows_shared.auth import service_headers
from flows_shared.contracts.route import Answered, Asked, Route
from flows_shared.errors import FlowsError, UnavailableError
from flows_shared.logs import get_logger
from flows_shared.time import utc_now

PASSED_ON: Final = (400, 404, 409, 422)

log = get_logger()


class ServiceUnavailable(UnavailableError):
    code = "service.unavailable"

    def __init__(self, service: str) -> None:
        super().__init__(f"the service {service} does not answer; try again later")


class ServiceRefused(FlowsError):
    """The service said no; its code, sentence and status are the answer."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@cache
def _trust() -> SSLContext:
    """Read once in a process, for all clients: it takes some 30 ms."""
    return httpx.create_ssl_context()


class ServiceClient:
    """One service; its connections are kept open and shared."""

    def __init__(self, name: str, url: str, settings: ApiSettings) -> None:
        self.name = name
        self.settings = settings
        self.http = httpx.AsyncClient(base_url=url, timeout=settings.api_service_timeout_seconds, verify=_trust())

    async def call(self, route: Route[Asked, Answered], asked: Asked, principal: Principal) -> Answered:
        """What the service answers."""
        response = await self.send(route, asked, principal)
        return route.read(response.content)

    async def send(self, route: Route[Asked, Answered], asked: Asked, principal: Principal) -> httpx.Response:
        """The same with its status and headers, not read yet."""
        headers = service_headers(self.settings, "api", utc_now(), acting_for=principal.actor)
        body = asked.model_dump(mode="json")
        try:
            response = await self.http.request(route.method, route.path, json=body, headers=headers)
        except httpx.TransportError as error:
            log.error("service_unavailable", target=self.name, reason=f"{type(error).__name__}: {error}")
            raise ServiceUnavailable(self.name) from error
        if response.is_success:
            return response
        raise self._refusal(response)

    async def close(self) -> None:
        await self.http.aclose()

    def _refusal(self, response: httpx.Response) -> FlowsError:
        problem = _problem(response)
        if response.status_code in PASSED_ON and problem:
            return ServiceRefused(problem.code, problem.message, response.status_code)
        log.error("service_failed", target=self.name, status=response.status_code, body=response.text[:500])
        return ServiceUnavailable(self.name)


def _problem(response: httpx.Response) -> Problem | None:
    """None where something else answers at the service's address."""
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return None
