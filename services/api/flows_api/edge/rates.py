"""The limits of every request, and the caller's place in them as headers of the answer."""

from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows_api.auth.attempts import client_address
from flows_api.auth.authenticator import Authenticator
from flows_api.auth.errors import TooManyAttempts, auth_error_response
from flows_api.auth.principal import Principal
from flows_api.edge.requests import RequestLimits, add_missing, header
from flows_api.rates.limiter import Limiter, RateStatus
from flows_api.settings import ApiSettings
from flows_shared.errors import FlowsError
from flows_shared.logs import get_logger
from flows_shared.time import utc_now

AUTH_PREFIX: Final = "/auth/v1"
REST_PREFIX: Final = "/rest/v1"
STRANGERS_BODY_BYTES: Final = 131_072
UNLIMITED: Final = ("/healthz", "/readyz", "/metrics")
MESSAGE: Final = "too many requests: wait as many seconds as Retry-After says"

log = get_logger()


class RateLimits:
    """ASGI middleware: first the address is counted, then who asks, as far as they prove it."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNLIMITED:
            await self.app(scope, receive, send)
            return
        status = await self._status(scope)
        if status is None:
            await self.app(scope, receive, send)
        elif status.refused:
            log.info("rate_limited", path=scope["path"])
            await _refusal(scope["path"], status)(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send, status))

    async def _status(self, scope: Scope) -> RateStatus | None:
        """The address's when that is refused or nobody is known, else that of who asks."""
        limiter: Limiter = scope["app"].state.limiter
        by_address = self.settings.api_rate_address
        status = await limiter.take(f"address:{client_address(scope)}", by_address) if by_address else None
        if status and status.refused:
            return status
        principal = await _known(scope)
        if principal is None or principal.anonymous:
            return status
        if principal.key is not None:
            bucket, rate = f"key:{principal.key}", self.settings.api_rate_key
        else:
            bucket, rate = f"user:{principal.subject}", self.settings.api_rate_user
        return (await limiter.take(bucket, rate) if rate else None) or status


class StrangersLimits:
    """ASGI middleware: a typed route reads the whole body before it asks who sends it, so a stranger's is short.

    The data API asks first, and reads large ones apart.
    """

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self.app = app
        most = min(STRANGERS_BODY_BYTES, settings.api_max_body_bytes)
        self.short = RequestLimits(app, most, settings.api_request_timeout_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(REST_PREFIX) or await _is_known(scope):
            await self.app(scope, receive, send)
        else:
            await self.short(scope, receive, send)


async def _is_known(scope: Scope) -> bool:
    principal = await _known(scope)
    return principal is not None and not principal.anonymous


async def _known(scope: Scope) -> Principal | None:
    """A token that is wrong is for the route to refuse, in its own words."""
    authenticator: Authenticator = scope["app"].state.authenticator
    authorization = header(scope, b"authorization")
    if authorization is None:
        return None
    try:
        return await authenticator.authenticate(authorization.decode("latin-1"), utc_now())
    except FlowsError:
        return None


def _with_headers(send: Send, status: RateStatus) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            add_missing(message, ((name.lower().encode(), text.encode()) for name, text in status.headers().items()))
        await send(message)

    return send_with_headers


def _refusal(path: str, status: RateStatus) -> JSONResponse:
    if path.startswith(AUTH_PREFIX):
        return auth_error_response(TooManyAttempts(status.headers()))
    body = {"code": "rate_limited", "message": MESSAGE, "details": None, "hint": None}
    return JSONResponse(body, 429, status.headers())
