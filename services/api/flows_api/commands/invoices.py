"""/v1/invoices: an invoice as a document."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from flows_api.access import acting_as
from flows_api.commands.access import Reader
from flows_api.commands.models import problems
from flows_shared.errors import ConflictError, NotFoundError
from flows_shared.service import Db

PDF = """
    SELECT document.file_name, document.content
      FROM public.invoices AS invoice
      LEFT JOIN public.documents AS document
        ON document.invoice = invoice.id AND document.media_type = 'application/pdf'
     WHERE invoice.number = $1
"""

router = APIRouter(prefix="/v1/invoices", tags=["invoices"])

Number = Annotated[str, Path(pattern=r"^[\w.\- ]{1,64}$", examples=["WLCE-000001"])]


class InvoiceUnknown(NotFoundError):
    code = "invoice.unknown"

    def __init__(self, number: str) -> None:
        super().__init__(f"there is no invoice {number!r}, or it is not yours")


class InvoiceNotRendered(ConflictError):
    code = "invoice.not_rendered"

    def __init__(self, number: str) -> None:
        super().__init__(f"the PDF of invoice {number} is still being made; try again in a minute")


@router.get(
    "/{number}/pdf",
    summary="The PDF of an invoice",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The document"}, **problems(404, 409)},
)
async def invoice_pdf(number: Number, principal: Reader, db: Db) -> Response:
    """Customers get their own, admins those of their communities."""
    async with acting_as(db, principal) as transaction:
        row = await transaction.fetchrow(PDF, number)
    if row is None:
        raise InvoiceUnknown(number)
    if row["content"] is None:
        raise InvoiceNotRendered(number)
    disposition = f"inline; filename*=UTF-8''{quote(row['file_name'], safe='')}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return Response(row["content"], media_type="application/pdf", headers=headers)
