"""Bills of October without a database: parts, blocks and a minimum."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import strategies as st

from billing.pencil import OCTOBER, PAYER, account
from flows_billing.accounts.account import Account, Register
from flows_billing.outcomes import NotBilled
from flows_billing.rating.bill import Bill, Measured, rate
from flows_billing.rating.guard import UNGUARDED, Guard
from flows_billing.rating.plan import Plan, Terms, plan_account
from flows_billing.tariffs.tariff import Component, Tariff, Tariffs
from flows_billing.usage.metered import Exported, Usage
from flows_billing.vat.rules import Registration, Seller, VatStatus, VatTerms
from flows_shared.time import LONDON, local_midnight
from flows_shared.vocabulary.billing import ComponentKind, SupplyUse, ThresholdPeriod
from flows_shared.vocabulary.meters import Element, Nature

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


HOME = UUID(int=5)


# 10p up to 310 kWh a month, 30p above.
BLOCKS = (
    Component(UUID(int=20), ComponentKind.UNIT_RATE, Decimal("0.10"), True),
    Component(
        UUID(int=21),
        ComponentKind.UNIT_RATE,
        Decimal("0.30"),
        True,
        from_kwh=Decimal(310),
        threshold_period=ThresholdPeriod.MONTH,
    ),
)


MINIMUM = Component(UUID(int=22), ComponentKind.MINIMUM_CHARGE, Decimal(31), True)


DOMESTIC = VatStatus(date(2026, 1, 1), SupplyUse.DOMESTIC)


def price(*components: Component, period_start: date = date(2026, 1, 1)) -> Tariff:
    return Tariff(uuid4(), "microgrid", period_start, Decimal("0.10"), None, Decimal(0), True, None, components)


def register(element: Element = Element.SINGLE, first: int = 1, last: int | None = None) -> Register:
    """Of October's days from `first` to `last`, both included."""
    start = LONG_AGO if first == 1 else local_midnight(date(2026, 10, first), LONDON)
    end = None if last is None else local_midnight(date(2026, 10, last) + timedelta(days=1), LONDON)
    return Register(uuid4(), element, Nature.POWER, start, end)


def october(
    kwh: dict[int, str] | list[Decimal],
    *versions: Tariff,
    statuses: tuple[VatStatus, ...] = (DOMESTIC,),
    home: Account | None = None,
    registrations: tuple[Registration, ...] = (),
    guard: Guard = UNGUARDED,
    exports: str | None = None,
) -> list[Bill]:
    """The bills of October, of which `kwh` is used on some of its days, by each register that lives then."""
    vat = VatTerms(Seller(), {HOME: statuses}, {}, {PAYER: registrations})
    planned = plan_account(home or account(), Terms(OCTOBER, LONDON, Tariffs({}, list(versions)), vat, [], guard=guard))
    assert not isinstance(planned, NotBilled)
    days = {number + 1: each for number, each in enumerate(kwh)} if isinstance(kwh, list) else kwh
    kwh_of_days = {day: Decimal(each) for day, each in days.items()}
    bills = [rate(plan, _measured(plan, kwh_of_days, exports), Seller()) for plan in planned]
    assert all(isinstance(bill, Bill) for bill in bills)
    return [bill for bill in bills if isinstance(bill, Bill)]


def _measured(plan: Plan, kwh: dict[int, Decimal], exports: str | None) -> Measured:
    half_hour = timedelta(minutes=30)
    usages = {}
    for segment in plan.segments:
        first, end = (at.astimezone(LONDON).date() for at in (segment.span.start, segment.span.end))
        days = [first + timedelta(days=number) for number in range((end - first).days)]
        starts = [local_midnight(day, LONDON) for day in (*days, end)]
        each = [
            Usage(kwh.get(day.day, Decimal(0)), (after - start) // half_hour, start, after - half_hour, day=day)
            for day, start, after in zip(days, starts, starts[1:], strict=False)
        ]
        whole = Usage(
            sum((usage.kwh for usage in each), Decimal(0)),
            sum(usage.intervals for usage in each),
            starts[0],
            starts[-1] - half_hour,
        )
        usages[segment.usage_key] = tuple(each) if segment.usage_key.by_day else (whole,)
    exported = {
        (segment.register.id, segment.span): Exported(Decimal(exports), segment.span.start, segment.span.end)
        for segment in plan.segments
        if exports
    }
    return Measured(usages, exported)


month_kwh = st.lists(st.decimals(min_value=0, max_value=60, places=3), min_size=31, max_size=31)
