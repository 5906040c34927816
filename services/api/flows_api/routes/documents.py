"""Documents that customers read, and why there is none."""

from dataclasses import dataclass
from urllib.parse import quote

import asyncpg
from fastapi import Response

from flows_api.auth.acting import acting_as
from flows_api.auth.principal import Principal
from flows_shared.db import Database
from flows_shared.errors import ConflictError, NotFoundError


class DocumentUnknown(NotFoundError):
    """`code` begins with what it would be a document of."""

    def __init__(self, kind: "Kind", number: str) -> None:
        self.code = f"{kind.code}.unknown"
        super().__init__(f"there is no {kind.name} {number!r}, or it is not yours")


class DocumentNotRendered(ConflictError):
    """It is on its way."""

    def __init__(self, kind: "Kind", number: str) -> None:
        self.code = f"{kind.code}.not_rendered"
        super().__init__(f"the documents of {kind.name} {number} are still being made; try again in a minute")


@dataclass(frozen=True, slots=True)
class Kind:
    """What there are documents of. `select` finds one by number and media type, also where it is not made yet."""

    name: str
    code: str
    select: str


async def document(kind: Kind, number: str, media_type: str, principal: Principal, db: Database) -> Response:
    """Shown in the browser under its file's name, and kept nowhere."""
    row = await _find(kind, number, media_type, principal, db)
    if row["content"] is None:
        raise DocumentNotRendered(kind, number)
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(row['file_name'], safe='')}",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(row["content"], media_type=media_type, headers=headers)


async def require_readable(kind: Kind, number: str, principal: Principal, db: Database) -> None:
    """Raises `DocumentUnknown` where the caller may not know of it."""
    await _find(kind, number, "application/pdf", principal, db)


async def _find(kind: Kind, number: str, media_type: str, principal: Principal, db: Database) -> asyncpg.Record:
    async with acting_as(db, principal) as transaction:
        row = await transaction.fetchrow(kind.select, number, media_type)
    if row is None:
        raise DocumentUnknown(kind, number)
    return row
