"""Rules of rating that hold for every usage and price."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from billing.pencil import OCTOBER, PAYER, account, bill, day_kwh, exact, rates, tariff
from flows_billing.accounts.account import OtherAccount, Party, Register, billed_days
from flows_billing.outcomes import NotBilled
from flows_billing.rating.bill import Bill, Measured, rate
from flows_billing.rating.plan import Terms, plan_account
from flows_billing.tariffs.bands import Band, Profile, band_calendar
from flows_billing.tariffs.tariff import Component, Tariff, Tariffs
from flows_billing.usage.metered import Usage
from flows_billing.vat.rules import Seller, VatTerms, VatUse, supply_vat
from flows_shared.time import LONDON, Month, Period, local_midnight
from flows_shared.vocabulary.billing import ComponentKind, ThresholdPeriod
from flows_shared.vocabulary.meters import Element, Nature

PROFILE = UUID(int=7)


@given(unit_rate=rates, standing_charge=rates, kwh=day_kwh, cut=st.integers(1, 30), threshold=st.integers(0, 50))
def test_parts_of_a_period_add_up_to_the_whole_before_rounding(
    unit_rate: Decimal, standing_charge: Decimal, kwh: list[Decimal], cut: int, threshold: int
) -> None:
    blocks = [
        Component(uuid4(), ComponentKind.UNIT_RATE, unit_rate, True),
        Component(
            uuid4(),
            ComponentKind.UNIT_RATE,
            unit_rate / 2,
            True,
            from_kwh=Decimal(threshold),
            threshold_period=ThresholdPeriod.DAY,
        ),
    ]
    for price in (
        tariff(unit_rate, standing_charge),
        tariff(unit_rate, standing_charge, *(blocks if threshold else [])),
    ):
        first, last = date(2026, 10, 1), date(2026, 10, 31)
        whole = bill(price, first, last, kwh)
        parts = bill(price, first, date(2026, 10, cut), kwh), bill(price, date(2026, 10, cut + 1), last, kwh)
        assert exact(whole.lines) == exact(parts[0].lines) + exact(parts[1].lines)
        assert whole.kwh == sum(kwh)


@given(
    unit_rates=st.tuples(rates, rates, rates),
    standing_charge=rates,
    night=day_kwh,
    day=day_kwh,
    cuts=st.sets(st.integers(2, 31), max_size=5),
    exchanged_on=st.integers(2, 31),
)
def test_parts_add_up_over_bands_elements_and_a_meter_exchange(
    unit_rates: tuple[Decimal, Decimal, Decimal],
    standing_charge: Decimal,
    night: list[Decimal],
    day: list[Decimal],
    cuts: set[int],
    exchanged_on: int,
) -> None:
    """Two elements, one of which gets a new register, at a price by time of use with its own price for element B."""
    flat, at_night, of_b = unit_rates
    components = (
        Component(uuid4(), ComponentKind.UNIT_RATE, at_night, True, band="night"),
        Component(uuid4(), ComponentKind.UNIT_RATE, of_b, True, element=Element.B),
    )
    price = Tariff(UUID(int=3), "microgrid", date(2026, 1, 1), flat, None, standing_charge, True, PROFILE, components)
    at = local_midnight(date(2026, 10, exchanged_on), LONDON)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    registers = (
        Register(uuid4(), Element.A, Nature.POWER, long_ago, at),
        Register(uuid4(), Element.A, Nature.POWER, at, None),
        Register(uuid4(), Element.B, Nature.HEAT, long_ago, None),
    )

    def exact_bill(first: int, last: int) -> Decimal:
        home = account(
            start_date=date(2026, 10, first), end_date=date(2026, 10, last), registers=registers, status="closed"
        )
        planned = plan_account(home, Terms(OCTOBER, LONDON, Tariffs({}, [price]), VatTerms(), []))
        assert not isinstance(planned, NotBilled)
        [plan] = planned
        usages = {segment.usage_key: _banded(segment.span, night, day) for segment in plan.segments}
        made = rate(plan, Measured(usages), Seller())
        assert isinstance(made, Bill)
        return exact(made.lines)

    starts = [1, *sorted(cuts), 32]
    parts = [exact_bill(first, after - 1) for first, after in pairwise(starts)]
    assert exact_bill(1, 31) == sum(parts)
    # Element A at night and by day, element B at night, where the band's price goes before the element's, and by day.
    assert exact_bill(1, 31) == sum(night) * at_night * 2 + sum(day) * (flat + of_b) + 31 * standing_charge


def _banded(span: Period, night: list[Decimal], day: list[Decimal]) -> tuple[Usage, ...]:
    """What a register measured in whole days, 14 half hours of each by night."""
    first, end = span.start.astimezone(LONDON).date(), span.end.astimezone(LONDON).date()
    numbers = [first.day - 1 + offset for offset in range((end - first).days)]
    half_hours = (span.end - span.start) // timedelta(minutes=30)
    edges = span.start, span.end - timedelta(minutes=30)
    by_night = sum((night[number] for number in numbers), Decimal(0))
    by_day = sum((day[number] for number in numbers), Decimal(0))
    return (
        Usage(by_night, 14 * len(numbers), *edges, band="night"),
        Usage(by_day, half_hours - 14 * len(numbers), *edges, band="standard"),
    )


@given(unit_rate=rates, standing_charge=rates, kwh=day_kwh, threshold=st.integers(1, 2000))
def test_lines_add_up_to_totals_and_blocks_to_the_energy(
    unit_rate: Decimal, standing_charge: Decimal, kwh: list[Decimal], threshold: int
) -> None:
    price = tariff(
        unit_rate,
        standing_charge,
        Component(uuid4(), ComponentKind.UNIT_RATE, unit_rate, True),
        Component(
            uuid4(),
            ComponentKind.UNIT_RATE,
            unit_rate * 2,
            True,
            from_kwh=Decimal(threshold),
            threshold_period=ThresholdPeriod.MONTH,
        ),
        Component(uuid4(), ComponentKind.MINIMUM_CHARGE, Decimal(20), True),
    )
    made = bill(price, date(2026, 10, 1), date(2026, 10, 31), kwh)
    assert made.total_pence == sum(line.amount_pence for line in made.lines)
    assert made.total_pence >= 2000 - len(made.lines)  # each line's rounding may take half a penny
    assert made.kwh == sum(kwh)
    assert all(line.quantity <= threshold for line in made.lines if line.block_from_kwh == 0)


@given(unit_rate=rates, kwh=day_kwh)
def test_same_inputs_give_the_same_lines(unit_rate: Decimal, kwh: list[Decimal]) -> None:
    price = tariff(unit_rate, Decimal("0.5"))
    one, other = [bill(price, date(2026, 10, 1), date(2026, 10, 31), kwh) for _ in range(2)]
    assert one == other


@given(
    use=st.sampled_from(["domestic", "charity", "business", "mixed"]),
    percent=st.decimals(min_value=0, max_value=100, places=2),
    certified=st.booleans(),
    kwh=st.decimals(min_value=0, max_value=5000, places=3),
    small=st.booleans(),
    mixed=st.booleans(),
)
def test_shares_of_vat_are_a_whole(
    use: str, percent: Decimal, certified: bool, kwh: Decimal, small: bool, mixed: bool
) -> None:
    seller = Seller(small_quantities=small, mixed_use=mixed)
    status = VatUse(use, percent if use == "mixed" else None, certified)  # type: ignore[arg-type]
    shares = supply_vat(seller, status, date(2026, 10, 1), kwh, 31)
    assert sum(share.fraction for share in shares) == 1
    assert {share.rate for share in shares} <= {Decimal("0.05"), Decimal("0.20")}
    if small and kwh <= 33 * 31:
        assert [share.rate for share in shares] == [Decimal("0.05")]


@given(
    bounds=st.lists(st.tuples(st.integers(1, 31), st.integers(1, 31), st.booleans()), min_size=2, max_size=5),
)
def test_each_day_of_premises_is_billed_to_one_account(bounds: list[tuple[int, int, bool]]) -> None:
    spans = [(min(a, b), max(a, b), occupied) for a, b, occupied in bounds]
    other_accounts = [
        OtherAccount(number, date(2026, 10, first), date(2026, 10, last), occupied)
        for number, (first, last, occupied) in enumerate(spans)
    ]
    billed: list[date] = []
    for number, one in enumerate(other_accounts):
        role = "occupier" if one.is_occupied else "owner"
        own = account(
            number=number,
            start_date=one.start_date,
            end_date=one.end_date,
            parties=(Party(PAYER, role),),  # type: ignore[arg-type]
            other_accounts=tuple(other for other in other_accounts if other is not one),
        )
        billed += [day for run in billed_days(own, OCTOBER) for day in run.each()]
    covered = {date(2026, 10, day) for first, last, _ in spans for day in range(first, last + 1)}
    assert sorted(billed) == sorted(covered)


@given(
    month=st.builds(Month, st.integers(2024, 2030), st.integers(1, 12)),
    starts=st.integers(0, 47),
    ends=st.integers(0, 47),
)
def test_every_half_hour_is_in_one_band_at_its_local_time(month: Month, starts: int, ends: int) -> None:
    at = time(starts // 2, starts % 2 * 30), time(ends // 2, ends % 2 * 30)
    band = Band("peak", frozenset({"weekday", "weekend", "holiday"}), *at)
    calendar = list(band_calendar(Profile(PROFILE, "GB-ENG", (band,)), month, LONDON))
    assert [half.timestamp for half in calendar] == list(month.period(LONDON).half_hours())
    for half in calendar:
        local = half.timestamp.astimezone(LONDON)
        within = at[0] <= local.time() < at[1] if at[0] < at[1] else not at[1] <= local.time() < at[0]
        assert (half.day, half.band) == (local.date(), "peak" if within else "standard")
