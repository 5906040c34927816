"""ASGI middleware: the request's id in and out, one log line and one measurement a request."""

from time import perf_counter

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows_shared.logs import get_logger
from flows_shared.telemetry.metrics import HTTP_REQUESTS
from flows_shared.telemetry.trace import REQUEST_ID_HEADER, accept_request_id, bind_work

FAILED = "something went wrong here; the log knows it by X-Request-Id"
PROBES = ("/healthz", "/readyz", "/metrics")
ID_HEADER = REQUEST_ID_HEADER.lower().encode()

log = get_logger()


class RequestTrace:
    """The top of every request: what nothing else caught is logged here, and answered without a detail."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service
        self.log = get_logger().bind()  # made once: it costs as much as all else that a request needs here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id = accept_request_id(_given_id(scope))
        started, status = perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                others = [header for header in message["headers"] if header[0] != ID_HEADER]
                message["headers"] = [*others, (ID_HEADER, request_id.encode())]
            await send(message)

        with bind_work(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:
                log.exception("request_failed", path=scope["path"])
                if status or scope["type"] == "websocket":
                    raise
                await JSONResponse({"code": "internal", "message": FAILED}, 500)(scope, receive, send_with_id)
            finally:
                if scope["type"] == "http":
                    self._record(scope, status, perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        HTTP_REQUESTS.labels(self.service, scope["method"], route_template(scope), f"{status // 100}xx").observe(
            seconds
        )
        write = self.log.debug if scope["path"] in PROBES else self.log.info
        write("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 2))


def _given_id(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == ID_HEADER), None)


def route_template(scope: Scope) -> str:
    """The path as the route declares it; a mounted app's prefix; else `unmatched`. Never a path with an id in it."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    return str(scope["root_path"]) if scope.get("root_path") and "endpoint" in scope else "unmatched"
