"""GET /v1/invoices/{number}/pdf: row level security decides who gets it."""

import httpx
import pytest

from api.community import PDF, Community
from api.conftest import TokenFor


async def test_customer_and_admin_get_the_document(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    people = (as_user(community.ann.user), as_user(community.lab_admin, "admin"), as_user(community.operator, "admin"))
    for headers in people:
        response = await client.get(f"/v1/invoices/{community.ann.invoice}/pdf", headers=headers)
        assert (response.status_code, response.content) == (200, PDF)
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.headers["Content-Disposition"] == "inline; filename*=UTF-8''LAB-ANN-1.pdf"
        assert response.headers["Cache-Control"] == "private, no-store"


async def test_someone_elses_invoice_is_not_there(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    asked = [
        (community.ann.invoice, as_user(community.bob.user)),
        (community.ann.invoice, as_user(community.cid.user)),
        (community.cid.invoice, as_user(community.lab_admin, "admin")),
        ("LAB-NONE-1", as_user(community.operator, "admin")),
    ]
    for number, headers in asked:
        response = await client.get(f"/v1/invoices/{number}/pdf", headers=headers)
        assert (response.status_code, response.json()["code"]) == (404, "invoice.unknown")


async def test_document_that_is_still_being_made_is_a_conflict(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    response = await client.get(f"/v1/invoices/{community.cid.invoice}/pdf", headers=as_user(community.cid.user))
    assert (response.status_code, response.json()["code"]) == (409, "invoice.not_rendered")


@pytest.mark.parametrize("number", ["a%00b", "a%0d%0ab", "%27%20OR%20%27", "x" * 65])
async def test_number_that_cannot_be_one_is_refused(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, number: str
) -> None:
    response = await client.get(f"/v1/invoices/{number}/pdf", headers=as_user(community.ann.user))
    assert (response.status_code, response.json()["code"]) == (422, "request.invalid")
