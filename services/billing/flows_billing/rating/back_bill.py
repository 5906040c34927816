"""How old the energy may be that is charged for. The rule is here, with its source and the day from which it holds.

Sources, as of November 2026:
- Ofgem, electricity supply standard licence condition 21BA (back-billing), for domestic customers since 1 May 2018, and
  condition 7A for micro businesses since 1 November 2018: a bill recovers charges, the standing charge among them, for
  the 12 months before it alone, unless they were billed before; 21BA.2(c) excepts a customer whose obstructive or
  manifestly unreasonable behaviour kept the supplier from billing.
- A private network is not licensed; a community keeps the rule because its customers cannot leave it for another
  supplier. It may set another number of months, or none.

How it is applied:
1. The age is counted from the day on which the bill is issued, in whole months, to each local day of a line.
2. What a line charges is spread evenly over its days, of the new bill as of the one that it corrects.
3. If the days that are too old cost more than they were billed at before, VAT included and all lines of the bill taken
   together, the excess is left out by a line of its own for each rate of VAT, rounded up to the penny. So a night rate
   that rises by what the day rate falls is no excess, and a bill that falls is never raised.
4. Each payer's bill is judged by itself: an older month that falls makes no room for another that rises.
5. Days of a recorded exception are never too old.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias
from uuid import UUID

from flows_billing.days import Days
from flows_billing.rating.bill import Bill
from flows_billing.rating.lines import Line
from flows_billing.rating.rounding import penny_up
from flows_billing.rating.vat import vat_summary
from flows_shared.money import pounds
from flows_shared.time import Month

# A rate of VAT, and whether prices include it.
VatKey: TypeAlias = tuple[Decimal, bool]


@dataclass(frozen=True, slots=True)
class Charge:
    """What was charged for some days, by a line."""

    days: Days
    amount_pence: int
    vat_rate: Decimal
    includes_vat: bool


@dataclass(frozen=True, slots=True)
class Guard:
    """Days before `since` are too old to be charged for; none: no day is. `excepted` are days of an account."""

    since: date | None
    excepted: Mapping[UUID, Sequence[Days]] = field(default_factory=dict)

    def too_old(self, account: UUID, days: Days) -> int:
        """How many of the days are."""
        if self.since is None or days.start >= self.since:
            return 0
        excepted = self.excepted.get(account, ())
        old = Days(days.start, min(days.end, self.since))
        return sum(not any(each.start <= day < each.end for each in excepted) for day in old.each())


UNGUARDED: Final = Guard(None)


def oldest_day(issued: date, months: int | None) -> date | None:
    """The first day that a bill of this day may charge for: so many months before, or that month's last day."""
    if months is None:
        return None
    month = Month.of(issued).plus(-months)
    return month.first_day.replace(day=min(issued.day, Days.of(month).count))


def guarded(bill: Bill, before: Iterable[Charge], guard: Guard) -> Bill:
    """The bill without what is too old to be charged for and was not billed `before`."""
    account = bill.plan.account.id
    if guard.since is None or not guard.too_old(account, bill.plan.days):
        return bill
    left_out = _excess(_old_part(charges_of(bill.lines), account, guard), _old_part(before, account, guard))
    if not left_out:
        return bill
    lines = (*bill.lines, *(_left_out_line(bill, guard.since, key, pence) for key, pence in left_out.items()))
    vat = vat_summary(lines)
    return replace(
        bill,
        lines=lines,
        net_pence=sum(amount.net_pence for amount in vat),
        vat_pence=sum(amount.vat_pence for amount in vat),
    )


def charges_of(lines: Iterable[Line]) -> list[Charge]:
    return [Charge(line.part.days, line.amount_pence, line.vat_rate, line.includes_vat) for line in lines]


def _old_part(charges: Iterable[Charge], account: UUID, guard: Guard) -> dict[VatKey, Fraction]:
    sums: defaultdict[VatKey, Fraction] = defaultdict(Fraction)
    for charge in charges:
        share = Fraction(guard.too_old(account, charge.days), charge.days.count)
        sums[charge.vat_rate, charge.includes_vat] += charge.amount_pence * share
    return sums


def _excess(now: Mapping[VatKey, Fraction], before: Mapping[VatKey, Fraction]) -> dict[VatKey, int]:
    """Pence to leave out by rate of VAT: where it rose, in proportion to how much."""
    risen = {key: now.get(key, Fraction(0)) - before.get(key, Fraction(0)) for key in {*now, *before}}
    whole = sum((_with_vat(key, pence) for key, pence in risen.items()), Fraction(0))
    if whole <= 0:
        return {}
    rises = {key: pence for key, pence in risen.items() if pence > 0}
    share = whole / sum(_with_vat(key, pence) for key, pence in rises.items())
    return {key: penny_up(pence * share) for key, pence in sorted(rises.items(), reverse=True)}


def _with_vat(key: VatKey, pence: Fraction) -> Fraction:
    rate, included = key
    return pence if included else pence * (1 + Fraction(rate))


def _left_out_line(bill: Bill, since: date, key: VatKey, pence: int) -> Line:
    alike = next((x for x in bill.lines if (x.vat_rate, x.includes_vat) == key), bill.lines[0])
    days = Days(bill.plan.days.start, min(bill.plan.days.end, since))
    return Line(
        kind="adjustment",
        description=f"Not charged: used before {since:%d.%m.%Y}, too long ago",
        quantity=Decimal(1),
        unit="item",
        rate=-pounds(pence),
        includes_vat=key[1],
        amount_pence=-pence,
        part=replace(alike.part, days=days),
        vat=replace(alike.vat, rate=key[0]),
    )
