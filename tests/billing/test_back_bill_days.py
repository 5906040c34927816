"""Each day is judged by itself: what was used on a day that is too old, and no more than that, is not charged for."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.back_bills import charges
from billing.community import Community, Home
from billing.corrections import findings, invoices, rebilled
from billing.october import BLOCKS, MINIMUM, month_kwh, october, price, register
from billing.pencil import account, rates
from billing.sharers import FIRST_OF_OCTOBER, make_group
from flows_billing.rating.back_bill import guarded
from flows_billing.rating.bill import Bill
from flows_billing.rating.guard import Guard
from flows_billing.tariffs.tariff import Component, Tariff
from flows_shared.time import LONDON, Month
from flows_shared.vocabulary.billing import ComponentKind, ThresholdPeriod

NOVEMBER_2025 = Month(2025, 11)
NOVEMBER_28 = datetime(2026, 11, 28, 9, tzinfo=UTC)
HOME = account(registers=(register(),))
METER = HOME.registers[0].id
SINCE_16 = Guard(date(2026, 10, 16))


def judged(kwh: dict[int, str] | list[Decimal], version: Tariff, guard: Guard = SINCE_16) -> Bill:
    """A first bill of October."""
    [bill] = october(kwh, version, home=HOME, guard=guard)
    return guarded(bill, (), guard)


def corrected(before: dict[int, str], now: dict[int, str], version: Tariff, changed: set[int]) -> int:
    """Pence that a correction charges more, of days whose readings changed."""
    guard = Guard(SINCE_16.since, {}, {METER: {date(2026, 10, day) for day in changed}})
    [old], [new] = (october(kwh, version, home=HOME, guard=guard) for kwh in (before, now))
    return guarded(new, charges(old), guard).total_pence - old.total_pence


def test_blocks_are_filled_by_what_is_not_charged_for_too() -> None:
    """310 kWh on the 5th fill the block: the 40 kWh of the 25th are above it, at 30p."""
    assert judged({5: "310", 25: "40"}, price(*BLOCKS)).total_pence == 1200
    assert judged({5: "40", 25: "310"}, price(*BLOCKS)).total_pence == 2700 + 1200  # 270 x 10p + 40 x 30p


def test_blocks_of_a_day_are_those_of_its_day() -> None:
    """Up to 10 kWh a day at 10p, above at 30p: 100p and 90 x 30p for the 25th."""
    daily = Component(
        uuid4(),
        ComponentKind.UNIT_RATE,
        Decimal("0.30"),
        True,
        from_kwh=Decimal(10),
        threshold_period=ThresholdPeriod.DAY,
    )
    assert judged({5: "100", 25: "100"}, price(BLOCKS[0], daily)).total_pence == 2800


@pytest.mark.parametrize(
    ("kwh", "pence"),
    [
        ({20: "100"}, 1600),  # 3100 x 16 / 31 = 1600 for the days from the 16th, of which they used 1000
        ({20: "400"}, 4000),
        ({5: "200"}, 1100),  # of the 1600, no more than the 1100 that the whole month lacks
        ({5: "400"}, 0),
        ({}, 1600),
    ],
)
def test_minimum_is_judged_for_the_days_that_may_be_charged_for(kwh: dict[int, str], pence: int) -> None:
    assert judged(kwh, price(MINIMUM)).total_pence == pence


def test_credit_is_owed_whole_and_pays_for_no_old_charge() -> None:
    credit = Component(uuid4(), ComponentKind.EXPORT_CREDIT, Decimal("0.06"), True)
    [bill] = october({5: "100", 25: "10"}, price(credit), home=HOME, guard=SINCE_16, exports="50")
    assert guarded(bill, (), SINCE_16).total_pence == 100 - 300
    assert guarded(bill, (), Guard(date(2026, 11, 1))).total_pence == -300


def test_line_says_what_was_left_out_of_what() -> None:
    line = judged({5: "100", 25: "10"}, price()).lines[-1]
    assert (line.amount_pence, line.basis) == (
        -1000,
        "what was used on the days that are too old comes to 1000p; 0p were billed for it before",
    )


@pytest.mark.parametrize(
    ("now", "changed", "more"),
    [
        ({1: "300", 25: "10"}, set(), 0),  # nothing changed, as uneven as it is
        ({1: "400", 25: "10"}, {1}, 0),  # 100 kWh more on a day that is too old
        ({1: "300", 25: "110"}, {25}, 100 * 10),  # and on one that is not
        # 310 kWh were billed for both: 310 x 110 / 510 = 66.86 for the 25th, so 43.14 more, cut to the penny
        ({1: "400", 25: "110"}, {1, 25}, 431),
        ({1: "200", 25: "10"}, {1}, -100 * 10),
        ({1: "200", 25: "60"}, {1, 25}, -50 * 10),
    ],
)
def test_correction_leaves_out_the_rise_of_old_days_alone(now: dict[int, str], changed: set[int], more: int) -> None:
    assert corrected({1: "300", 25: "10"}, now, price(), changed) == more


def test_old_energy_that_rises_into_a_dearer_block_is_left_out() -> None:
    """20 kWh more on the 1st, of which 10 are above 310 kWh."""
    assert corrected({1: "300"}, {1: "320"}, price(*BLOCKS), {1}) == 0
    assert corrected({1: "320", 25: "10"}, {1: "340", 25: "10"}, price(*BLOCKS), {1}) == 0


@given(kwh=month_kwh, unit_rate=rates, since=st.integers(1, 31))
def test_days_that_may_be_charged_cost_what_they_cost_alone(kwh: list[Decimal], unit_rate: Decimal, since: int) -> None:
    version = Tariff(UUID(int=3), "microgrid", date(2026, 1, 1), unit_rate, None, Decimal("0.5"), True)
    made = judged(kwh, version, Guard(date(2026, 10, since)))
    [alone] = october(kwh, version, home=account(registers=HOME.registers, start_date=date(2026, 10, since)))
    # What is left out is rounded up to the penny once, two lines by half a penny at most.
    assert alone.total_pence - 2 <= made.total_pence <= alone.total_pence + 1


@given(
    kwh=month_kwh,
    unit_rates=st.tuples(rates, rates),
    threshold=st.integers(1, 900),
    minimum=st.integers(0, 100),
    since=st.integers(1, 31),
)
def test_fewer_days_are_never_charged_more_and_the_whole_at_most(
    kwh: list[Decimal], unit_rates: tuple[Decimal, Decimal], threshold: int, minimum: int, since: int
) -> None:
    low, high = unit_rates
    version = price(
        Component(uuid4(), ComponentKind.UNIT_RATE, low, True),
        Component(
            uuid4(),
            ComponentKind.UNIT_RATE,
            high,
            True,
            from_kwh=Decimal(threshold),
            threshold_period=ThresholdPeriod.MONTH,
        ),
        Component(uuid4(), ComponentKind.MINIMUM_CHARGE, Decimal(minimum), True),
    )
    [whole] = october(kwh, version, home=HOME)
    made, later = (judged(kwh, version, Guard(date(2026, 10, since) + timedelta(days=more))) for more in (0, 5))
    assert 0 <= made.total_pence <= whole.total_pence
    assert made.total_pence >= sum(line.amount_pence for line in made.lines if line.part.days.start.day >= since)
    if version.component(ComponentKind.MINIMUM_CHARGE) and not minimum:
        assert later.total_pence <= made.total_pence


async def used_on(community: Community, *days: int, kwh: str = "100") -> Home:
    """November 2025, measured: as much energy on these days, in the half hour at noon; 20p a kWh without VAT."""
    await community.tariff("0.20000", "0.00000", period_start=date(2025, 1, 1), includes_vat=False)
    home = await community.home()
    month = NOVEMBER_2025.period(LONDON)
    await community.measure(home.registers["SINGLE"], month, "0")
    for day in days:
        await community.measure_more(home, kwh, f"2025-11-{day:02} 12:00Z")
    return home


@pytest.mark.parametrize("source", ["half_hours", "roll_ups"])
@pytest.mark.parametrize(("days", "pence"), [((1,), 0), ((30,), 2100), ((27,), 0), ((28,), 2100), ((1, 30), 2100)])
async def test_first_bill_charges_for_the_days_that_are_not_too_old(
    community: Community, days: tuple[int, ...], pence: int, source: str
) -> None:
    """Billed on 28 November 2026: from 28 November 2025 on. 100 kWh x 20p, and 5% of it."""
    home = await used_on(community, *days)
    await community.bill(NOVEMBER_2025, now=NOVEMBER_28, billing_usage_source=source)
    assert (await community.invoice(home))["total_pence"] == pence
    assert await findings(community) == []
    shown = await rebilled(community, month=NOVEMBER_2025, now=NOVEMBER_28)
    assert [account.outcome for account in shown.accounts] == ["unchanged"]


async def test_late_reading_of_a_day_that_is_not_too_old_is_charged_for(community: Community) -> None:
    home = await used_on(community, 1)
    await community.bill(NOVEMBER_2025, now=datetime(2025, 12, 2, 9, tzinfo=UTC))
    await community.measure_more(home, "100", "2025-11-02 12:00Z")
    shown = await rebilled(community, month=NOVEMBER_2025, now=NOVEMBER_28)
    assert [account.outcome for account in shown.accounts] == ["too_old"]
    await community.measure_more(home, "100", "2025-11-30 12:00Z")
    await rebilled(community, month=NOVEMBER_2025, now=NOVEMBER_28, confirm=True)
    # 2100p of the 1st as before, and of the 30th; those of the 2nd are left out
    assert await invoices(community, home) == [("WLCE-000001", "void", 2100), ("WLCE-000002", "issued", 4200)]
    assert await findings(community) == []


async def test_shared_energy_is_judged_by_its_days(community: Community) -> None:
    """Shared on 1 October alone, and billed on 16 October 2027: the 16 days from the 16th on are charged for."""
    await community.tariff("0.30000", "0.50000")
    home = await community.home()
    await community.measure_month(home, kwh="0.1")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(home)
    await group.generate("0.05", FIRST_OF_OCTOBER)
    await community.bill(now=datetime(2027, 10, 16, 9, tzinfo=UTC))
    # Of 15 old days 72 kWh - 2.4 shared = 69.6 x 30p, 2.4 x 12p and 15 x 50p are left out: 2088 + 29 + 750
    assert (await community.lines(home))[-1][3] == -2867
    # 770 half hours x 0.1 = 77 kWh x 30p and 16 x 50p are left
    assert (await community.invoice(home))["total_pence"] == 2310 + 800
    assert await findings(community) == []
