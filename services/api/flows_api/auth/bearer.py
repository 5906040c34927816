"""The token of a request to a typed route."""

from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from flows_api.auth.authenticator import Authenticator
from flows_api.auth.principal import Principal
from flows_shared.time import utc_now

BEARER: Final = HTTPBearer(auto_error=False, scheme_name="bearer", bearerFormat="JWT")


async def get_principal(
    request: Request, _declared: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> Principal:
    """The credentials are declared for the documentation; the header itself tells more of what is wrong with it."""
    authenticator: Authenticator = request.app.state.authenticator
    return await authenticator.authenticate(request.headers.get("authorization"), utc_now())
