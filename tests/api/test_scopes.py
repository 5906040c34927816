"""Each route of the gateway says which scope it needs, so that a new one is never open by accident."""

from collections.abc import Iterator, Sequence
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute

from flows_api.routes.access import Access

SAFE: Final = {"GET", "HEAD"}
OWN_LOGIN: Final = "/auth/v1/"  # of people, about themselves: a program's key is refused there
PUBLIC: Final = {"/", "/docs", "/redoc", "/openapi.json", "/healthz", "/readyz", "/metrics"}


def access_of(dependant: Dependant) -> Iterator[Access]:
    if isinstance(dependant.call, Access):
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from access_of(dependency)


def typed_routes(routes: Sequence[BaseRoute]) -> Iterator[tuple[set[str], str, list[Access]]]:
    """Methods, path and what is asked of the caller, of each route of this app's own."""
    for route in iter_route_contexts(routes):
        if isinstance(route.original_route, APIRoute):
            yield route.methods or set(), str(route.path), list(access_of(route.dependant))


def undeclared(routes: Sequence[BaseRoute]) -> list[str]:
    """Routes without a scope of their own, and those that change something with the scope to read."""
    return [
        f"{methods} {path}"
        for methods, path, access in typed_routes(routes)
        if path not in PUBLIC and not path.startswith(OWN_LOGIN)
        if len(access) != 1 or (access[0].scope == "read") != (methods <= SAFE)
    ]


async def test_every_route_declares_the_scope_that_it_needs(gateway: FastAPI) -> None:
    assert len([path for _, path, access in typed_routes(gateway.routes) if access]) > 50
    assert undeclared(gateway.routes) == []


async def test_meters_need_the_scope_of_their_schema_and_all_else_the_public_one(gateway: FastAPI) -> None:
    for methods, path, access in typed_routes(gateway.routes):
        if access and not methods <= SAFE:
            schema = "flows" if path.startswith(("/v1/meters", "/v1/readings")) else "public"
            assert [one.scope for one in access] == [f"write:{schema}"], path


def test_route_without_a_scope_is_found() -> None:
    router = APIRouter()

    @router.post("/v1/things")
    async def thing() -> None: ...

    assert undeclared(router.routes) == ["{'POST'} /v1/things"]
