"""Tries to be let in: counted by address and by account, whatever comes of them."""

from hashlib import sha256

from fastapi import Request
from starlette.types import Scope

from flows_api.auth.errors import TooManyAttempts
from flows_api.rates.limiter import Limiter
from flows_api.settings import ApiSettings
from flows_shared.telemetry.logs import get_logger

log = get_logger()


async def count_attempt(request: Request, email: str | None = None) -> None:
    """Raises `TooManyAttempts` when there were too many."""
    settings: ApiSettings = request.app.state.settings
    limiter: Limiter = request.app.state.limiter
    buckets = [(f"login-address:{client_address(request.scope)}", settings.api_rate_login_address)]
    if email is not None:
        account = sha256(email.lower().encode(errors="replace")).hexdigest()[:32]
        buckets.append((f"login-account:{account}", settings.api_rate_login_account))
    for bucket, rate in buckets:
        standing = await limiter.take(bucket, rate) if rate else None
        if standing and standing.refused:
            log.warning("login_attempts_limited", by=bucket.partition(":")[0])
            raise TooManyAttempts(standing.headers())


def client_address(scope: Scope) -> str:
    """The caller's, or what a trusted proxy says of it."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"
