"""The books of a community: checked against what they stand for, and recorded in from the command line."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
import structlog
from arq.connections import ArqRedis
from prometheus_client import REGISTRY

import flows_billing.ledger.check
from api.services import served
from billing.community import Community, Home
from databases import RoleUrl
from flows_billing.errors import RefundTooLarge
from flows_billing.jobs import check_books
from flows_billing.ledger.check import check_ledger
from flows_billing.ledger.entries import LedgerCode
from flows_billing.ledger.watch import sum_ledger
from flows_billing.payments import record
from flows_billing.settings import BillingSettings
from flows_shared.contracts.ledger import LedgerFinding
from flows_shared.contracts.money import PaymentArguments, Recorded, RefundArguments
from flows_shared.db import Database
from flows_shared.jobs import Worker
from flows_shared.settings import load_settings
from processes import FlowsProcess
from waiting import until

FLOWS = str(Path(sys.executable).with_name("flows"))
RunFlows: TypeAlias = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def run_flows(settings_env: dict[str, str], role_url: RoleUrl, tmp_path: Path) -> RunFlows:
    """Runs `flows ledger ARGUMENTS`: its exit status, and what was said, as one line."""
    variables = {**settings_env, "FLOWS_DATABASE_URL": role_url("flows_billing")}

    async def run(*arguments: str) -> tuple[int, str]:
        with FlowsProcess([FLOWS, "ledger", *arguments], variables, tmp_path / "flows.log") as process:
            status = await asyncio.to_thread(process.process.wait, 60)
        return status, " ".join(process.log.read_text().split())

    return run


async def billed_home(community: Community) -> Home:
    """298 kWh at 10p: owes 2,980p."""
    await community.tariff("0.10000", "0.00000")
    home = await community.home()
    await community.measure_month(home)
    await community.bill()
    return home


def finding(check: str, name: str, expected: str, found: str) -> LedgerFinding:
    return LedgerFinding(check=check, name=name, expected=expected, found=found)


async def findings(community: Community) -> list[LedgerFinding]:
    async with community.billing.connection() as connection:
        found = await check_ledger(connection)
    assert found.total_pence == 0
    return list(found.findings)


async def pay(community: Community, home: Home, pence: int, key: str = "a") -> Recorded:
    async with community.billing.transaction() as transaction:
        return await record.record_payment(
            transaction, home.account, key, PaymentArguments(amount_pence=pence, method="cash")
        )


async def status(community: Community, home: Home) -> str:
    return str((await community.invoice(home))["status"])


async def test_database_and_service_know_the_same_ledger_accounts(community: Community) -> None:
    rows = await community.rows("SELECT code FROM flows.ledger_codes()")
    assert {row["code"] for row in rows} == set(LedgerCode)


async def test_bill_that_was_paid_is_sound_and_paid_at_once(community: Community) -> None:
    home = await billed_home(community)
    assert (await pay(community, home, 1000)).balance_pence == 1980
    assert await status(community, home) == "part_paid"
    assert (await pay(community, home, 1980, "b")).balance_pence == 0
    assert await status(community, home) == "paid"
    assert await findings(community) == []


async def test_refunds_at_once_do_not_pay_the_credit_back_twice(community: Community) -> None:
    home = await community.home()
    await pay(community, home, 1000)

    async def refund(key: str) -> Recorded | RefundTooLarge:
        asked = RefundArguments(amount_pence=700, method="cash", reason="Too much paid")
        try:
            async with community.billing.transaction() as transaction:
                return await record.record_refund(transaction, home.account, key, asked)
        except RefundTooLarge as error:
            return error

    results = await asyncio.gather(*(refund(str(number)) for number in range(4)))
    assert sorted(type(result).__name__ for result in results) == ["Recorded", *["RefundTooLarge"] * 3]
    assert await findings(community) == []


async def test_payments_at_once_leave_the_invoice_paid(community: Community) -> None:
    home = await billed_home(community)
    await asyncio.gather(*(pay(community, home, 298, str(number)) for number in range(10)))
    assert await status(community, home) == "paid"


async def test_same_key_at_once_records_one_payment(community: Community) -> None:
    home = await community.home()
    made = await asyncio.gather(*(pay(community, home, 298) for _ in range(5)))
    assert len({recorded.id for recorded in made}) == 1
    assert {recorded.balance_pence for recorded in made} == {-298}


async def test_check_names_what_is_wrong(community: Community) -> None:
    home = await billed_home(community)
    paid = await pay(community, home, 500)
    replica = "SET LOCAL session_replication_role = replica"
    async with community.db.transaction() as transaction:  # past every trigger
        await transaction.execute(replica)
        await transaction.execute("DELETE FROM public.ledger_postings WHERE amount_pence IN (-500, 500)")
        await transaction.execute("DELETE FROM public.ledger_entries WHERE kind = 'payment'")
        await transaction.execute(
            """INSERT INTO public.ledger_entries (esco, kind, reference, description, entry_date)
               VALUES ($1, 'refund', 'forged', 'Forged', '2026-11-05')""",
            community.esco,
        )
        await transaction.execute(
            "INSERT INTO public.topups (meter, amount_pence, source, status) VALUES ($1, 7, 'gift', 'completed')",
            home.meter,
        )
        await transaction.execute("UPDATE public.ledger_postings SET amount_pence = 2979 WHERE amount_pence = 2980")
    async with community.billing.connection() as connection:
        found = await check_ledger(connection)
    topup = await community.value("SELECT id FROM public.topups")
    assert found.total_pence == -1
    assert set(found.findings) == {
        finding("entry does not balance", "invoice WLCE-000001", "0", "-1"),
        finding("entry does not balance", "refund forged", "0", "0"),
        finding("invoice", "WLCE-000001", "2980", "2979"),
        finding("payment", str(paid.id), "500", "no entry"),
        finding("topup", str(topup), "7", "no entry"),
        finding("entry without its event", "refund forged", "an event", "none"),
        finding("receivable of account", str(home.account_number), "2480", "2979"),
    }


async def test_command_records_money_and_shows_the_account(community: Community, run_flows: RunFlows) -> None:
    home = await billed_home(community)
    number = str(home.account_number)
    for _ in range(2):
        code, said = await run_flows("pay", number, "30.00", "--key", "till 1", "--description", "At the office")
        assert (code, "the account has £0.20 in credit" in said) == (0, True), said
    assert (await run_flows("refund", number, "0.21", "--reason", "Left"))[0] == 1
    assert (await run_flows("refund", number, "0.20", "--reason", "Left"))[0] == 0
    code, said = await run_flows("write-off", number, "0.01", "--reason", "R", "--approved-by", "The board")
    assert (code, "the account owes £0.00, not £0.01" in said) == (1, True), said
    assert "the account has £0.00 owed" in (await run_flows("balance", number))[1]
    said = (await run_flows("statement", number))[1]
    for line in ("Energy bill October 2026", "At the office", "-£30.00", "-£0.20", "Refund"):
        assert line in said
    recorded_by = await community.value("SELECT recorded_by FROM public.payments")
    assert recorded_by.endswith("(flows command)")


async def test_command_fails_while_the_books_are_not_sound(community: Community, run_flows: RunFlows) -> None:
    await billed_home(community)
    code, said = await run_flows("check", "--esco", "wlce")
    assert (code, "1 entries, sum 0p, 0 disagreements" in said) == (0, True), said
    async with community.db.transaction() as transaction:
        await transaction.execute("SET LOCAL session_replication_role = replica")
        await transaction.execute("DELETE FROM public.ledger_postings WHERE amount_pence > 0")
    code, said = await run_flows("check")
    assert (code, "the ledger is not sound" in said, "WLCE-000001" in said) == (1, True, True), said


async def test_metric_shows_the_sum_over_the_ledger(
    community: Community, settings_env: dict[str, str], role_url: RoleUrl, tmp_path: Path
) -> None:
    await billed_home(community)
    variables = {
        **settings_env,
        "FLOWS_DATABASE_URL": role_url("flows_billing"),
        "FLOWS_BILLING_LEDGER_SUM_SECONDS": "1",
    }
    with served("billing", variables, tmp_path / "log") as url:
        async with httpx.AsyncClient(base_url=url) as client:

            async def shown(pence: str) -> bool:
                lines = (await client.get("/metrics")).text.splitlines()
                return f"flows_ledger_imbalance_pence {pence}" in lines

            await until(lambda: shown("0.0"))
            async with community.db.transaction() as transaction:
                await transaction.execute("SET LOCAL session_replication_role = replica")
                await transaction.execute("DELETE FROM public.ledger_postings WHERE amount_pence = 2980")
            await until(lambda: shown("-2980.0"))


async def test_nightly_check_names_what_is_wrong_in_the_log(
    community: Community, settings_env: dict[str, str], redis: ArqRedis
) -> None:
    await billed_home(community)
    async with community.db.transaction() as transaction:
        await transaction.execute("SET LOCAL session_replication_role = replica")
        await transaction.execute("DELETE FROM public.ledger_postings WHERE amount_pence = 2980")
    worker = Worker("billing", load_settings(BillingSettings), community.billing, redis)
    with structlog.testing.capture_logs() as logged:
        await check_books(worker)
    assert "WLCE-000001" in [entry["of"] for entry in logged if entry["event"] == "ledger_unsound"]


async def test_books_of_one_community_hide_nothing_of_another(
    db: Database, community: Community, settings_env: dict[str, str], redis: ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding a check is shown; the other's 298.0 kWh at £0.10 are a penny too many by as much as ours too few."""
    monkeypatch.setattr(flows_billing.ledger.check, "SHOWN", 1)
    other = await Community.make(db, community.billing, code="AAA")
    for each, change in ((community, -1), (other, 1)):
        await billed_home(each)
        async with each.db.transaction() as transaction:
            await transaction.execute("SET LOCAL session_replication_role = replica")
            await transaction.execute(
                """UPDATE public.ledger_postings AS posting SET amount_pence = amount_pence + $2
                     FROM public.ledger_accounts AS ledger
                    WHERE ledger.id = posting.ledger_account AND ledger.esco = $1 AND ledger.code = 'receivable'""",
                each.esco,
                change,
            )
    worker = Worker("billing", load_settings(BillingSettings), community.billing, redis)
    with structlog.testing.capture_logs() as logged:
        await check_books(worker)
    unbalanced = [entry["esco"] for entry in logged if entry.get("check") == "entry does not balance"]
    assert unbalanced == ["AAA", "WLCE"]
    totals = {entry["esco"]: entry["total_pence"] for entry in logged if entry["event"] == "ledger_checked"}
    assert totals == {"AAA": 1, "WLCE": -1}
    await sum_ledger(community.billing)
    assert [
        REGISTRY.get_sample_value("flows_ledger_esco_imbalance_pence", {"esco": code}) for code in ("AAA", "WLCE")
    ] == [1, -1]


async def test_time_makes_an_invoice_overdue(community: Community) -> None:
    home = await billed_home(community)
    changed = await community.value("SELECT flows.set_invoice_statuses(NULL, now() + $1::interval)", timedelta(400))
    assert (changed, await status(community, home)) == (1, "overdue")
