"""Invoices and credit notes are drawn, and kept: one that cannot be drawn stops no other.

It stays without documents, named in the log, and is drawn again every hour.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Final, TypeAlias
from uuid import UUID

from flows_billing.corrections.documents import PrintedNote, unprinted_notes
from flows_billing.corrections.html import render_note_html
from flows_billing.corrections.pdf import render_note
from flows_billing.invoices.documents import HTML, PDF, PrintedInvoice, unprinted_invoices
from flows_billing.invoices.html import render_html
from flows_billing.invoices.pdf import render
from flows_shared.apart import in_parts
from flows_shared.db import Connection
from flows_shared.errors import say_error
from flows_shared.logs import get_logger

# Those that are younger wait for the job that was asked for with them.
MISSING_AFTER: Final = timedelta(minutes=30)
GIVES_UP_AFTER: Final = timedelta(days=31)
AT_MOST: Final = 500

log = get_logger()

# In an order of chance: those that cannot be drawn keep no others from being among them.
MISSING_INVOICES = """
    SELECT invoice.id
      FROM public.invoices AS invoice
     WHERE invoice.created_at > $1 AND invoice.created_at < $2 AND invoice.status NOT IN ('draft', 'void')
       AND NOT EXISTS (SELECT FROM public.credit_notes AS note WHERE note.replacement = invoice.id)
       AND NOT EXISTS (SELECT FROM public.documents AS document
                        WHERE document.invoice = invoice.id AND document.media_type = $3)
     ORDER BY random()
     LIMIT $4
"""
MISSING_NOTES = """
    SELECT note.id
      FROM public.credit_notes AS note
     WHERE note.created_at > $1 AND note.created_at < $2
       AND NOT EXISTS (SELECT FROM public.documents AS document
                        WHERE document.credit_note = note.id AND document.media_type = $3)
     ORDER BY random()
     LIMIT $4
"""
NUMBERS = """
    SELECT id, number FROM public.invoices WHERE id = ANY($1)
     UNION ALL
    SELECT id, number FROM public.credit_notes WHERE id = ANY($1)
"""
INSERT = """
    INSERT INTO public.documents (invoice, credit_note, file_name, media_type, content)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bytea[])
        ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Document:
    """Of an invoice or of a credit note."""

    invoice: UUID | None
    credit_note: UUID | None
    file_name: str
    media_type: str
    content: bytes


Draw: TypeAlias = Callable[[Connection, Sequence[UUID]], Awaitable[list[Document]]]


async def draw_invoices(db: Connection, invoices: Sequence[UUID]) -> list[Document]:
    """The documents of those that have none yet."""
    return await _draw_apart(db, invoices, _draw_invoices, failed="invoice_not_printed")


async def draw_notes(db: Connection, notes: Sequence[UUID]) -> list[Document]:
    """Also those of the invoices in place of those taken back, as they are sent together: all of them or none."""
    return await _draw_apart(db, notes, _draw_notes, failed="credit_note_not_printed")


async def keep_documents(db: Connection, documents: Sequence[Document]) -> None:
    """A document that is there stays."""
    rows = [(x.invoice, x.credit_note, x.file_name, x.media_type, x.content) for x in documents]
    await db.execute(INSERT, *(list(column) for column in zip(*rows, strict=True)))


async def missing_invoices(db: Connection, now: datetime) -> list[UUID]:
    """Some of those that should have been printed by now; what takes the place of another is printed with its note."""
    return await _missing(db, MISSING_INVOICES, now)


async def missing_notes(db: Connection, now: datetime) -> list[UUID]:
    return await _missing(db, MISSING_NOTES, now)


async def _missing(db: Connection, statement: str, now: datetime) -> list[UUID]:
    return [row["id"] for row in await db.fetch(statement, now - GIVES_UP_AFTER, now - MISSING_AFTER, PDF, AT_MOST)]


async def _draw_apart(db: Connection, ids: Sequence[UUID], draw: Draw, *, failed: str) -> list[Document]:
    async def draw_some(some: Sequence[UUID]) -> list[Document]:
        return await draw(db, some)

    drawn, broken = await in_parts(db, ids, draw_some)
    if broken:
        numbers = {row["id"]: row["number"] for row in await db.fetch(NUMBERS, list(broken))}
        for id, error in broken.items():
            log.error(failed, number=numbers.get(id), reason=say_error(error))
    return list(chain.from_iterable(drawn))


async def _draw_invoices(db: Connection, ids: Sequence[UUID]) -> list[Document]:
    invoices = await unprinted_invoices(db, ids)
    return await asyncio.to_thread(_each_invoice, invoices)


async def _draw_notes(db: Connection, ids: Sequence[UUID]) -> list[Document]:
    notes = await unprinted_notes(db, ids)
    invoices = await unprinted_invoices(db, [note.replacement.id for note in notes if note.replacement])
    return await asyncio.to_thread(lambda: [*_each_note(notes), *_each_invoice(invoices)])


def _each_invoice(invoices: Sequence[PrintedInvoice]) -> list[Document]:
    return [
        document
        for each in invoices
        for document in (
            Document(each.id, None, f"{each.number}.pdf", PDF, render(each)),
            Document(each.id, None, f"{each.number}.html", HTML, render_html(each)),
        )
    ]


def _each_note(notes: Sequence[PrintedNote]) -> list[Document]:
    return [
        document
        for each in notes
        for document in (
            Document(None, each.id, f"{each.number}.pdf", PDF, render_note(each)),
            Document(None, each.id, f"{each.number}.html", HTML, render_note_html(each)),
        )
    ]
