"""/v1/billing and /v1/accounts: admins record money of their communities, customers read what they owe."""

import hashlib
import io
import json
import zipfile
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from api.community import Community, Home
from api.conftest import TokenFor
from builders import insert, make_home
from flows_shared.db import Connection, connect

pytestmark = pytest.mark.usefixtures("with_billing")

CASH = {"amount_pence": 500, "method": "cash", "description": "Paid at the office"}


@pytest.fixture
async def owner(module_database_url: str) -> Any:
    connection = await connect(module_database_url, name="tests")
    yield connection
    await connection.close()


async def number_of(owner: Connection, home: Home) -> int:
    number: int = await owner.fetchval("SELECT account_number FROM public.accounts WHERE id = $1", home.account)
    return number


async def balance(client: httpx.AsyncClient, number: int, headers: dict[str, str]) -> int:
    response = await client.get(f"/v1/accounts/{number}/balance", headers=headers)
    assert response.status_code == 200, response.text
    pence: int = response.json()["balance_pence"]
    return pence


def keyed(headers: dict[str, str], key: str | None = None) -> dict[str, str]:
    return {**headers, "Idempotency-Key": key or str(uuid4())}


async def test_payment_by_hand_is_recorded_once_a_key_and_named_in_the_audit_log(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, owner: Connection
) -> None:
    admin, number = as_user(community.lab_admin, "admin"), await number_of(owner, community.ann)
    before = await balance(client, number, admin)
    path, headers = f"/v1/billing/accounts/{number}/payments", keyed(admin, "till-17")
    first, again = [await client.post(path, json=CASH, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json() == again.json()
    assert first.json()["balance_pence"] == before - 500 == await balance(client, number, admin)
    other = await client.post(path, json={**CASH, "amount_pence": 501}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "payment.key_taken")
    recorded = await owner.fetchrow("SELECT * FROM public.payments WHERE id = $1", UUID(first.json()["id"]))
    assert recorded is not None
    assert (recorded["method"], recorded["recorded_by"]) == ("cash", str(community.lab_admin))
    audited = "SELECT actor FROM flows.audit_log WHERE table_name = 'public.payments' AND row_id = $1"
    assert await owner.fetchval(audited, first.json()["id"]) == str(community.lab_admin)


async def test_key_stands_for_the_whole_request_of_one_caller(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, owner: Connection
) -> None:
    admin, number = as_user(community.lab_admin, "admin"), await number_of(owner, community.ann)
    account = f"/v1/billing/accounts/{number}"
    refund = {"amount_pence": 100, "method": "cash", "reason": "Paid twice", "payment": str(community.ann.payment)}
    paid = await client.post(f"{account}/payments", json={**CASH, "amount_pence": 100}, headers=keyed(admin, "pay"))
    headers = keyed(admin, "till-18")
    first, again = [await client.post(f"{account}/refunds", json=refund, headers=headers) for _ in range(2)]
    assert (first.status_code, again.json()) == (201, first.json()), first.text
    changed = {"amount_pence": 99, "method": "cheque", "reason": "Paid three times", "paid_on": "2026-01-05"}
    for name, value in {**changed, "payment": paid.json()["id"]}.items():
        other = await client.post(f"{account}/refunds", json={**refund, name: value}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (409, "payment.key_taken")
        assert other.json()["message"] == f"the idempotency key 'till-18' stands for another request: another {name}"
    gift = await client.post(f"{account}/gifts", json={"amount_pence": 100, "reason": "Paid twice"}, headers=headers)
    assert (gift.status_code, gift.json()["message"].partition(": ")[2]) == (409, "another kind, method, payment")
    colleague = keyed(as_user(community.operator, "admin"), "till-18")
    theirs = await client.post(f"{account}/refunds", json=refund, headers=colleague)
    assert theirs.json()["message"].endswith("another caller")
    home = await make_home(owner, community.lab)
    dan = await owner.fetchval("SELECT account_number FROM public.accounts WHERE id = $1", home.account)
    paid = await client.post(f"/v1/billing/accounts/{dan}/payments", json=CASH, headers=headers)
    assert paid.status_code == 201  # the key of another account
    refunds = "SELECT count(*) FROM public.refunds WHERE account = $1"
    assert await owner.fetchval(refunds, community.ann.account) == 1


async def test_key_from_before_requests_were_kept_says_what_was_made(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, owner: Connection
) -> None:
    admin, number = as_user(community.lab_admin, "admin"), await number_of(owner, community.ann)
    path, headers = f"/v1/billing/accounts/{number}/payments", keyed(admin, "till-19")
    first = await client.post(path, json=CASH, headers=headers)
    await owner.execute("DELETE FROM flows.money_requests")
    again = await client.post(path, json=CASH, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    other = await client.post(path, json={**CASH, "method": "cheque"}, headers=headers)
    assert (other.status_code, "another method" in other.json()["message"]) == (409, True)


async def test_statement_is_the_customers_own_the_latest_line_first(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, owner: Connection
) -> None:
    admin, number = as_user(community.lab_admin, "admin"), await number_of(owner, community.bob)
    path = f"/v1/billing/accounts/{number}"
    gift = {"amount_pence": 300, "reason": "Sorry for the cut"}
    assert (await client.post(f"{path}/gifts", json=gift, headers=keyed(admin))).status_code == 201
    own = await client.get(f"/v1/accounts/{number}/statement", headers=as_user(community.bob.user))
    lines = own.json()["lines"]
    assert [(line["kind"], line["amount_pence"], line["balance_pence"]) for line in lines] == [
        ("gift", -300, -2400),
        ("payment", -2100, -2100),
    ]
    assert (lines[0]["description"], own.json()["balance_pence"]) == ("Gift: Sorry for the cut", -2400)
    for stranger in (community.ann, community.cid):
        for what in ("statement", "balance"):
            refused = await client.get(f"/v1/accounts/{number}/{what}", headers=as_user(stranger.user))
            assert (refused.status_code, refused.json()["code"]) == (404, "account.unknown")


async def test_no_more_is_paid_back_than_the_credit_or_the_payment(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, owner: Connection
) -> None:
    operator, number = as_user(community.operator, "admin"), await number_of(owner, community.cid)
    path = f"/v1/billing/accounts/{number}/refunds"
    refund = {"amount_pence": 2101, "method": "bank_transfer", "reason": "Moved out"}
    too_much = await client.post(path, json=refund, headers=keyed(operator))  # 2,100p were paid, and nothing charged
    assert (too_much.status_code, too_much.json()["code"]) == (422, "refund.too_large")
    assert too_much.json()["message"] == "£21.00 can be paid back, not £21.01"
    of_payment = {**refund, "amount_pence": 2000, "payment": str(community.cid.payment)}
    assert (await client.post(path, json=of_payment, headers=keyed(operator))).json()["balance_pence"] == -100
    more = await client.post(path, json={**of_payment, "amount_pence": 101}, headers=keyed(operator))
    assert more.json()["message"] == "£1.00 can be paid back, not £1.01"
    of_other = {**refund, "amount_pence": 1, "payment": str(community.ann.payment)}
    unknown = await client.post(path, json=of_other, headers=keyed(operator))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "payment.unknown")


async def test_payment_is_taken_back_and_the_debt_given_up(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, owner: Connection
) -> None:
    """On an account of its own, from which 500p were taken for a top-up that 2,100p had paid."""
    account = await insert(owner, "public.accounts", property=community.ann.property, type="ev", status="open")
    paid = {"account": account["id"], "amount_pence": 2100, "status": "succeeded"}
    payment = (await insert(owner, "public.payments", **paid))["id"]
    topup = {"meter": community.ann.meter, "amount_pence": 500, "source": "payment"}
    topup_id = (await insert(owner, "public.topups", **topup))["id"]
    await insert(owner, "public.topups_payments", topup_id=topup_id, payment_id=payment)
    await owner.execute("UPDATE public.topups SET status = 'completed' WHERE id = $1", topup_id)
    admin, number = as_user(community.lab_admin, "admin"), account["account_number"]
    assert await balance(client, number, admin) == -1600
    for _ in range(2):
        path = f"/v1/billing/payments/{payment}/reversal"
        taken = await client.post(path, json={"reason": "Charged back"}, headers=admin)
        assert (taken.status_code, taken.json()["balance_pence"]) == (201, 500)
    assert await owner.fetchval("SELECT data ->> 'reason' FROM public.payment_events") == "Charged back"
    give_up = {"amount_pence": 500, "reason": "Bankrupt", "approved_by": "The board"}
    write_offs = f"/v1/billing/accounts/{number}/write-offs"
    too_much = await client.post(write_offs, json={**give_up, "amount_pence": 501}, headers=keyed(admin))
    assert (too_much.status_code, too_much.json()["code"]) == (422, "write_off.too_large")
    done = await client.post(write_offs, json=give_up, headers=keyed(admin))
    assert (done.status_code, done.json()["balance_pence"]) == (201, 0)
    row = await owner.fetchrow("SELECT approved_by, recorded_by FROM public.write_offs")
    assert row is not None
    assert tuple(row) == ("The board", str(community.lab_admin))


@pytest.mark.parametrize("what", ["payments", "refunds", "write-offs", "gifts"])
async def test_money_is_recorded_by_admins_of_the_community_alone(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, owner: Connection, what: str
) -> None:
    number = await number_of(owner, community.cid)
    path, before = f"/v1/billing/accounts/{number}/{what}", await owner.fetchval("SELECT max(id) FROM ledger_postings")
    body: dict[str, Any] = {"amount_pence": 1}
    body |= {"method": "cash"} if what in ("payments", "refunds") else {}
    body |= {"reason": "R"} if what != "payments" else {}
    body |= {"approved_by": "R"} if what == "write-offs" else {}
    foreign = await client.post(path, json=body, headers=keyed(as_user(community.lab_admin, "admin")))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "account.unknown")
    customer = await client.post(path, json=body, headers=keyed(as_user(community.cid.user)))
    assert (customer.status_code, customer.json()["code"]) == (403, "auth.role")
    without_key = await client.post(path, json=body, headers=as_user(community.operator, "admin"))
    assert (without_key.status_code, without_key.json()["code"]) == (422, "request.invalid")
    assert await owner.fetchval("SELECT max(id) FROM ledger_postings") == before


@pytest.mark.parametrize(
    "wrong",
    [{"amount_pence": 0}, {"amount_pence": 100_001}, {"method": "barter"}, {"received_on": "2199-01-01"}, {"more": 1}],
)
async def test_payment_that_cannot_be_is_refused(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, owner: Connection, wrong: dict[str, Any]
) -> None:
    path = f"/v1/billing/accounts/{await number_of(owner, community.ann)}/payments"
    response = await client.post(path, json={**CASH, **wrong}, headers=keyed(as_user(community.lab_admin, "admin")))
    assert response.status_code == 422


async def test_most_that_may_be_paid_at_once_is_the_communitys_setting(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor, owner: Connection
) -> None:
    number, admin = await number_of(owner, community.ann), as_user(community.lab_admin, "admin")
    for kind, body in (("payments", CASH), ("gifts", {"reason": "Thanks"})):
        path = f"/v1/billing/accounts/{number}/{kind}"
        refused = await client.post(path, json={**body, "amount_pence": 100_001}, headers=keyed(admin))
        assert (refused.status_code, refused.json()["code"]) == (422, "payment.too_large")
        assert "£1,000.01 is more than £1,000.00" in refused.text
        taken = await client.post(path, json={**body, "amount_pence": 100_000}, headers=keyed(admin))
        assert taken.status_code == 201
    await owner.execute("UPDATE flows.escos SET payment_limit_pence = 250000")
    path = f"/v1/billing/accounts/{number}/payments"
    taken = await client.post(path, json={**CASH, "amount_pence": 250_000}, headers=keyed(admin))
    assert taken.status_code == 201
    with pytest.raises(asyncpg.CheckViolationError, match="250001 pence are more than the community's limit"):
        await owner.execute("INSERT INTO payments (account, amount_pence) SELECT id, 250001 FROM accounts LIMIT 1")


async def test_ledger_check_names_what_has_no_entry_in_the_callers_communities(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    answer = await client.post("/v1/billing/ledger-checks", json={}, headers=as_user(community.lab_admin, "admin"))
    found = answer.json()
    assert (answer.status_code, found["total_pence"]) == (200, 0)
    # The test's invoices were not made by a run, so they are not in the ledger.
    assert {"check": "invoice", "name": community.ann.invoice, "expected": "2100", "found": "no entry"} in (
        found["findings"]
    )
    assert community.cid.invoice not in answer.text


async def test_clients_patch_over_the_data_api_is_posted(
    client: httpx.AsyncClient, community: Community, as_machine: Any, as_user: TokenFor, owner: Connection
) -> None:
    payment = await owner.fetchval(
        "INSERT INTO public.payments (account, amount_pence, status) VALUES ($1, 700, 'processing') RETURNING id",
        community.bob.account,
    )
    number, admin = await number_of(owner, community.bob), as_user(community.lab_admin, "admin")
    before = await balance(client, number, admin)
    headers = as_machine("public_backend") | {"Content-Profile": "myenergy", "Accept-Profile": "myenergy"}
    patched = await client.patch(
        "/rest/v1/payments", params={"id": f"eq.{payment}"}, json={"status": "succeeded"}, headers=headers
    )
    assert patched.status_code in (200, 204), patched.text
    assert await balance(client, number, admin) == before - 700


async def test_evidence_of_a_month_is_an_archive_for_its_admins(
    client: httpx.AsyncClient, community: Community, as_user: TokenFor
) -> None:
    asked = {"month": "2026-09", "esco": str(community.lab)}
    answer = await client.post("/v1/billing/evidence", json=asked, headers=as_user(community.lab_admin, "admin"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip"), answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        manifest = archive.read("LAB-2026-09/manifest.json")
    assert answer.headers["X-Manifest-Sha256"] == hashlib.sha256(manifest).hexdigest()
    assert json.loads(manifest)["taken_by"] == str(community.lab_admin)
    for headers, body, code in (
        (as_user(community.lab_admin, "admin"), {**asked, "esco": str(community.wlce)}, "billing.esco_forbidden"),
        (as_user(community.ann.user), asked, "auth.role"),
    ):
        refused = await client.post("/v1/billing/evidence", json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
