"""Plans and usages without a database, for bills that are worked out by pencil."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from flows_billing.accounts.account import Account, Party, Register
from flows_billing.days import Days
from flows_billing.outcomes import NotBilled
from flows_billing.rating.bill import Bill, Measured, rate
from flows_billing.rating.lines import Line
from flows_billing.rating.plan import Terms, plan_account
from flows_billing.tariffs.tariff import Component, Tariff, Tariffs
from flows_billing.usage.metered import Usage
from flows_billing.vat.rules import Seller, VatTerms
from flows_shared.time import LONDON, Month, local_midnight
from flows_shared.vocabulary.meters import Element, Nature
from flows_shared.vocabulary.people import PartyRole

OCTOBER = Month(2026, 10)


PAYER, REGISTER = UUID(int=1), UUID(int=2)


rates = st.decimals(min_value=0, max_value=2, places=5)


day_kwh = st.lists(st.decimals(min_value=0, max_value=100, places=3), min_size=31, max_size=31)


def tariff(unit_rate: Decimal, standing_charge: Decimal, *components: Component) -> Tariff:
    return Tariff(UUID(int=3), "microgrid", date(2026, 1, 1), unit_rate, None, standing_charge, True, None, components)


def account(**columns: object) -> Account:
    register = Register(REGISTER, Element.SINGLE, Nature.POWER, datetime(2020, 1, 1, tzinfo=UTC), None)
    values = {
        "id": UUID(int=4),
        "number": 1,
        "premises": UUID(int=5),
        "status": "open",
        "start_date": date(2020, 1, 1),
        "end_date": None,
        "payment_method": "direct_debit",
        "prepay": False,
        "parties": (Party(PAYER, PartyRole.OCCUPIER),),
        "registers": (register,),
    }
    return Account(**{**values, **columns})  # type: ignore[arg-type]


def bill(price: Tariff, start: date, last: date, kwh: list[Decimal]) -> Bill:
    """The bill of some days of October, of which `kwh` holds the energy of each."""
    terms = Terms(OCTOBER, LONDON, Tariffs({}, [price]), VatTerms(), [])
    planned = plan_account(account(start_date=start, end_date=last), terms)
    assert not isinstance(planned, NotBilled)
    [plan] = planned
    usages = {segment.usage_key: _usages(segment.part.days, kwh, price.judges_days) for segment in plan.segments}
    made = rate(plan, Measured(usages), Seller())
    assert isinstance(made, Bill)
    return made


def _usages(days: Days, kwh: list[Decimal], by_day: bool) -> tuple[Usage, ...]:
    each = [_usage(day, day + timedelta(days=1), kwh[day.day - 1], day) for day in days.each()]
    if by_day:
        return tuple(each)
    return (_usage(days.start, days.end, sum((usage.kwh for usage in each), Decimal(0)), None),)


def _usage(start: date, end: date, kwh: Decimal, day: date | None) -> Usage:
    first, after = local_midnight(start, LONDON), local_midnight(end, LONDON)
    half_hour = timedelta(minutes=30)
    return Usage(kwh, (after - first) // half_hour, first, after - half_hour, day=day)


def exact(lines: tuple[Line, ...]) -> Decimal:
    return sum((line.quantity * line.rate for line in lines), Decimal(0))
