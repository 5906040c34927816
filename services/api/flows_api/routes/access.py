"""Who may call which route."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from fastapi import Depends

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


RouteScope: TypeAlias = Literal["read", "write:public", "write:flows"]


@dataclass(frozen=True)
class Access:
    """A dependency that each route has: the principal, if it has one of the roles and the scope."""

    roles: tuple[AccessRole, ...]
    scope: RouteScope

    async def __call__(self, principal: Annotated[Principal, Depends(get_principal)]) -> Principal:
        if principal.role not in self.roles:
            raise RoleForbidden(principal.role, self.roles)
        action, _, schema = self.scope.partition(":")
        if action == "write" and not principal.may_write(schema):
            raise ScopeForbidden(schema)
        return principal


def require(*roles: AccessRole, scope: RouteScope) -> Access:
    return Access(roles, scope)


Operator = Annotated[Principal, Depends(require("admin", "service", scope="write:public"))]
OperatorReader = Annotated[Principal, Depends(require("admin", "service", scope="read"))]
Reader = Annotated[Principal, Depends(require("customer", "admin", "service", scope="read"))]
MeterInstaller = Annotated[Principal, Depends(require("admin", "service", scope="write:flows"))]
MeterOperator = Annotated[Principal, Depends(require("admin", "service", "mediator", scope="write:flows"))]
MeterOperatorReader = Annotated[Principal, Depends(require("admin", "service", "mediator", scope="read"))]
MeterReader = Annotated[Principal, Depends(require("customer", "admin", "service", "mediator", scope="read"))]
