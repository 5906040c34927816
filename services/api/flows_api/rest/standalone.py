"""The data API alone, for any database: what `flows serve api --rest-only` runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from flows_api.rest.app import RestApp
from flows_api.rest.cors import Cors
from flows_api.rest.settings import StandaloneSettings
from flows_api.rest.tokens import Tokens
from flows_shared.logs import configure_logging, get_logger
from flows_shared.settings import SettingsError, describe_settings, load_settings

PREFIX: Final = "/rest/v1"

log = get_logger()


def create_app() -> "Standalone":
    """At the root, and below /rest/v1 as in the gateway. Only the database that is served is needed."""
    settings = load_settings(StandaloneSettings)
    configure_logging(settings, "api")
    try:
        tokens = Tokens(settings.token_rules())
    except ValueError as error:
        raise SettingsError(f"FLOWS_API_REST_JWT_SECRET: {error}") from None
    url = settings.api_rest_db_uri.get_secret_value()
    rest = RestApp(settings.options(url, max_body_bytes=settings.api_rest_max_body_bytes), tokens.identify)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        log.info("starting", settings=describe_settings(settings))
        async with rest.running():
            log.info("started")
            yield
            log.info("stopping")

    return Standalone(Cors(rest, settings.api_rest_server_cors_allowed_origins), Router(lifespan=lifespan))


class Standalone:
    """Answers the same with and without the prefix. The router knows no route, it only starts and stops."""

    def __init__(self, app: ASGIApp, router: Router) -> None:
        self.app = app
        self.router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.router(scope, receive, send)
            return
        path = scope["path"]
        if path == PREFIX or path.startswith(f"{PREFIX}/"):
            scope = {**scope, "path": path.removeprefix(PREFIX)}
        await self.app(scope, receive, send)
