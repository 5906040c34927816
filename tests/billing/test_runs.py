"""What a run makes of each account, and that asking again changes nothing."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import structlog

from billing.community import NOVEMBER_3, OCTOBER, Community, Home
from flows_billing.errors import MonthInFuture, MonthUnfinished, UnknownEsco
from flows_billing.runs.execute import execute_run
from flows_billing.runs.request import request_runs
from flows_billing.settings import RunSettings
from flows_shared.db import Database
from flows_shared.time import Month, Period

STORED = (
    "billing_runs",
    "billing_run_accounts",
    "invoices",
    "invoice_lines",
    "invoice_series",
    "ledger_accounts",
    "ledger_entries",
    "ledger_postings",
    "monthly_usage",
)

LAST_DAY = Period(datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
async def priced(community: Community) -> Community:
    await community.tariff("0.20000", "0.50000")
    return community


async def measured_home(community: Community, **home: Any) -> Home:
    """A home of one day, the 31st of October, so that a test with many of them is quick."""
    made = await community.home(start_date=date(2026, 10, 31), **home)
    for register in made.registers.values():
        await community.measure(register, LAST_DAY, "0.2")
    return made


async def everything(community: Community) -> dict[str, list[str]]:
    return {
        table: [row[0] for row in await community.rows(f"SELECT t::text FROM public.{table} AS t ORDER BY 1")]
        for table in STORED
    }


async def numbers(community: Community) -> list[str]:
    return [row["number"] for row in await community.rows("SELECT number FROM public.invoices ORDER BY number")]


async def test_each_account_has_its_outcome_and_holds_up_no_other(priced: Community) -> None:
    billed = await measured_home(priced)
    prepay = await measured_home(priced, payment_method="prepay")
    prepay_meter = await measured_home(priced, prepay_meter=True)
    pending = await measured_home(priced, status="pending")
    nobody = await measured_home(priced, role=None)
    closed = await measured_home(priced, status="closed")
    no_register = await measured_home(priced, elements=())
    silent = await priced.home(start_date=date(2026, 10, 31))
    run = await priced.bill()
    assert (run.accounts, run.billed, run.skipped, run.failed, run.status) == (8, 1, 3, 4, "completed")
    assert await priced.outcome(billed) == ("billed", None, None)
    assert await priced.outcome(prepay) == ("skipped", "prepay", "the meter holds the balance and bills itself")
    assert (await priced.outcome(prepay_meter))[:2] == ("skipped", "prepay")
    assert (await priced.outcome(pending))[:2] == ("skipped", "pending")
    assert await priced.outcome(nobody) == ("failed", "no_customer", "the account has neither occupier nor owner")
    assert (await priced.outcome(closed))[:2] == ("failed", "no_end_date")
    assert (await priced.outcome(no_register))[:2] == ("failed", "no_meter")
    assert await priced.outcome(silent) == ("failed", "readings_missing", "48 of 48 half hours are missing")


async def test_account_without_a_tariff_is_named_while_others_are_billed(community: Community) -> None:
    own = {"unit_rate": "0.10000", "standing_charge": "0.30000"}
    with_own = await measured_home(community, tariff=own)
    without = await measured_home(community)
    late = await measured_home(community, tariff={**own, "period_start": date(2026, 11, 1)})
    run = await community.bill()
    assert (run.billed, run.failed) == (1, 2)
    assert (await community.outcome(with_own))[0] == "billed"
    reason = "no tariff, of the customer's own or of the community, holds on 2026-10-31"
    for home in (without, late):
        assert await community.outcome(home) == ("failed", "no_tariff", reason)


async def test_accounts_of_other_months_types_and_communities_are_left_alone(priced: Community) -> None:
    other = await Community.make(priced.db, priced.billing, code="OTHER")
    await other.tariff("0.9", "0.9")
    await measured_home(other)
    await priced.home(start_date=date(2026, 11, 1))
    await priced.home(end_date=date(2026, 9, 30), status="closed")
    await measured_home(priced, type="solar")
    run = await priced.bill()
    assert (run.accounts, run.status, run.percent) == (0, "completed", 100)
    assert await numbers(priced) == []


async def test_missing_half_hours_are_counted_and_billed_once_they_came(priced: Community) -> None:
    home, complete = await measured_home(priced), await measured_home(priced)
    await priced.execute(
        "DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp < '2026-10-31 01:30Z'",
        home.registers["SINGLE"],
    )
    first = await priced.bill()
    assert (first.billed, first.failed) == (1, 1)
    assert await priced.outcome(home) == ("failed", "readings_missing", "3 of 48 half hours are missing")
    invoice = await priced.invoice(complete)
    await priced.measure(
        home.registers["SINGLE"], Period(LAST_DAY.start, datetime(2026, 10, 31, 1, 30, tzinfo=UTC)), "1"
    )
    second = await priced.bill()
    assert (second.id, second.billed, second.failed, second.accounts) == (first.id, 2, 0, 2)
    assert await priced.outcome(home) == ("billed", None, None)
    assert (await priced.lines(home))[0][1] == Decimal("12.0")  # 3 x 1 + 45 x 0.2
    assert await priced.invoice(complete) == invoice
    assert await numbers(priced) == ["WLCE-000001", "WLCE-000002"]


async def test_nan_in_the_readings_fails_its_account_only(priced: Community) -> None:
    broken, huge, sound = [await measured_home(priced) for _ in range(3)]
    change = "UPDATE flows.register_interval_hh SET kwh = $2 WHERE register_id = $1 AND timestamp = '2026-10-31 10:00Z'"
    await priced.write_old(change, broken.registers["SINGLE"], Decimal("NaN"))
    await priced.write_old(change, huge.registers["SINGLE"], Decimal("200000000"))
    run = await priced.bill()
    assert (run.billed, run.failed) == (1, 2)
    assert (await priced.outcome(broken))[:2] == ("failed", "readings_invalid")
    assert (await priced.outcome(huge))[:2] == ("failed", "amount_out_of_range")
    assert (await priced.outcome(sound))[0] == "billed"


async def test_same_month_again_changes_nothing(priced: Community) -> None:
    await measured_home(priced)
    await measured_home(priced, payment_method="prepay")
    await priced.bill()
    before = await everything(priced)
    outbox = await priced.value("SELECT count(*) FROM flows.outbox")
    requested = await priced.request()
    assert requested.with_work == set()
    assert await everything(priced) == before
    await priced.bill()  # executed all the same, as a job that comes twice
    after = await everything(priced)
    assert {name: rows for name, rows in after.items() if name != "billing_runs"} == {
        name: rows for name, rows in before.items() if name != "billing_runs"
    }
    assert await priced.value("SELECT count(*) FROM flows.outbox") == outbox


async def test_failed_accounts_leave_work_and_keep_their_outcome(priced: Community) -> None:
    silent = await priced.home(start_date=date(2026, 10, 31))
    run = await priced.bill()
    outcomes = await priced.rows("SELECT * FROM public.billing_run_accounts")
    assert (await priced.request()).with_work == {run.id}
    again = await priced.bill()
    assert (again.accounts, again.failed) == (1, 1)
    assert await priced.rows("SELECT * FROM public.billing_run_accounts") == outcomes
    await priced.execute("UPDATE public.accounts SET start_date = '2026-11-01' WHERE id = $1", silent.account)
    assert (await priced.bill()).accounts == 0
    assert await priced.rows("SELECT * FROM public.billing_run_accounts") == []


async def test_account_that_comes_later_is_billed_when_asked_again(priced: Community) -> None:
    await measured_home(priced)
    await priced.bill()
    late = await measured_home(priced)
    assert len((await priced.request()).with_work) == 1
    await priced.bill()
    assert (await priced.invoice(late))["number"] == "WLCE-000002"


async def test_two_runs_at_once_are_one(priced: Community) -> None:
    homes = [await measured_home(priced) for _ in range(12)]
    both = await asyncio.gather(priced.bill(billing_batch_accounts=5), priced.bill(billing_batch_accounts=5))
    assert [(run.id, run.billed, run.accounts) for run in both] == [(both[0].id, 12, 12)] * 2
    assert await numbers(priced) == [f"WLCE-{number:06}" for number in range(1, 13)]
    assert await priced.value("SELECT count(DISTINCT account) FROM public.invoices") == len(homes)


async def test_batches_are_whole_and_numbers_have_no_gaps_after_a_failure(priced: Community) -> None:
    """An invoice that cannot be stored rolls its batch back with its numbers; the others are stored without it."""
    homes = [await measured_home(priced) for _ in range(6)]
    await priced.execute(
        f"""ALTER TABLE public.invoices ADD CONSTRAINT refuse CHECK (account <> '{homes[3].account}') NOT VALID"""
    )
    run = await priced.bill(billing_batch_accounts=2)
    assert (run.status, run.billed, run.failed) == ("completed", 5, 1)
    assert (await priced.outcome(homes[3]))[:2] == ("failed", "data_invalid")
    assert await numbers(priced) == [f"WLCE-{number:06}" for number in range(1, 6)]
    await priced.execute("ALTER TABLE public.invoices DROP CONSTRAINT refuse")
    done = await priced.bill(billing_batch_accounts=2)
    assert (done.status, done.billed, done.error) == ("completed", 6, None)
    assert await numbers(priced) == [f"WLCE-{number:06}" for number in range(1, 7)]


async def test_progress_is_told_by_batch(priced: Community) -> None:
    for _ in range(5):
        await measured_home(priced)
    [run] = (await priced.request()).runs
    told: list[tuple[int, int]] = []
    settings = RunSettings(billing_batch_accounts=2)
    await execute_run(priced.billing, run.id, settings, NOVEMBER_3, lambda *done: told.append(done))
    assert told == [(2, 5), (4, 5), (5, 5)]


async def test_progress_is_logged_as_a_percentage(priced: Community) -> None:
    for _ in range(4):
        await measured_home(priced)
    [run] = (await priced.request()).runs
    with structlog.testing.capture_logs() as logged:
        await execute_run(priced.billing, run.id, RunSettings(billing_batch_accounts=3), NOVEMBER_3)
    assert [entry["percent"] for entry in logged if entry["event"] == "billing_progress"] == [75, 100]


async def test_printing_is_queued_in_slices_with_the_invoices(priced: Community) -> None:
    for _ in range(5):
        await measured_home(priced)
    await priced.bill(billing_render_slice=2)
    jobs = await priced.rows(
        """SELECT service, arguments FROM flows.outbox
            WHERE job = 'render_invoices' ORDER BY jsonb_array_length(arguments -> 0)"""
    )
    assert {job["service"] for job in jobs} == {"billing"}
    assert [len(job["arguments"][0]) for job in jobs] == [1, 2, 2]
    ids = {str(row["id"]) for row in await priced.rows("SELECT id FROM public.invoices")}
    assert {invoice for job in jobs for invoice in job["arguments"][0]} == ids


async def test_ledger_balances_and_says_what_the_customer_owes(priced: Community) -> None:
    home = await measured_home(priced)
    await measured_home(priced)
    await priced.bill()
    invoice = await priced.invoice(home)
    assert invoice["total_pence"] == 242  # 48 x 0.2 x 20p + 50p
    assert await priced.value("SELECT sum(amount_pence) FROM public.ledger_postings") == 0
    postings = await priced.rows(
        """SELECT account.code, account.type, account.account, posting.amount_pence
             FROM public.ledger_postings AS posting
             JOIN public.ledger_entries AS entry ON entry.id = posting.entry
             JOIN public.ledger_accounts AS account ON account.id = posting.ledger_account
            WHERE entry.invoice = $1 ORDER BY posting.amount_pence DESC""",
        invoice["id"],
    )
    assert [tuple(posting) for posting in postings] == [
        ("receivable", "asset", home.account, 242),
        ("vat", "liability", None, -12),
        ("sales", "income", None, -230),
    ]
    [statement] = await priced.rows("SELECT * FROM public.transactions WHERE account = $1", home.account)
    assert (statement["name"], statement["amount"], statement["balance"]) == (
        "Energy bill October 2026",
        Decimal("2.42"),
        Decimal("2.42"),
    )


async def test_issued_invoices_cannot_be_changed(priced: Community) -> None:
    await measured_home(priced)
    await priced.bill()
    for change in (
        "UPDATE public.invoices SET total_pence = 0, net_pence = 0, vat_pence = 0",
        "DELETE FROM public.invoices",
        "UPDATE public.invoice_lines SET amount_pence = 0",
        "DELETE FROM public.ledger_postings",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await priced.execute(change)
    await priced.execute("UPDATE public.invoices SET status = 'paid'")


async def test_void_invoice_makes_place_for_a_new_one(priced: Community) -> None:
    home = await measured_home(priced)
    await priced.bill()
    await priced.execute("UPDATE public.invoices SET status = 'void'")
    await priced.bill()
    made = await priced.rows(
        "SELECT number, status FROM public.invoices WHERE account = $1 ORDER BY number", home.account
    )
    assert [tuple(row) for row in made] == [("WLCE-000001", "void"), ("WLCE-000002", "issued")]


async def test_customer_without_an_email_gets_an_invoice_all_the_same(priced: Community) -> None:
    home = await measured_home(priced, email=None)
    await priced.bill()
    assert (await priced.outcome(home))[0] == "billed"


async def test_each_community_has_its_own_numbers(priced: Community) -> None:
    other = await Community.make(priced.db, priced.billing, code="Abc")
    await other.tariff("0.20000", "0.50000")
    homes = await measured_home(priced), await measured_home(other)
    await priced.bill()
    await other.bill()
    assert [(await priced.invoice(home))["number"] for home in homes] == ["WLCE-000001", "ABC-000001"]


@pytest.mark.parametrize(
    ("month", "now", "refusal", "sentence"),
    [
        (Month(2026, 12), NOVEMBER_3, MonthInFuture, "2026-12 cannot be billed for WLCE: it is in the future"),
        (
            Month(2026, 11),
            NOVEMBER_3,
            MonthUnfinished,
            "2026-11 cannot be billed for WLCE: there it is 2026-11-03, so the month is not over",
        ),
        (
            Month(2026, 6),
            datetime(2026, 6, 30, 22, 59, tzinfo=UTC),
            MonthUnfinished,
            "2026-06 cannot be billed for WLCE: there it is 2026-06-30, so the month is not over",
        ),
    ],
)
async def test_month_that_is_not_over_is_refused(
    community: Community, month: Month, now: datetime, refusal: type[Exception], sentence: str
) -> None:
    with pytest.raises(refusal, match=sentence):
        await community.request(month, now=now)
    assert await community.rows("SELECT FROM public.billing_runs") == []


async def test_month_is_over_at_local_midnight(community: Community) -> None:
    requested = await community.request(Month(2026, 6), now=datetime(2026, 6, 30, 23, tzinfo=UTC))
    assert [run.status for run in requested.runs] == ["pending"]


async def test_unknown_community_is_refused(community: Community, billing_db: Database) -> None:
    unknown = uuid4()
    with pytest.raises(UnknownEsco, match=str(unknown)):
        async with billing_db.transaction() as transaction:
            await request_runs(transaction, OCTOBER, [community.esco, unknown], requested_by="a test", now=NOVEMBER_3)
    assert await community.rows("SELECT FROM public.billing_runs") == []
