"""The other Flows over its REST API in PostgREST's dialect, as any client reads it."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Final

import httpx

from flows_meter_sync.passive.source import (
    PAGE,
    TIMEOUT_SECONDS,
    Condition,
    Row,
    SourceAddress,
    SourceAway,
    SourceRefused,
)

PROFILE: Final = "flows"


class ApiSource:
    """Made by `open_api`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def page(
        self, table: str, columns: Sequence[str], order: Sequence[str], where: Mapping[str, Condition], offset: int
    ) -> list[Row]:
        query = {"select": ",".join(columns), "order": ",".join(order), "limit": str(PAGE), "offset": str(offset)}
        filters = {column: _filter(condition) for column, condition in where.items()}
        try:
            response = await self.http.get(table, params=query | filters)
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
async def open_api(place: SourceAddress) -> AsyncIterator[ApiSource]:
    """The API, for a block."""
    headers = {
        "apikey": place.api_key,
        "Authorization": f"Bearer {place.token or place.api_key}",
        "Accept-Profile": PROFILE,
        "Content-Profile": PROFILE,
    }
    base = place.url.rstrip("/") + "/"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=TIMEOUT_SECONDS) as http:
        yield ApiSource(http)


def _filter(condition: Condition) -> str:
    """Values are quoted, as they may hold what the dialect knows."""
    match condition:
        case str():
            return f"eq.{condition}"
        case datetime():
            return f"gte.{condition.isoformat()}"
    return f"in.({','.join(json.dumps(str(value)) for value in condition)})"
