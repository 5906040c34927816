"""Calls between services: each carries a short-lived token of the caller, which internal routes ask for."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from flows_shared.errors import ForbiddenError
from flows_shared.settings import ServiceSettings
from flows_shared.telemetry.trace import trace_headers
from flows_shared.time import utc_now
from flows_shared.tokens import Claims, bearer_token, secrets_ring, sign_token, verify_token

INTERNAL_AUDIENCE: Final = "flows-internal"
SERVICE_ROLE: Final = "service"


def service_headers(
    settings: ServiceSettings, caller: str, now: datetime, *, acting_for: str | None = None
) -> dict[str, str]:
    """Headers of a request to another service: a short-lived token, and the request's id.

    `acting_for` is the `sub` of the user for whom the caller asks.
    """
    token = sign_token(
        settings.jwt_secret.get_secret_value(),
        subject=caller,
        role=SERVICE_ROLE,
        lifetime=timedelta(seconds=settings.service_token_seconds),
        now=now,
        audience=INTERNAL_AUDIENCE,
        act=acting_for,
    )
    return {"Authorization": f"Bearer {token}", **trace_headers()}


async def require_service(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))],
) -> Claims:
    """FastAPI dependency of internal routes: only another service's token opens them."""
    settings: ServiceSettings = request.app.state.settings
    token = credentials.credentials if credentials else bearer_token(request.headers.get("Authorization"))
    claims = verify_token(token, secrets_ring(settings), now=utc_now(), audience=INTERNAL_AUDIENCE)
    if claims.role != SERVICE_ROLE:
        raise ForbiddenError(f"role {claims.role!r} may not call internal routes")
    return claims


CallingService = Annotated[Claims, Depends(require_service)]
