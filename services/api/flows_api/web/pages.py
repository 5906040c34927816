"""The pages and their files. Nothing is loaded from elsewhere, so they work without the internet."""

import json
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from flows_api.rest.app import RestApp
from flows_api.web.openapi import build_document

HERE: Final = Path(__file__).parent
PAGES: Final = {name: (HERE / f"{name}.html").read_text("utf-8") for name in ("landing", "docs", "redoc")}
# The documentation's own scripts set styles as they draw, and search in a worker.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


def mount_assets(app: FastAPI) -> None:
    """The vendor's files come with the package fastapi-offline."""
    app.mount("/assets/vendor", StaticFiles(packages=[("fastapi_offline", "static")]), name="vendor")
    app.mount("/assets", StaticFiles(directory=HERE / "assets"), name="assets")


@router.get("/")
async def landing() -> HTMLResponse:
    return _page("landing")


@router.get("/docs")
async def docs() -> HTMLResponse:
    return _page("docs")


@router.get("/redoc")
async def redoc() -> HTMLResponse:
    return _page("redoc")


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """Built once for each state of the schema cache."""
    rest: RestApp = request.app.state.rest
    known, document = getattr(request.app.state, "openapi", (None, b""))
    catalog = rest.cache.loaded
    if not document or known is not catalog:
        document = json.dumps(build_document(request.app, catalog, "/rest/v1")).encode()
        request.app.state.openapi = catalog, document
    return Response(document, media_type="application/json")


def _page(name: str) -> HTMLResponse:
    return HTMLResponse(PAGES[name], headers={"Content-Security-Policy": POLICY})
