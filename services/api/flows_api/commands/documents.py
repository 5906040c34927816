"""A document as a response, and why there is none."""

from urllib.parse import quote

import asyncpg
from fastapi import Response

from flows_shared.errors import ConflictError, NotFoundError


class InvoiceUnknown(NotFoundError):
    code = "invoice.unknown"

    def __init__(self, number: str) -> None:
        super().__init__(f"there is no invoice {number!r}, or it is not yours")


class CreditNoteUnknown(NotFoundError):
    code = "credit_note.unknown"

    def __init__(self, number: str) -> None:
        super().__init__(f"there is no credit note {number!r}, or it is not yours")


class InvoiceNotRendered(ConflictError):
    code = "invoice.not_rendered"

    def __init__(self, number: str) -> None:
        super().__init__(f"the documents of invoice {number} are still being made; try again in a minute")


class CreditNoteNotRendered(ConflictError):
    code = "credit_note.not_rendered"

    def __init__(self, number: str) -> None:
        super().__init__(f"the documents of credit note {number} are still being made; try again in a minute")


def document_response(document: asyncpg.Record, media_type: str) -> Response:
    """Shown in the browser under its file's name, and kept nowhere."""
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(document['file_name'], safe='')}",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(document["content"], media_type=media_type, headers=headers)
