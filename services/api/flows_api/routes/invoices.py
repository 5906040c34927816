"""/v1/invoices: an invoice as a document, and how it was computed."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from flows_api.routes.access import Reader
from flows_api.routes.billing.escos import Billing
from flows_api.routes.documents import Kind, document, require_readable
from flows_api.routes.models import problems
from flows_shared.contracts.explanations import EXPLAIN_INVOICE, ExplainRequest, Explanation
from flows_shared.service import Db

SELECT = """
    SELECT document.file_name, document.content
      FROM public.invoices AS invoice
      LEFT JOIN public.documents AS document ON document.invoice = invoice.id AND document.media_type = $2
     WHERE invoice.number = $1
"""

INVOICE = Kind("invoice", "invoice", SELECT)

router = APIRouter(prefix="/v1/invoices", tags=["invoices"])
# Where those who bill look for it.
explanations = APIRouter(prefix="/v1/billing/invoices", tags=["billing"])

Number = Annotated[str, Path(pattern=r"^[\w.\- ]{1,64}$", examples=["WLCE-000001"])]


@router.get(
    "/{number}/pdf",
    summary="The PDF of an invoice",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The document"}, **problems(404, 409)},
)
async def invoice_pdf(number: Number, principal: Reader, db: Db) -> Response:
    """Customers get their own, admins those of their communities."""
    return await document(INVOICE, number, "application/pdf", principal, db)


@router.get(
    "/{number}/html",
    summary="An invoice as a page",
    response_class=Response,
    responses={200: {"content": {"text/html": {}}, "description": "The document"}, **problems(404, 409)},
)
async def invoice_html(number: Number, principal: Reader, db: Db) -> Response:
    """The same as the PDF says."""
    return await document(INVOICE, number, "text/html", principal, db)


@explanations.get("/{number}/explanation", summary="How an invoice was computed", responses=problems(404, 503))
@router.get("/{number}/explanation", summary="How an invoice was computed", responses=problems(404, 503))
async def invoice_explanation(number: Number, principal: Reader, db: Db, billing: Billing) -> Explanation:
    """Customers get their own, admins those of their communities."""
    await require_readable(INVOICE, number, principal, db)
    return await billing.call(EXPLAIN_INVOICE, ExplainRequest(number=number), principal)
