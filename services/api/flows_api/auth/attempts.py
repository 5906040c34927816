"""Tries to be let in: counted by address, and by account from an address, whatever comes of them.

A stranger's guesses lock out the stranger, not the owner: what comes from everywhere for one account is only slowed.
"""

import asyncio
from hashlib import sha256
from ipaddress import ip_network

from fastapi import Request
from starlette.types import Scope

from flows_api.auth.errors import TooManyAttempts
from flows_api.rates.limiter import Limiter
from flows_api.settings import ApiSettings
from flows_shared.logs import get_logger

log = get_logger()


async def count_attempt(request: Request, email: str | None = None) -> None:
    """Raises `TooManyAttempts` when there were too many from there; waits where there are many from everywhere."""
    settings: ApiSettings = request.app.state.settings
    limiter: Limiter = request.app.state.limiter
    address = network_of(client_address(request.scope))
    buckets = [(f"login-address:{address}", settings.api_rate_login_address)]
    if email is not None:
        account = sha256(email.lower().encode(errors="replace")).hexdigest()[:32]
        buckets.append((f"login-account:{account}:{address}", settings.api_rate_login_account))
    for bucket, rate in buckets:
        status = await limiter.take(bucket, rate) if rate else None
        if status and status.refused:
            log.warning("login_attempts_limited", by=bucket.partition(":")[0])
            raise TooManyAttempts(status.headers())
    if email is not None:
        await _slow(limiter, settings, f"login-everywhere:{account}")


async def _slow(limiter: Limiter, settings: ApiSettings, bucket: str) -> None:
    rate = settings.api_rate_login_everywhere
    status = await limiter.take(bucket, rate) if rate else None
    if status and status.refused:
        log.warning("login_attempts_slowed", by="login-everywhere")
        await asyncio.sleep(settings.api_login_pause_seconds)


def client_address(scope: Scope) -> str:
    """The caller's, or what a trusted proxy says of it."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def network_of(address: str) -> str:
    """Whose the address is: of IPv6 everyone has 2^64."""
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    except ValueError:
        return address
