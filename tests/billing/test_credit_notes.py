"""What a credit note says on paper and on the screen, and what is made and queued with it."""

import io
from decimal import Decimal

import pytest
from arq.connections import ArqRedis
from prometheus_client import generate_latest
from prometheus_client.registry import CollectorRegistry
from pypdf import PdfReader

from billing.community import Community
from billing.corrections import credit_notes, due, findings, one_day, rebilled
from databases import RoleUrl
from flows_billing.corrections.documents import PrintedNote, printed_note
from flows_billing.corrections.due import CorrectionsDue, forget_settled_days
from flows_billing.corrections.explain import explain_note
from flows_billing.corrections.html import render_note_html
from flows_billing.corrections.pdf import render_note
from flows_billing.invoices.documents import printed_invoice
from flows_billing.invoices.wording import explanation
from flows_billing.jobs import create_worker
from flows_shared.jobs import JobRunner, Worker


@pytest.fixture
async def corrected(priced: Community) -> Community:
    """A bill of 242p that became one of 382p: 7 kWh more at 20p."""
    await priced.execute("UPDATE flows.escos SET vat_number = 'GB123', address = '1 Water Lane'")
    home = await one_day(priced, fullname="Zoë Żak", email="zoe@example.org")
    await priced.bill()
    await priced.measure_more(home, "7.2")
    await rebilled(priced, confirm=True)
    return priced


async def printed(community: Community, number: str = "WLCE-C000001") -> PrintedNote:
    async with community.billing.connection() as connection:
        note = await printed_note(connection, number)
    assert note
    return note


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


async def test_note_names_the_invoice_the_reason_and_the_vat_credited(corrected: Community) -> None:
    note = await printed(corrected)
    html = " ".join(render_note_html(note).decode().split())
    for said in (
        "VAT credit note",
        "WLCE-C000001",
        "GB123",
        "Tax point",
        "invoice WLCE-000001 of 3 November 2026",
        "invoice WLCE-000002",
        "Late or corrected readings",
        "£1.92",
        "Credit without VAT",
        "VAT 5% on £2.30",
        "£0.12",
        "Total credit",
        "£2.42",
        "In its place comes invoice WLCE-000002 of £3.82: £1.40 more.",
        "9.6 to 16.6",
    ):
        assert said in text_of(render_note(note)), said
        assert said in html, said
    assert "Zoë Żak" in html
    assert render_note(note) == render_note(note)


async def test_note_of_a_seller_who_is_not_registered_is_no_vat_document(priced: Community) -> None:
    await priced.execute("UPDATE flows.escos SET vat_registered = false")
    home = await one_day(priced)
    await priced.bill()
    await priced.measure_more(home, "7.2")
    await rebilled(priced, confirm=True)
    note = await printed(priced)
    assert (note.heading, note.tax_point, note.vat_pence) == ("Credit note", None, 0)


async def test_both_invoices_say_what_became_of_them(corrected: Community) -> None:
    async with corrected.billing.connection() as connection:
        wrong, right = [await printed_invoice(connection, f"WLCE-00000{number}") for number in (1, 2)]
    assert wrong
    assert right
    assert explanation(wrong)[0] == "Credit note WLCE-C000001 takes this bill back: nothing of it is to be paid."
    assert explanation(right)[0].startswith("This bill takes the place of invoice WLCE-000001")
    assert right.replaces == "WLCE-000001"


async def test_explanation_shows_what_was_charged_and_what_is_different(corrected: Community) -> None:
    said = explain_note(await printed(corrected))
    assert (said.number, said.invoice, said.replacement) == ("WLCE-C000001", "WLCE-000001", "WLCE-000002")
    assert said.credited[0].arithmetic == "9.6 kWh x 20p = 192p -> 192p"
    assert said.vat == ("242p x 5 / (100 + 5) = 12p within",)
    assert (said.differences[0].quantity_before, said.differences[0].quantity_after) == (
        Decimal("9.6"),
        Decimal("16.6"),
    )


async def test_worker_prints_the_note_and_the_new_invoice_and_has_them_sent(
    corrected: Community,
    redis: ArqRedis,
    settings_env: dict[str, str],
    role_url: RoleUrl,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (settings_env | {"FLOWS_DATABASE_URL": role_url("flows_billing")}).items():
        monkeypatch.setenv(name, value)
    [job] = await corrected.rows("SELECT id FROM flows.outbox WHERE job = 'render_credit_notes'")
    definition = create_worker()
    worker = Worker(definition.service, definition.settings, corrected.billing, redis)
    runner = JobRunner(worker, definition.jobs)
    await runner.run(str(job["id"]))
    documents = await corrected.rows("SELECT file_name FROM public.documents ORDER BY file_name")
    assert [row["file_name"] for row in documents] == [
        "WLCE-000002.html",
        "WLCE-000002.pdf",
        "WLCE-C000001.html",
        "WLCE-C000001.pdf",
    ]
    [sent] = await corrected.rows("SELECT arguments FROM flows.outbox WHERE service = 'notify'")
    [note] = await credit_notes(corrected)
    assert sent["arguments"] == [[str(note["id"])]]


async def test_verify_finds_a_note_that_was_tampered_with(corrected: Community) -> None:
    assert await findings(corrected) == []
    await corrected.execute("ALTER TABLE public.credit_notes DISABLE TRIGGER refuse_change")
    await corrected.execute("UPDATE public.credit_notes SET vat_pence = vat_pence + 1, total_pence = total_pence + 1")
    await corrected.execute("UPDATE public.invoice_series SET last_credit_note = 2")
    assert {finding.check for finding in await findings(corrected)} >= {
        "credit for invoice WLCE-000001",
        "credit note numbers",
    }


async def test_due_corrections_are_counted_by_cause_for_prometheus(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    await priced.measure_more(home, "7.2")
    counted = CorrectionsDue()
    async with priced.billing.connection() as connection:
        await counted.measure(connection)
    registry = CollectorRegistry()
    registry.register(counted)
    assert b'flows_corrections_due{cause="readings",esco="WLCE"} 1.0' in generate_latest(registry)


async def test_invoice_left_as_it_is_by_a_person_is_not_due_until_it_changes_again(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    await priced.measure_more(home, "7.2")
    [listed] = await due(priced)
    await priced.execute(
        """INSERT INTO public.correction_decisions (account, invoice, reason, approved_by)
           VALUES ($1, $2, 'small', 'Ann')""",
        home.account,
        listed["invoice"],
    )
    assert await due(priced) == []
    assert await settled(priced) == 0, "the day still differs, and is known when it changes again"
    await priced.measure_more(home, "9.9")
    assert [row["invoice"] for row in await due(priced)] == [listed["invoice"]]


async def settled(community: Community) -> int:
    await community.execute("UPDATE flows.register_days_changed SET changed_at = now() - interval '2 hours'")
    async with community.billing.connection() as connection:
        return await forget_settled_days(connection)


async def test_changed_day_is_forgotten_when_its_bills_agree_and_no_run_is_under_way(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    await priced.measure_more(home, "7.2")
    assert await settled(priced) == 0
    await priced.measure_more(home, "0.2")
    await priced.execute("UPDATE public.billing_runs SET status = 'running'")
    assert await settled(priced) == 0
    await priced.execute("UPDATE public.billing_runs SET status = 'completed'")
    assert await settled(priced) == 1
    assert await due(priced) == []


async def test_reading_that_changes_while_the_month_is_billed_is_noted(priced: Community) -> None:
    """The run has measured and not stored yet: the change must not be lost."""
    home = await one_day(priced)
    await priced.request()  # the run is there before it measures
    await priced.measure_more(home, "7.2")
    noted = await priced.rows("SELECT * FROM flows.register_days_changed")
    assert len(noted) == 1
