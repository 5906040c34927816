"""/v1/credit-notes: what takes an invoice back, as a document, and how it came about."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from flows_api.routes.access import Reader
from flows_api.routes.billing.escos import Billing
from flows_api.routes.documents import Kind, document, require_readable
from flows_api.routes.models import problems
from flows_shared.contracts.explanations import EXPLAIN_CREDIT_NOTE, CreditNoteExplanation, ExplainRequest
from flows_shared.service import Db

SELECT = """
    SELECT document.file_name, document.content
      FROM public.credit_notes AS note
      LEFT JOIN public.documents AS document ON document.credit_note = note.id AND document.media_type = $2
     WHERE note.number = $1
"""

CREDIT_NOTE = Kind("credit note", "credit_note", SELECT)

router = APIRouter(prefix="/v1/credit-notes", tags=["invoices"])

Number = Annotated[str, Path(pattern=r"^[\w.\- ]{1,64}$", examples=["WLCE-C000001"])]


@router.get(
    "/{number}/pdf",
    summary="The PDF of a credit note",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The document"}, **problems(404, 409)},
)
async def credit_note_pdf(number: Number, principal: Reader, db: Db) -> Response:
    """Customers get their own, admins those of their communities."""
    return await document(CREDIT_NOTE, number, "application/pdf", principal, db)


@router.get(
    "/{number}/html",
    summary="A credit note as a page",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}, "description": "The document"}, **problems(404, 409)},
)
async def credit_note_html(number: Number, principal: Reader, db: Db) -> Response:
    """The same as the PDF says."""
    return await document(CREDIT_NOTE, number, "text/html", principal, db)


@router.get("/{number}/explanation", summary="How a credit note came about", responses=problems(404, 503))
async def credit_note_explanation(number: Number, principal: Reader, db: Db, billing: Billing) -> CreditNoteExplanation:
    """Customers get their own, admins those of their communities."""
    await require_readable(CREDIT_NOTE, number, principal, db)
    return await billing.call(EXPLAIN_CREDIT_NOTE, ExplainRequest(number=number), principal)
