"""Invoices and credit notes that cannot be drawn: the others are printed and sent; they themselves once they can be."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

import pytest
from arq import ArqRedis
from structlog.testing import capture_logs

from billing.community import Community
from billing.corrections import rebilled
from databases import RoleUrl
from flows_billing import jobs
from flows_billing.jobs import create_worker
from flows_shared.jobs import JobRunner, Worker

RunJob: TypeAlias = Callable[[str], Awaitable[None]]


@pytest.fixture
async def worker(
    community: Community,
    redis: ArqRedis,
    settings_env: dict[str, str],
    role_url: RoleUrl,
    monkeypatch: pytest.MonkeyPatch,
) -> jobs.BillingWorker:
    for name, value in (settings_env | {"FLOWS_DATABASE_URL": role_url("flows_billing")}).items():
        monkeypatch.setenv(name, value)
    definition = create_worker()
    return Worker(definition.service, definition.settings, community.billing, redis)


@pytest.fixture
def run_job(community: Community, worker: jobs.BillingWorker) -> RunJob:
    """Whatever of a name waits in the outbox."""

    async def run(job: str) -> None:
        definition = create_worker()
        runner = JobRunner(worker, definition.jobs)
        for row in await community.rows("SELECT id FROM flows.outbox WHERE job = $1", job):
            await runner.run(str(row["id"]))
        assert await community.rows("SELECT FROM flows.outbox WHERE job = $1", job) == []

    return run


@pytest.fixture
async def billed(community: Community) -> Community:
    """Three homes: WLCE-000001 to WLCE-000003."""
    await community.tariff("0.20000", "0.50000")
    for _ in range(3):
        await community.measure_month(await community.home())
    assert (await community.bill()).billed == 3
    return community


async def documents(community: Community) -> list[str]:
    return [row["file_name"] for row in await community.rows("SELECT file_name FROM public.documents ORDER BY 1")]


async def sent(community: Community, job: str) -> list[list[str]]:
    """The ids that notify was asked to send."""
    rows = await community.rows("SELECT arguments FROM flows.outbox WHERE job = $1 ORDER BY created_at", job)
    return [row["arguments"][0] for row in rows]


async def invoice_ids(community: Community, *numbers: str) -> list[UUID]:
    rows = await community.rows("SELECT id FROM public.invoices WHERE number = ANY($1) ORDER BY number", list(numbers))
    return [row["id"] for row in rows]


async def age(community: Community, table: str, by: str) -> None:
    await community.write_old(f"UPDATE public.{table} SET created_at = now() - interval '{by}'")


POISONS = {
    "of no rate": (
        "UPDATE public.invoice_lines SET vat_rate = $2::text::numeric WHERE invoice = $1",
        ("NaN", "0.05"),
        "InvalidOperation",
    ),
    "of no date": (
        "UPDATE public.invoices SET due_date = $2::text::date WHERE id = $1",
        ("0044-03-15 BC", "2026-11-17"),
        "ValueError: ordinal must be >= 1",
    ),
}


@pytest.mark.parametrize("poison", POISONS)
async def test_invoice_that_cannot_be_drawn_stops_no_other_and_is_printed_once_it_can(
    billed: Community, worker: jobs.BillingWorker, run_job: RunJob, poison: str
) -> None:
    statement, (wrong, right), reason = POISONS[poison]
    first, second, third = await invoice_ids(billed, "WLCE-000001", "WLCE-000002", "WLCE-000003")
    await billed.write_old(statement, second, wrong)
    with capture_logs() as logged:
        await run_job("render_invoices")
    [said] = [entry for entry in logged if entry["event"] == "invoice_not_printed"]
    assert (said["number"], said["log_level"]) == ("WLCE-000002", "error")
    assert reason in said["reason"]
    printed = ["WLCE-000001.html", "WLCE-000001.pdf", "WLCE-000003.html", "WLCE-000003.pdf"]
    assert await documents(billed) == printed
    assert await sent(billed, "send_invoices") == [[str(first), str(third)]]

    await billed.write_old(statement, second, right)
    await jobs.print_missing(worker)  # it was asked for just now
    await run_job("render_invoices")
    assert await documents(billed) == printed
    await age(billed, "invoices", "1 hour")
    await jobs.print_missing(worker)
    await run_job("render_invoices")
    assert await documents(billed) == sorted([*printed, "WLCE-000002.html", "WLCE-000002.pdf"])
    assert await sent(billed, "send_invoices") == [[str(first), str(third)], [str(second)]]


async def test_credit_note_is_printed_with_its_new_invoice_or_not_at_all(
    billed: Community, worker: jobs.BillingWorker, run_job: RunJob
) -> None:
    """WLCE-000004 to WLCE-000006 take the places; the second of them has a line of no rate."""
    await run_job("render_invoices")
    await billed.execute("UPDATE flows.escos SET vat_registered = false")
    await rebilled(billed, confirm=True)
    notes = await billed.rows(
        """SELECT note.id, note.number, invoice.id AS replacement, invoice.number AS by
             FROM public.credit_notes AS note JOIN public.invoices AS invoice ON invoice.id = note.replacement
            ORDER BY note.number"""
    )
    good, bad, other = notes
    statement = "UPDATE public.invoice_lines SET vat_rate = $2::text::numeric WHERE invoice = $1"
    await billed.write_old(statement, bad["replacement"], "NaN")
    before = await documents(billed)
    with capture_logs() as logged:
        await run_job("render_credit_notes")
    assert [x["number"] for x in logged if x["event"] == "credit_note_not_printed"] == [bad["number"]]
    made = [f"{note[of]}.{kind}" for note in (good, other) for of in ("number", "by") for kind in ("html", "pdf")]
    assert await documents(billed) == sorted([*before, *made])

    await billed.write_old(statement, bad["replacement"], "0")
    await age(billed, "credit_notes", "1 hour")
    await age(billed, "invoices", "1 hour")
    await jobs.print_missing(worker)
    assert await billed.rows("SELECT FROM flows.outbox WHERE job = 'render_invoices'") == []
    await run_job("render_credit_notes")
    assert len(await documents(billed)) == 18  # of six invoices and three notes, on paper and screen
    asked = [note for ids in await sent(billed, "send_credit_notes") for note in ids]
    assert sorted(asked) == sorted(str(note["id"]) for note in notes)


async def test_old_and_void_invoices_are_not_printed_again(billed: Community, worker: jobs.BillingWorker) -> None:
    await billed.execute("DELETE FROM flows.outbox")
    await age(billed, "invoices", "32 days")
    await jobs.print_missing(worker)
    await age(billed, "invoices", "1 hour")
    await billed.write_old("UPDATE public.invoices SET status = 'void'")
    await jobs.print_missing(worker)
    assert await billed.rows("SELECT FROM flows.outbox WHERE job = 'render_invoices'") == []
