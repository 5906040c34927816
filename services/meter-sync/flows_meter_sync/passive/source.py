"""The other Flows: its REST API in PostgREST's dialect, as any client reads it."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeAlias

import httpx

from flows_shared.errors import FlowsError

Row: TypeAlias = Mapping[str, Any]

PROFILE: Final = "flows"
PAGE: Final = 5_000
TIMEOUT_SECONDS: Final = 30.0


class SourceAway(FlowsError):
    """The other Flows does not answer."""

    code = "source.unreachable"


class SourceRefused(FlowsError):
    """The other Flows says no: its key, or what it lets us see."""

    code = "source.refused"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is, and what opens it."""

    url: str
    api_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


class Source:
    """Made by `open_source`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def rows(self, table: str, columns: Iterable[str], order: str, **filters: str) -> list[Row]:
        """All rows, however many the other gives at once; numbers with decimals come as `Decimal`."""
        found: list[Row] = []
        query = {"select": ",".join(columns), "order": order, **filters}
        while page := await self._page(table, {**query, "limit": str(PAGE), "offset": str(len(found))}):
            found += page
        return found

    async def _page(self, table: str, query: Mapping[str, str]) -> list[Row]:
        try:
            response = await self.http.get(table, params=query)
        except httpx.HTTPError as error:
            raise SourceAway(f"no answer from {self.http.base_url}: {error or type(error).__name__}") from error
        if not response.is_success:
            raise SourceRefused(f"{self.http.base_url}{table} answered {response.status_code}: {response.text[:200]}")
        try:
            rows: list[Row] = json.loads(response.content, parse_float=Decimal)
        except ValueError:
            raise SourceRefused(f"{self.http.base_url}{table} answered no JSON") from None
        return rows


@asynccontextmanager
async def open_source(place: Place) -> AsyncIterator[Source]:
    """The other Flows, for a block."""
    headers = {
        "apikey": place.api_key,
        "Authorization": f"Bearer {place.token or place.api_key}",
        "Accept-Profile": PROFILE,
        "Content-Profile": PROFILE,
    }
    base = place.url.rstrip("/") + "/"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=TIMEOUT_SECONDS) as http:
        yield Source(http)


def one_of(values: Iterable[object]) -> str:
    """A filter; quoted, as a value may hold what the dialect knows."""
    return f"in.({','.join(json.dumps(str(value)) for value in values)})"
