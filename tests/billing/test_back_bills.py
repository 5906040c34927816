"""Energy that was used too long ago is not charged for, unless it was billed before or is excepted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.back_bills import charges
from billing.community import Community, Home
from billing.corrections import credit_notes, findings, invoices, rebilled
from billing.pencil import OCTOBER as RULES_MONTH
from billing.pencil import bill, day_kwh, rates, tariff
from flows_billing.corrections.difference import BilledInvoice, BilledLine, correct
from flows_billing.days import Days
from flows_billing.rating.back_bill import guarded
from flows_billing.rating.bill import Bill
from flows_billing.rating.charges import Charge
from flows_billing.rating.guard import UNGUARDED, Guard, oldest_day
from flows_billing.vat.summary import vat_summary
from flows_shared.time import LONDON, Month
from flows_shared.vocabulary.billing import LineKind

MARCH_2025 = Month(2025, 3)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
PRICE = tariff(Decimal("0.2"), Decimal("0.5"))


def used(kwh: str) -> Bill:
    """31 days of as much energy each: at 1 kWh 31 x 20p = 620p and 31 x 50p = 1550p."""
    return bill(PRICE, FIRST, LAST, [Decimal(kwh)] * 31)


@pytest.mark.parametrize(
    ("issued", "months", "oldest"),
    [
        (date(2026, 11, 24), 12, date(2025, 11, 24)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 24), None, None),
    ],
)
def test_age_is_counted_in_whole_months(issued: date, months: int | None, oldest: date | None) -> None:
    assert oldest_day(issued, months) == oldest


def test_rise_of_days_that_are_all_too_old_is_left_out_whole() -> None:
    new = guarded(used("2"), charges(used("1")), Guard(date(2026, 11, 1)))
    assert new.total_pence == used("1").total_pence == 2170
    line = new.lines[-1]
    assert (line.kind, line.amount_pence, line.description) == (
        "adjustment",
        -620,
        "Not charged: used before 01.11.2026, too long ago",
    )


def test_rise_is_left_out_for_the_days_that_are_too_old() -> None:
    new = guarded(used("2"), charges(used("1")), Guard(date(2026, 10, 11)))
    # 620p more over 31 days, 20p a day: of the 10 days before the 11th 200p are left out
    assert new.total_pence == 2170 + 620 - 200
    assert new.lines[-1].part.days == Days(FIRST, date(2026, 10, 11))


def test_fall_goes_through_however_old() -> None:
    assert guarded(used("1"), charges(used("2")), Guard(date(2027, 12, 1))) == used("1")


def test_first_bill_of_old_days_charges_nothing_for_them() -> None:
    assert guarded(used("1"), (), Guard(date(2026, 11, 1))).total_pence == 0


def test_excepted_days_are_charged_for() -> None:
    account = used("1").plan.account.id
    guard = Guard(date(2026, 11, 1), {account: [Days(date(2026, 10, 22), date(2026, 11, 1))]})
    # 20p a day are left out on 21 of the 31 days
    assert guarded(used("2"), charges(used("1")), guard).total_pence == 2170 + 620 - 420


def test_night_that_rises_as_the_day_falls_is_no_rise() -> None:
    days = Days(FIRST, date(2026, 11, 1))
    new = used("1")
    before = [Charge(LineKind.ENERGY, days, Decimal(1), pence, Decimal("0.05"), True) for pence in (20, 2150)]
    assert guarded(new, before, Guard(date(2026, 11, 1))) == new


@given(before=day_kwh, now=day_kwh, unit_rate=rates, since=st.integers(1, 32))
def test_guard_never_raises_a_bill_and_charges_no_old_day_more_than_before(
    before: list[Decimal], now: list[Decimal], unit_rate: Decimal, since: int
) -> None:
    price = tariff(unit_rate, Decimal("0.5"))
    old, new = [bill(price, FIRST, LAST, kwh) for kwh in (before, now)]
    cutoff = date(2026, 10, 1).replace(day=since) if since < 32 else date(2026, 11, 1)
    made = guarded(new, charges(old), Guard(cutoff))
    assert made.total_pence <= new.total_pence
    if new.total_pence <= old.total_pence:
        assert made == new
    elif cutoff == date(2026, 11, 1):
        assert made.total_pence == old.total_pence
    else:
        assert made.total_pence >= old.total_pence
    assert made.total_pence == sum(x.net_pence + x.vat_pence for x in vat_summary(made.lines))


@given(before=day_kwh, now=day_kwh, unit_rate=rates, new_rate=rates)
def test_original_less_credit_note_plus_new_is_the_bill_computed_afresh(
    before: list[Decimal], now: list[Decimal], unit_rate: Decimal, new_rate: Decimal
) -> None:
    old = bill(tariff(unit_rate, Decimal("0.5")), FIRST, LAST, before)
    afresh = bill(tariff(new_rate, Decimal("0.5")), FIRST, LAST, now)
    issued = _issued(old)
    corrections = correct([issued], [afresh], UNGUARDED)
    owed = issued.total_pence
    for correction in corrections:
        assert correction.original == issued
        assert correction.bill == afresh
        assert sum(line.difference_pence for line in correction.lines) == afresh.total_pence - issued.total_pence
        owed += correction.after_pence - correction.before_pence
    assert owed == afresh.total_pence
    # And once corrected, nothing is left to correct.
    assert correct([_issued(afresh)], [afresh], UNGUARDED) == []


@given(before=day_kwh, now=day_kwh, since=st.integers(1, 31), later=st.integers(0, 60))
def test_what_was_left_out_once_is_left_out_for_good_and_nothing_is_corrected(
    before: list[Decimal], now: list[Decimal], since: int, later: int
) -> None:
    old, afresh = [bill(PRICE, FIRST, LAST, kwh) for kwh in (before, now)]
    for correction in correct([_issued(old)], [afresh], Guard(date(2026, 10, since))):
        assert correction.bill is not None
        then = Guard(date(2026, 10, since) + timedelta(days=later))
        assert correct([_issued(correction.bill)], [afresh], then) == []


def _issued(made: Bill) -> BilledInvoice:
    lines = tuple(BilledLine.of(line) for line in made.lines)
    plan = made.plan
    return BilledInvoice(
        plan.account.id,
        "N-1",
        plan.account.id,
        plan.payer,
        None,
        Days.of(RULES_MONTH),
        made.net_pence,
        made.vat_pence,
        made.total_pence,
        lines,
    )


async def billed_in_2025(community: Community) -> Home:
    """March 2025, of 1,486 half hours: 297.2 kWh x 20p = 5944p and 31 x 50p = 1550p."""
    await community.tariff("0.20000", "0.50000", period_start=date(2025, 1, 1))
    home = await community.home()
    await community.measure(home.registers["SINGLE"], MARCH_2025.period(LONDON), "0.2")
    await community.bill(MARCH_2025, now=datetime(2025, 4, 2, 9, tzinfo=UTC))
    return home


async def test_old_bill_that_would_rise_is_left_alone_and_one_that_falls_is_corrected(community: Community) -> None:
    home = await billed_in_2025(community)
    half_hour = "2025-03-10 12:00Z"
    await community.measure_more(home, "10.2", half_hour)
    shown = await rebilled(community, month=MARCH_2025, confirm=True)
    assert [(a.outcome, a.details) for a in shown.accounts] == [
        ("too_old", "what it would charge more was used before 2025-11-20")
    ]
    assert len(await invoices(community, home)) == 1
    await community.measure_more(home, "0", half_hour)
    await rebilled(community, month=MARCH_2025, confirm=True)
    # 0.2 kWh less: 297 x 20p = 5940p
    assert (await invoices(community, home))[1][2] == 5940 + 1550


async def test_exception_with_a_reason_lets_an_old_bill_rise(community: Community) -> None:
    home = await billed_in_2025(community)
    await community.measure_more(home, "10.2", "2025-03-10 12:00Z")
    await community.execute(
        """INSERT INTO public.back_bill_exceptions (account, period_start, period_end, reason, approved_by)
           VALUES ($1, '2025-03-01', '2025-04-01', 'The meter was tampered with', 'A. Director')""",
        home.account,
    )
    await rebilled(community, month=MARCH_2025, confirm=True)
    assert (await invoices(community, home))[1][2] == 5944 + 200 + 1550  # 10 kWh more
    assert len(await credit_notes(community)) == 1


async def test_community_sets_another_number_of_months_or_none(community: Community) -> None:
    home = await billed_in_2025(community)
    await community.measure_more(home, "10.2", "2025-03-10 12:00Z")
    await community.execute("UPDATE flows.escos SET back_bill_months = NULL")
    assert (await rebilled(community, month=MARCH_2025)).count("differs") == 1


async def test_first_bill_of_a_month_too_long_ago_is_nothing_and_says_so(community: Community) -> None:
    await community.tariff("0.20000", "0.50000", period_start=date(2025, 1, 1))
    home = await community.home()
    await community.measure(home.registers["SINGLE"], MARCH_2025.period(LONDON), "0.2")
    await community.bill(MARCH_2025)
    assert await invoices(community, home) == [("WLCE-000001", "issued", 0)]
    assert (await community.lines(home))[-1][0] == "Not charged: used before 03.11.2025, too long ago"
    assert await findings(community) == []


async def test_every_line_knows_the_age_of_its_consumption(community: Community) -> None:
    await billed_in_2025(community)
    ages = await community.rows(
        "SELECT DISTINCT public.consumption_age_days(line) AS age FROM public.invoice_lines AS line"
    )
    assert [row["age"] for row in ages] == [32]  # 1 March to 2 April
