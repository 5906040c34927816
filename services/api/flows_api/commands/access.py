"""Who may call which command."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends

from flows_api.auth.bearer import get_principal
from flows_api.auth.principal import AccessRole, Principal
from flows_shared.errors import ForbiddenError


class RoleForbidden(ForbiddenError):
    code = "auth.role"

    def __init__(self, role: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"this needs role {' or '.join(allowed)}, and the token's role is {role}")


def require(*roles: AccessRole) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency: the principal, if it has one of the roles."""

    async def check(principal: Annotated[Principal, Depends(get_principal)]) -> Principal:
        if principal.role not in roles:
            raise RoleForbidden(principal.role, roles)
        return principal

    return check


Operator = Annotated[Principal, Depends(require("admin", "service"))]
Reader = Annotated[Principal, Depends(require("customer", "admin", "service"))]
