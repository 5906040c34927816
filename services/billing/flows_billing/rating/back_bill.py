"""How old the energy may be that is charged for. The rule is here, with its source and the day from which it holds.

Sources, as of November 2026:
- Ofgem, electricity supply standard licence condition 21BA (back-billing), for domestic customers since 1 May 2018, and
  condition 7A for micro businesses since 1 November 2018: a bill recovers charges, the standing charge among them, for
  the 12 months before it alone, unless they were billed before; 21BA.2(c) excepts a customer whose obstructive or
  manifestly unreasonable behaviour kept the supplier from billing.
- A private network is not licensed; a community keeps the rule because its customers cannot leave it for another
  supplier. It may set another number of months, or none.

How it is applied (decision 14):
1. The age is counted from the day on which the bill is issued, in whole months, to each local day (`guard.py`).
2. A day is charged what was used on it, at the prices of the blocks that it filled, and its standing charge. A minimum
   is judged for the days that may be charged for; only what has no days is spread evenly over those of its line.
3. If the days that are too old cost more than they were billed at before, VAT included and all charges of the bill
   taken together, the excess is left out by a line of its own for each rate of VAT, rounded up to the penny. So a night
   rate that rises by what the day rate falls is no excess. The other days are charged for as they are.
4. Credits are owed however old they are: they pay for no charge that is left out. A credit that was given before and is
   smaller now is a rise like another, judged among credits.
5. Each payer's bill is judged by itself: an older month that falls makes no room for another that rises.
6. Days of a recorded exception are never too old.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from flows_billing.days import Days
from flows_billing.rating.bill import Bill, summed
from flows_billing.rating.charges import AgedCharge, Charge, Group, charge_of, judge, judge_before
from flows_billing.rating.guard import Guard
from flows_billing.rating.lines import Line
from flows_billing.rounding import penny_up
from flows_billing.vat.rules import VatShare, credit_reason
from flows_shared.money import pounds
from flows_shared.vocabulary.billing import LineKind, Unit

Sums = Mapping[Group, Fraction]


def guarded(bill: Bill, before: Iterable[Charge], guard: Guard) -> Bill:
    """The bill without what is too old to be charged for and was not billed `before`."""
    account = bill.plan.account.id
    if not guard.too_old(account, bill.plan.days):
        return bill
    judged = judge(bill, guard)
    now, then = _sums(judged), _sums(judge_before(before, judged, account, guard))
    left_out = [
        _left_out_line(bill, guard, group, pence, now, then)
        for is_credit in (False, True)
        for group, pence in _excess(_of_kind(now, is_credit), _of_kind(then, is_credit)).items()
    ]
    return summed(replace(bill, lines=(*bill.lines, *left_out))) if left_out else bill


def _sums(judged: Iterable[AgedCharge]) -> Sums:
    sums: defaultdict[Group, Fraction] = defaultdict(Fraction)
    for each in judged:
        sums[each.charge.group] += each.pence
    return sums


def _of_kind(sums: Sums, is_credit: bool) -> Sums:
    return {group: pence for group, pence in sums.items() if group[0] == is_credit}


def _excess(now: Sums, before: Sums) -> dict[Group, int]:
    """Pence to leave out by rate of VAT: where it rose, in proportion to how much."""
    risen = {group: now.get(group, Fraction(0)) - before.get(group, Fraction(0)) for group in {*now, *before}}
    whole = sum((_with_vat(group, pence) for group, pence in risen.items()), Fraction(0))
    if whole <= 0:
        return {}
    rises = {group: pence for group, pence in risen.items() if pence > 0}
    share = whole / sum(_with_vat(group, pence) for group, pence in rises.items())
    return {group: penny_up(pence * share) for group, pence in sorted(rises.items(), reverse=True)}


def _with_vat(group: Group, pence: Fraction) -> Fraction:
    _, rate, included = group
    return pence if included else pence * (1 + Fraction(rate))


def _left_out_line(bill: Bill, guard: Guard, group: Group, pence: int, now: Sums, before: Sums) -> Line:
    is_credit, rate, includes_vat = group
    assert guard.since is not None
    alike = next((line for line in bill.lines if charge_of(line).group == group), None)
    reason = credit_reason(rate) if is_credit else bill.lines[0].vat.reason
    days = Days(bill.plan.days.start, min(bill.plan.days.end, guard.since))
    return Line(
        kind=LineKind.ADJUSTMENT,
        description=f"Not charged: used before {guard.since:%d.%m.%Y}, too long ago",
        quantity=Decimal(1),
        unit=Unit.ITEM,
        rate=-pounds(pence),
        includes_vat=includes_vat,
        amount_pence=-pence,
        part=replace((alike or bill.lines[0]).part, days=days),
        vat=replace(alike.vat, fraction=Decimal(1)) if alike else VatShare(Decimal(1), rate, reason),
        basis=f"what was used on the days that are too old comes to {penny_up(now.get(group, Fraction(0)))}p; "
        f"{penny_up(before.get(group, Fraction(0)))}p were billed for it before",
    )
