"""Who may call which command."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Request

from flows_api.auth.bearer import get_principal
from flows_api.auth.principal import AccessRole, Principal
from flows_shared.errors import ForbiddenError


class RoleForbidden(ForbiddenError):
    code = "auth.role"

    def __init__(self, role: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"this needs role {' or '.join(allowed)}, and the token's role is {role}")


class ScopeForbidden(ForbiddenError):
    code = "auth.scope"

    def __init__(self, schema: str) -> None:
        super().__init__(f"this needs a key with the scope write or write:{schema}")


SAFE: Final = ("GET", "HEAD")
METERS: Final = ("/v1/meters", "/v1/readings")


def require(*roles: AccessRole) -> Callable[[Request, Principal], Awaitable[Principal]]:
    """A dependency: the principal, if it has one of the roles, and scopes for what the request would change."""

    async def check(request: Request, principal: Annotated[Principal, Depends(get_principal)]) -> Principal:
        if principal.role not in roles:
            raise RoleForbidden(principal.role, roles)
        schema = "flows" if request.url.path.startswith(METERS) else "public"
        if request.method not in SAFE and not principal.may_write(schema):
            raise ScopeForbidden(schema)
        return principal

    return check


Operator = Annotated[Principal, Depends(require("admin", "service"))]
Reader = Annotated[Principal, Depends(require("customer", "admin", "service"))]
MeterOperator = Annotated[Principal, Depends(require("admin", "service", "mediator"))]
MeterReader = Annotated[Principal, Depends(require("customer", "admin", "service", "mediator"))]
