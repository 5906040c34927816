"""Bills that were wrong: shown first, then taken back by a credit note and billed anew."""

import asyncio
from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from billing.community import OCTOBER, Community
from billing.corrections import LAST_DAY, NOVEMBER_20, credit_notes, due, findings, invoices, one_day, owed, rebilled
from flows_shared.time import LONDON, Month, Period
from flows_shared.vocabulary.billing import CorrectionCause


async def test_estimated_bill_is_corrected_when_the_reading_comes(priced: Community) -> None:
    home = await one_day(priced)
    await priced.execute(
        """WITH gone AS (DELETE FROM flows.register_interval_hh WHERE timestamp = '2026-10-31 12:00Z' RETURNING *)
           INSERT INTO flows.register_interval_estimates (register_id, timestamp, kwh, method)
           SELECT register_id, timestamp, kwh, 'linear' FROM gone"""
    )
    await priced.bill()
    assert await due(priced) == []
    # The meter answers: 1.2 kWh, 1 kWh more than estimated.
    await priced.execute(
        "INSERT INTO flows.register_interval_hh SELECT register_id, '2026-10-31 12:00Z', 1.2 FROM flows.meter_registers"
    )
    [listed] = await due(priced)
    assert (listed["number"], listed["cause"], listed["line"]) == ("WLCE-000001", "readings", 1)
    assert (listed["billed_kwh"], listed["kwh"]) == (Decimal("9.6"), Decimal("10.6"))
    assert (listed["billed_intervals"], listed["intervals"]) == (48, 48)

    shown = await rebilled(priced)
    [account] = shown.accounts
    [correction] = account.corrections
    assert (account.outcome, correction.causes, correction.invoice) == ("differs", ("readings",), "WLCE-000001")
    # 10.6 kWh x 20p = 212p, 20p more; VAT 262 x 5 / 105 = 12.48 -> 12p, as before
    assert (correction.before_pence, correction.after_pence, correction.difference_pence) == (242, 262, 20)
    assert (correction.vat_before_pence, correction.vat_after_pence) == (12, 12)
    energy, days = correction.lines
    assert (energy.quantity_before, energy.quantity_after) == (Decimal("9.6"), Decimal("10.6"))
    assert (energy.amount_before_pence, energy.amount_after_pence, energy.difference_pence) == (192, 212, 20)
    assert days.difference_pence == 0
    assert await invoices(priced, home) == [("WLCE-000001", "issued", 242)]  # nothing was stored

    done = await rebilled(priced, confirm=True)
    [made] = done.accounts[0].corrections
    assert (done.accounts[0].outcome, made.credit_note, made.replacement) == (
        "corrected",
        "WLCE-C000001",
        "WLCE-000002",
    )
    assert await invoices(priced, home) == [("WLCE-000001", "void", 242), ("WLCE-000002", "issued", 262)]
    [note] = await credit_notes(priced)
    assert (note["invoice_number"], note["replacement_number"]) == ("WLCE-000001", "WLCE-000002")
    assert (note["net_pence"], note["vat_pence"], note["total_pence"]) == (230, 12, 242)
    assert (note["reason"], note["causes"]) == ("Late or corrected readings", ["readings"])
    assert await owed(priced, home) == 262
    assert await due(priced) == []
    assert await findings(priced) == []


async def test_new_invoice_says_what_was_owed_and_credited(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    await priced.measure_more(home, "1.2")
    await rebilled(priced, confirm=True)
    [_, invoice] = await priced.rows("SELECT * FROM public.invoices ORDER BY number")
    amounts = [invoice[name] for name in ("previous_balance_pence", "payments_pence", "amount_due_pence")]
    assert amounts == [242, 242, 262]


async def test_correcting_again_changes_nothing(priced: Community) -> None:
    home, right = await one_day(priced), await one_day(priced)
    await priced.bill()
    await priced.measure_more(home, "0.1")
    first = await rebilled(priced, confirm=True)
    assert [account.outcome for account in first.accounts] == ["corrected", "unchanged"]
    stored = await priced.rows("SELECT * FROM public.invoices ORDER BY number")
    again = await rebilled(priced, confirm=True)
    assert [account.outcome for account in again.accounts] == ["unchanged", "unchanged"]
    assert await priced.rows("SELECT * FROM public.invoices ORDER BY number") == stored
    assert len(await credit_notes(priced)) == 1
    assert [number for number, *_ in await invoices(priced, right)] == ["WLCE-000002"]


async def test_two_corrections_at_once_are_one(priced: Community) -> None:
    homes = [await one_day(priced) for _ in range(4)]
    await priced.bill()
    for home in homes:
        await priced.measure_more(home, "0.9")
    both = await asyncio.gather(rebilled(priced, confirm=True), rebilled(priced, confirm=True))
    assert sum(one.count("corrected") for one in both) == 4
    assert [note["number"] for note in await credit_notes(priced)] == [f"WLCE-C{n:06}" for n in range(1, 5)]
    assert await priced.value("SELECT count(*) FROM public.invoices WHERE status <> 'void'") == 4
    assert await priced.value("SELECT sum(amount_pence) FROM public.ledger_postings") == 0
    assert await findings(priced) == []


async def test_correction_that_breaks_leaves_the_account_whole_and_stops_no_other(priced: Community) -> None:
    homes = [await one_day(priced) for _ in range(3)]
    await priced.bill()
    for home in homes:
        await priced.measure_more(home, "0.9")
    await priced.execute(
        f"ALTER TABLE public.credit_notes ADD CONSTRAINT refuse CHECK (account <> '{homes[1].account}') NOT VALID"
    )
    broken = await rebilled(priced, confirm=True)
    assert [account.outcome for account in broken.accounts] == ["corrected", "failed", "corrected"]
    assert (broken.accounts[1].details or "").startswith("CheckViolationError: ")
    assert [status for _, status, _ in await invoices(priced, homes[0])] == ["void", "issued"]
    assert [status for _, status, _ in await invoices(priced, homes[1])] == ["issued"]
    await priced.execute("ALTER TABLE public.credit_notes DROP CONSTRAINT refuse")
    done = await rebilled(priced, confirm=True)
    assert [account.outcome for account in done.accounts] == ["unchanged", "corrected", "unchanged"]
    assert [note["number"] for note in await credit_notes(priced)] == [f"WLCE-C{n:06}" for n in range(1, 4)]
    assert await findings(priced) == []


async def test_credit_note_takes_vat_back_at_the_rates_that_it_was_charged_at(community: Community) -> None:
    """Mixed use, 30% of it qualifying and certified: 5% on that share, 20% on the rest; then 60% of it."""
    await community.tariff("0.20000", "0.50000", includes_vat=False)
    home = await one_day(community)
    await community.measure_more(home, "100")
    premises = await community.value("SELECT property FROM public.accounts WHERE id = $1", home.account)
    status = """INSERT INTO public.vat_statuses (property, valid_from, use, qualifying_percent, certificate,
                                                 certificate_from)
                VALUES ($1, '2026-01-01', 'mixed', 30, 'form', '2026-01-01')"""
    await community.execute(status, premises)
    await community.bill()
    # 109.4 kWh (47 x 0.2 + 100): 30% = 32.82 x 20p = 656p, 70% = 76.58 x 20p = 1532p; 0.3 and 0.7 days: 15p and 35p
    # VAT 5% of 671 = 33.55 -> 34p; 20% of 1567 = 313.4 -> 313p
    invoice = await community.invoice(home)
    assert (invoice["net_pence"], invoice["vat_pence"]) == (656 + 15 + 1532 + 35, 34 + 313)
    await community.execute("UPDATE public.vat_statuses SET qualifying_percent = 60")
    assert [(row["number"], row["cause"]) for row in await due(community)] == [("WLCE-000001", "vat")]
    await rebilled(community, confirm=True)
    [note] = await credit_notes(community)
    assert (note["net_pence"], note["vat_pence"], note["causes"]) == (2238, 347, ["vat"])
    # 60% and more: all of it at 5%: 109.4 x 20p = 2188p + 50p = 2238p, VAT 111.9 -> 112p
    assert (await invoices(community, home))[1][2] == 2238 + 112
    assert await owed(community, home) == 2350
    postings = await community.rows(
        """SELECT account.code, sum(posting.amount_pence)::int AS pence
             FROM public.ledger_postings AS posting
             JOIN public.ledger_entries AS entry ON entry.id = posting.entry AND entry.kind = 'credit_note'
             JOIN public.ledger_accounts AS account ON account.id = posting.ledger_account
            GROUP BY account.code ORDER BY account.code"""
    )
    assert [tuple(row) for row in postings] == [("receivable", -2585), ("sales", 2238), ("vat", 347)]
    assert await findings(community) == []


async def test_changed_vat_status_shows_up_as_a_correction(priced: Community) -> None:
    home, other = await one_day(priced), await one_day(priced)
    await priced.measure_more(home, "100")
    await priced.bill()
    premises = await priced.value("SELECT property FROM public.accounts WHERE id = $1", home.account)
    await priced.execute(
        "INSERT INTO public.vat_statuses (property, valid_from, use) VALUES ($1, '2026-10-01', 'business')", premises
    )
    [listed] = await due(priced)
    assert (listed["account"], listed["cause"]) == (home.account, "vat")
    shown = await rebilled(priced, causes=[CorrectionCause.VAT])
    assert [account.outcome for account in shown.accounts] == ["differs", "unchanged"]
    [correction] = shown.accounts[0].corrections
    # The price holds VAT: 109.4 kWh x 20p + 50p = 2238p either way, of it 5/105 = 106.57 -> 107p, 20/120 = 373p
    assert (correction.before_pence, correction.after_pence) == (2238, 2238)
    assert (correction.vat_before_pence, correction.vat_after_pence) == (107, 373)
    assert {(line.vat_rate_before, line.vat_rate_after) for line in correction.lines} == {
        (Decimal("0.05"), Decimal("0.20"))
    }
    assert (await rebilled(priced, causes=[CorrectionCause.READINGS])).count("differs") == 0
    await rebilled(priced, confirm=True)
    assert await due(priced) == []
    assert len(await invoices(priced, other)) == 1


async def test_status_that_changes_no_bill_is_no_longer_listed_once_it_was_looked_at(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    await priced.execute(
        "INSERT INTO public.vat_statuses (customer, valid_from, use) VALUES ($1, '2026-10-01', 'business')",
        home.customer,
    )
    assert len(await due(priced)) == 1  # 9.6 kWh in a day are a small quantity: 5% all the same
    assert (await rebilled(priced)).count("unchanged") == 1
    assert len(await due(priced)) == 1
    await rebilled(priced, confirm=True)
    assert await due(priced) == []


async def test_wrong_price_is_corrected_by_a_version_in_its_place(community: Community) -> None:
    wrong = await community.tariff("0.20000", "0.50000")
    home = await one_day(community)
    await community.bill()
    with pytest.raises(asyncpg.RestrictViolationError, match="this price was used on a bill"):
        await community.execute("UPDATE public.microgrid_tariffs SET computed_unit_rate = 0.25 WHERE id = $1", wrong)
    right = await community.value("SELECT public.correct_tariff($1, 'typed wrong', unit_rate => 0.25)", wrong)
    versions = await community.rows(
        """SELECT id, computed_unit_rate, computed_standing_charge, superseded_by, correction_reason
             FROM public.microgrid_tariffs ORDER BY computed_unit_rate"""
    )
    assert [tuple(row) for row in versions] == [
        (wrong, Decimal("0.2"), Decimal("0.5"), right, None),
        (right, Decimal("0.25"), Decimal("0.5"), None, "typed wrong"),
    ]
    assert [(row["number"], row["cause"]) for row in await due(community)] == [("WLCE-000001", "tariff")]
    shown = await rebilled(community)
    [correction] = shown.accounts[0].corrections
    assert (correction.causes, correction.lines[0].rate_before, correction.lines[0].rate_after) == (
        ("tariff",),
        Decimal("0.2"),
        Decimal("0.25"),
    )
    await rebilled(community, confirm=True, reason="The price of October was typed wrong.")
    # 9.6 kWh x 25p = 240p + 50p
    assert (await invoices(community, home))[1] == ("WLCE-000002", "issued", 290)
    [note] = await credit_notes(community)
    assert note["reason"] == "The price of October was typed wrong."
    assert await findings(community) == []
    assert (await rebilled(community)).count("unchanged") == 1


async def test_price_that_came_late_is_corrected_from_its_first_day(priced: Community) -> None:
    home = await priced.home()
    await priced.measure_month(home)
    await priced.bill()  # 298 kWh x 20p + 31 x 50p = 7510p
    await priced.tariff("0.10000", "0.50000", period_start=date(2026, 10, 16))
    shown = await rebilled(priced)
    [correction] = shown.accounts[0].corrections
    # 15 days: 15 x 48 x 0.2 = 144 kWh x 20p = 2880p, 750p; 16 days, one of 50 half hours: 154 kWh x 10p = 1540p, 800p
    assert correction.after_pence == 2880 + 750 + 1540 + 800
    assert correction.causes == ("tariff",)


async def test_credit_note_cannot_be_changed(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    await priced.measure_more(home, "0.9")
    await rebilled(priced, confirm=True)
    for change in ("UPDATE public.credit_notes SET total_pence = 0", "DELETE FROM public.credit_notes"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await priced.execute(change)


async def test_run_asked_again_after_a_correction_bills_nothing(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    await priced.measure_more(home, "0.9")
    await rebilled(priced, confirm=True)
    before = await invoices(priced, home)
    assert (await priced.request()).with_work == set()
    await priced.bill()
    assert await invoices(priced, home) == before
    [outcome] = await priced.rows(
        """SELECT invoice.number FROM public.billing_run_accounts AS outcome
             JOIN public.invoices AS invoice ON invoice.id = outcome.invoice"""
    )
    assert outcome["number"] == "WLCE-000002"


async def test_account_whose_readings_went_missing_is_not_corrected(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    await priced.execute("DELETE FROM flows.register_interval_hh WHERE timestamp = '2026-10-31 12:00Z'")
    [listed] = await due(priced)
    assert (listed["billed_intervals"], listed["intervals"]) == (48, 47)
    done = await rebilled(priced, confirm=True)
    assert [(a.outcome, a.details) for a in done.accounts] == [("failed", "1 of 48 half hours are missing")]
    assert len(await invoices(priced, home)) == 1


async def test_change_of_payer_within_the_month_bills_each_at_their_own_days(priced: Community) -> None:
    home = await priced.home()
    await priced.measure_month(home)
    second = await priced.customer(fullname="Bo")
    await priced.party(home, second, start_date=date(2026, 10, 11))
    await priced.execute(
        "UPDATE public.customer_accounts SET end_date = '2026-10-10' WHERE customer = $1", home.customer
    )
    run = await priced.bill()
    assert (run.billed, run.failed) == (1, 0)
    made = await priced.rows("SELECT * FROM public.invoices ORDER BY period_start")
    assert [(row["customer"], row["period_start"], row["period_end"]) for row in made] == [
        (home.customer, date(2026, 10, 1), date(2026, 10, 11)),
        (second, date(2026, 10, 11), date(2026, 11, 1)),
    ]
    # 10 x 48 x 0.2 = 96 kWh x 20p + 10 x 50p = 2420p; 298 - 96 = 202 kWh x 20p + 21 x 50p = 5090p; 7510p in all
    assert [row["total_pence"] for row in made] == [2420, 5090]
    assert [row["amount_due_pence"] for row in made] == [2420, 5090]
    assert await findings(priced) == []


async def test_payer_who_left_earlier_than_thought_is_credited_and_the_next_one_billed(priced: Community) -> None:
    home = await priced.home()
    await priced.measure_month(home)
    await priced.bill()
    second = await priced.customer(fullname="Bo")
    await priced.party(home, second, start_date=date(2026, 10, 11))
    await priced.execute(
        "UPDATE public.customer_accounts SET end_date = '2026-10-10' WHERE customer = $1", home.customer
    )
    assert {row["cause"] for row in await due(priced)} == {"payer"}
    await rebilled(priced, confirm=True)
    assert await invoices(priced, home) == [
        ("WLCE-000001", "void", 7510),
        ("WLCE-000002", "issued", 2420),
        ("WLCE-000003", "issued", 5090),
    ]
    [note] = await credit_notes(priced)
    assert (note["customer"], note["replacement_number"]) == (home.customer, "WLCE-000002")
    assert await owed(priced, home) == 7510
    assert await due(priced) == []
    assert await findings(priced) == []


async def test_days_that_another_account_is_billed_for_after_all_are_credited_whole(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    await priced.execute("UPDATE public.accounts SET start_date = '2026-11-01' WHERE id = $1", home.account)
    assert {row["cause"] for row in await due(priced)} == {"days"}
    await rebilled(priced, confirm=True)
    assert await invoices(priced, home) == [("WLCE-000001", "void", 242)]
    [note] = await credit_notes(priced)
    assert (note["replacement"], note["causes"]) == (None, ["days"])
    assert await owed(priced, home) == 0
    assert await priced.outcome(home) == ("skipped", "credited", "taken back by credit note WLCE-C000001")
    assert await findings(priced) == []


async def test_days_of_another_supplier_are_not_billed(priced: Community) -> None:
    home, elsewhere = await priced.home(), await priced.home()
    for each in (home, elsewhere):
        await priced.measure_month(each)
    add = "INSERT INTO public.account_suppliers (account, valid_from, supplier) VALUES ($1, $2, $3)"
    await priced.execute(add, home.account, date(2026, 10, 11), "Other plc")
    await priced.execute(add, home.account, date(2026, 10, 21), None)
    await priced.execute(add, elsewhere.account, date(2026, 1, 1), "Other plc")
    await priced.bill()
    assert await priced.outcome(elsewhere) == (
        "skipped",
        "other_supplier",
        "another supplier bills the account for all of its days",
    )
    # 10 days: 96 kWh; 11 days, one of 50 half hours: 11 x 9.6 + 0.4 = 106 kWh; 21 days
    assert [(quantity, pence) for _, quantity, _, pence in await priced.lines(home)] == [
        (Decimal("96.0"), 1920),
        (Decimal("106.0"), 2120),
        (Decimal(10), 500),
        (Decimal(11), 550),
    ]


async def test_sync_of_this_month_notes_nothing_and_late_days_are_noted(priced: Community) -> None:
    home = await one_day(priced)
    await priced.bill()
    register = home.registers["SINGLE"]
    await priced.measure(register, Period(LAST_DAY.end, NOVEMBER_20), "0.2")
    assert await priced.rows("SELECT * FROM flows.register_days_changed") == []
    await priced.measure(register, Period(Month(2026, 9).period(LONDON).start, OCTOBER.period(LONDON).start), "0.2")
    changed = await priced.rows("SELECT day FROM flows.register_days_changed ORDER BY day")
    assert [row["day"] for row in changed] == [date(2026, 9, day) for day in range(1, 31)]
    assert await due(priced) == []  # no bill holds them
