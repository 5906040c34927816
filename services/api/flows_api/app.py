"""The gateway: the only service that clients reach."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from flows_api.auth import account, login
from flows_api.auth.authenticator import Authenticator
from flows_api.auth.errors import AuthError, answer_auth_error, challenge
from flows_api.auth.identity import identify_by
from flows_api.auth.passwords import PasswordChecks
from flows_api.auth.watch import watching
from flows_api.edge.rates import RateLimits, StrangersLimits
from flows_api.edge.requests import ApiKeyHeader, RequestLimits, SecurityHeaders
from flows_api.rates.limiter import Limiter
from flows_api.rest.app import RestApp
from flows_api.routes import accounts, api_keys, billing, credit_notes, invites, invoices, meters
from flows_api.routes.services import ServiceClient, ServiceRefused
from flows_api.settings import ApiSettings
from flows_api.web import pages
from flows_api.web.openapi import DESCRIPTION
from flows_shared.service import create_service_app, error_response
from flows_shared.settings import load_settings
from flows_shared.tokens import TokenError

REST_PREFIX = "/rest/v1"
EXPOSED_HEADERS = [
    "Content-Disposition",
    "Content-Location",
    "Content-Profile",
    "Content-Range",
    "Location",
    "Preference-Applied",
    "Proxy-Status",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "Server-Timing",
    "WWW-Authenticate",
    "X-Request-Id",
]


def create_app() -> FastAPI:
    """What `flows serve api` runs."""
    settings = load_settings(ApiSettings)
    app = create_service_app(
        "api",
        settings,
        lifespan=lambda app: _parts(app, settings),
        title="Flows",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(SecurityHeaders),
            *_cors(settings),
            Middleware(RequestLimits, settings.api_max_body_bytes, settings.api_request_timeout_seconds),
            Middleware(ApiKeyHeader),
            Middleware(RateLimits, settings),
            Middleware(StrangersLimits, settings),
        ],
    )
    app.add_exception_handler(AuthError, answer_auth_error)
    app.add_exception_handler(TokenError, _answer_token_error)
    app.add_exception_handler(ServiceRefused, _answer_refusal)
    app.state.rest = RestApp(settings.rest_options(), identify_by(app))
    app.mount(REST_PREFIX, app.state.rest)  # before the routers: most requests need not be matched against their routes
    for router in (
        login.router,
        account.router,
        api_keys.router,
        invites.router,
        accounts.router,
        billing.router,
        meters.router,
        meters.readings.files,
        invoices.router,
        credit_notes.router,
        invoices.explanations,
        pages.router,
    ):
        app.include_router(router)
    pages.mount_assets(app)
    return app


@asynccontextmanager
async def _parts(app: FastAPI, settings: ApiSettings) -> AsyncIterator[None]:
    async with AsyncExitStack() as parts:
        app.state.authenticator = Authenticator(settings, app.state.db)
        await parts.enter_async_context(watching(app.state.authenticator, settings.database_url.get_secret_value()))
        app.state.limiter = Limiter(settings.redis_url.get_secret_value())
        parts.push_async_callback(app.state.limiter.close)
        app.state.password_checks = parts.enter_context(PasswordChecks(settings.api_login_threads))
        for name, url in (("meter_sync", settings.api_meter_sync_url), ("billing", settings.api_billing_url)):
            client = ServiceClient(name.replace("_", "-"), url, settings)
            parts.push_async_callback(client.close)
            setattr(app.state, name, client)
        await parts.enter_async_context(app.state.rest.running())
        yield


def _cors(settings: ApiSettings) -> list[Middleware]:
    if not settings.api_cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.api_cors_origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["*"],
            expose_headers=EXPOSED_HEADERS,
            max_age=3600,
        )
    ]


async def _answer_token_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TokenError)
    response = error_response(error.code, str(error), 401)
    response.headers["WWW-Authenticate"] = challenge(str(error))
    return response


async def _answer_refusal(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceRefused)
    return error_response(error.code, str(error), error.status)
