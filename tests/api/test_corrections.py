"""/v1/billing/corrections and final-bills, /v1/credit-notes and the tables of corrections: by role and community."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.community import PDF, Community, Home
from api.conftest import TokenFor
from flows_shared.db import Connection, connect

pytestmark = pytest.mark.usefixtures("with_billing")


def correction(community: Community, **asked: Any) -> dict[str, Any]:
    return {"month": "2026-09", "esco": str(community.lab), **asked}


async def credit(db: Connection, home: Home, number: str) -> None:
    """Takes the home's invoice back."""
    note = await db.fetchval(
        """INSERT INTO public.credit_notes (number, esco, account, customer, invoice, causes, reason, issue_date,
                                            net_pence, vat_pence, total_pence, requested_by)
           SELECT $1, esco, account, customer, id, '{readings}', 'Late readings', '2026-11-20', net_pence, vat_pence,
                  total_pence, 'tests'
             FROM public.invoices WHERE number = $2 RETURNING id""",
        number,
        home.invoice,
    )
    await db.execute(
        """INSERT INTO public.documents (credit_note, file_name, media_type, content)
           VALUES ($1, $2 || '.pdf', 'application/pdf', $3)""",
        note,
        number,
        PDF,
    )


async def test_admin_is_shown_what_differs_in_their_own_community_alone(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    headers = as_user(community.lab_admin, "admin")
    shown = await client.post("/v1/billing/corrections", json=correction(community), headers=headers)
    assert (shown.status_code, shown.json()["esco_code"], shown.json()["queued"]) == (200, "LAB", False)
    foreign = correction(community, esco=str(community.wlce))
    refused = await client.post("/v1/billing/corrections", json=foreign, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "billing.esco_forbidden")


async def test_confirmed_correction_is_queued_in_the_name_of_who_asked(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    asked = correction(community, confirm=True, causes=["vat"], reason="The certificate came late.")
    headers = as_user(community.lab_admin, "admin")
    response = await client.post("/v1/billing/corrections", json=asked, headers=headers)
    assert (response.status_code, response.json()["queued"]) == (202, True)
    db = await connect(module_database_url, name="tests")
    [job] = await db.fetch("SELECT arguments FROM flows.outbox WHERE job = 'correct_month'")
    await db.close()
    work, _claims = job["arguments"]
    assert work == {
        "month": "2026-09",
        "esco": str(community.lab),
        "accounts": None,
        "causes": ["vat"],
        "reason": "The certificate came late.",
        "requested_by": str(community.lab_admin),
    }


@pytest.mark.parametrize(
    "asked", [{"month": "2026-13"}, {"causes": ["weather"]}, {"accounts": []}, {"reason": ""}, {"why": "not"}]
)
async def test_wrong_request_says_what_is_wrong(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, asked: dict[str, Any]
) -> None:
    response = await client.post(
        "/v1/billing/corrections", json=correction(community, **asked), headers=as_user(community.operator, "admin")
    )
    assert (response.status_code, response.json()["code"]) == (422, "request.invalid")


async def test_final_bill_is_asked_for_by_admins_and_says_why_not(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    asked = {"esco": str(community.lab), "account_number": 1, "last_day": "2026-09-10"}
    headers = as_user(community.lab_admin, "admin")
    unknown = await client.post("/v1/billing/final-bills", json=asked, headers=headers)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "billing.unknown_account")
    later = await client.post("/v1/billing/final-bills", json=asked | {"last_day": "2199-01-01"}, headers=headers)
    assert (later.status_code, later.json()["code"]) == (422, "billing.last_day_not_over")
    for reads in ({"C": "1"}, {"A": "-1"}, {"A": "x"}):
        wrong = await client.post("/v1/billing/final-bills", json=asked | {"reads": reads}, headers=headers)
        assert (wrong.status_code, wrong.json()["code"]) == (422, "request.invalid")
    foreign = await client.post("/v1/billing/final-bills", json=asked | {"esco": str(community.wlce)}, headers=headers)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "billing.esco_forbidden")


async def test_customers_ask_for_neither(client: httpx.AsyncClient, community: Community, as_user: TokenFor) -> None:
    closing = {"esco": str(community.lab), "account_number": 1, "last_day": "2026-09-10"}
    for path, asked in (("corrections", correction(community)), ("final-bills", closing)):
        response = await client.post(f"/v1/billing/{path}", json=asked, headers=as_user(community.ann.user))
        assert (response.status_code, response.json()["code"]) == (403, "auth.role")


async def test_credit_note_is_its_customers_and_their_admins(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    db = await connect(module_database_url, name="tests")
    await credit(db, community.ann, "LAB-C000001")
    await db.close()
    for headers in (as_user(community.ann.user), as_user(community.lab_admin, "admin")):
        document = await client.get("/v1/credit-notes/LAB-C000001/pdf", headers=headers)
        assert (document.status_code, document.content) == (200, PDF)
        assert document.headers["Content-Disposition"] == "inline; filename*=UTF-8''LAB-C000001.pdf"
        said = await client.get("/v1/credit-notes/LAB-C000001/explanation", headers=headers)
        assert (said.status_code, said.json()["invoice"]) == (200, community.ann.invoice)
        waits = await client.get("/v1/credit-notes/LAB-C000001/html", headers=headers)
        assert (waits.status_code, waits.json()["code"]) == (409, "credit_note.not_rendered")
        rows = await client.get("/rest/v1/credit_notes?select=number,invoices!invoice(number)", headers=headers)
        assert rows.json() == [{"number": "LAB-C000001", "invoices": {"number": community.ann.invoice}}]
    for headers in (as_user(community.bob.user), as_user(community.cid.user)):
        for path in ("pdf", "html", "explanation"):
            refused = await client.get(f"/v1/credit-notes/LAB-C000001/{path}", headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (404, "credit_note.unknown")
        assert (await client.get("/rest/v1/credit_notes", headers=headers)).json() == []


async def test_admin_lists_what_is_due_and_customers_do_not(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    db = await connect(module_database_url, name="tests")
    await db.execute(
        """INSERT INTO public.stale_invoices (invoice, cause)
           SELECT id, 'vat' FROM public.invoices WHERE number = ANY($1) ON CONFLICT DO NOTHING""",
        [community.bob.invoice, community.cid.invoice],
    )
    await db.close()
    listed = await client.get(
        "/rest/v1/corrections_due?select=number,cause&cause=eq.vat", headers=as_user(community.lab_admin, "admin")
    )
    assert listed.json() == [{"number": community.bob.invoice, "cause": "vat"}]
    refused = await client.get("/rest/v1/corrections_due", headers=as_user(community.bob.user))
    assert refused.status_code == 403


async def test_admin_leaves_an_invoice_of_their_own_community_as_it_is(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    headers = as_user(community.lab_admin, "admin")
    db = await connect(module_database_url, name="tests")
    invoices = {
        home: str(await db.fetchval("SELECT id FROM public.invoices WHERE number = $1", home.invoice))
        for home in (community.ann, community.cid)
    }
    await db.execute(
        "INSERT INTO public.stale_invoices (invoice, cause) VALUES ($1, 'tariff') ON CONFLICT DO NOTHING",
        invoices[community.ann],
    )
    await db.close()

    def decision(home: Home, **said: str) -> dict[str, str]:
        return {
            "account": str(home.account),
            "invoice": invoices[home],
            "reason": "2p",
            "approved_by": "A. Ray",
            **said,
        }

    due = "/rest/v1/corrections_due?select=cause&cause=eq.tariff"
    assert (await client.get(due, headers=headers)).json() == [{"cause": "tariff"}]
    left = await client.post("/rest/v1/correction_decisions", json=decision(community.ann), headers=headers)
    assert left.status_code == 201
    assert (await client.get(due, headers=headers)).json() == []
    said = await client.get("/rest/v1/correction_decisions?select=reason,recorded_by", headers=headers)
    assert said.json() == [{"reason": "2p", "recorded_by": str(community.lab_admin)}]
    for wrong, status in (
        (decision(community.cid), 403),
        (decision(community.ann, invoice=invoices[community.cid]), 409),
        (decision(community.ann, reason=""), 400),
    ):
        refused = await client.post("/rest/v1/correction_decisions", json=wrong, headers=headers)
        assert refused.status_code == status, refused.text
    taken_back = await client.delete("/rest/v1/correction_decisions?reason=eq.2p", headers=headers)
    assert taken_back.status_code == 403
    customer = await client.post(
        "/rest/v1/correction_decisions", json=decision(community.ann), headers=as_user(community.ann.user)
    )
    assert customer.status_code == 403


async def test_admin_records_an_exception_for_their_own_accounts_alone(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    headers = as_user(community.lab_admin, "admin")

    def exception(home: Home) -> dict[str, Any]:
        days = {"period_start": "2025-01-01", "period_end": "2025-02-01"}
        return {"account": str(home.account), "reason": "Obstructed", "approved_by": "A. Director", **days}

    made = await client.post("/rest/v1/back_bill_exceptions", json=exception(community.ann), headers=headers)
    assert made.status_code == 201
    foreign = await client.post("/rest/v1/back_bill_exceptions", json=exception(community.cid), headers=headers)
    assert foreign.status_code == 403
    own = await client.post(
        "/rest/v1/back_bill_exceptions", json=exception(community.ann), headers=as_user(community.ann.user)
    )
    assert own.status_code == 403
    db = await connect(module_database_url, name="tests")
    [record] = await db.fetch("SELECT actor FROM flows.audit_log WHERE table_name = 'public.back_bill_exceptions'")
    await db.close()
    assert record["actor"] == str(community.lab_admin)


async def test_admin_corrects_a_price_over_the_api(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, module_database_url: str
) -> None:
    db = await connect(module_database_url, name="tests")
    add = """INSERT INTO public.microgrid_tariffs (esco, period_start, computed_unit_rate, computed_standing_charge)
             VALUES ($1, $2, 0.2, 0.5) RETURNING id"""
    own = await db.fetchval(add, community.lab, date(2024, 1, 1))
    foreign = await db.fetchval(add, community.wlce, date(2024, 1, 1))
    await db.close()
    headers = as_user(community.lab_admin, "admin")
    asked = {"tariff": str(own), "reason": "typed wrong", "unit_rate": "0.25"}
    made = await client.post("/rest/v1/rpc/correct_tariff", json=asked, headers=headers)
    assert made.status_code == 200
    [right] = (await client.get(f"/rest/v1/microgrid_tariffs?id=eq.{made.json()}", headers=headers)).json()
    assert (right["computed_unit_rate"], right["correction_reason"], right["superseded_by"]) == (
        0.25,
        "typed wrong",
        None,
    )
    for tariff in (foreign, own, uuid4()):  # another community's, one that is corrected already, none
        refused = await client.post(
            "/rest/v1/rpc/correct_tariff", json={"tariff": str(tariff), "reason": "x"}, headers=headers
        )
        assert refused.status_code == 404
