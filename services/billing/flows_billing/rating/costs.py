"""What a month cost a customer: power, heat and standing charge, as paid and as it would have been."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from uuid import UUID

from flows_billing.rating.bill import Bill
from flows_billing.rating.kinds import KINDS
from flows_billing.rating.lines import Line
from flows_billing.rounding import Costs, costs_of
from flows_billing.vat.summary import vat_summary
from flows_shared.money import pounds
from flows_shared.vocabulary.meters import Nature


@dataclass(frozen=True, slots=True)
class MonthCosts:
    """None where there is no such price, or the month cannot be priced at it."""

    paid: Costs
    microgrid: Costs | None
    benchmark: Costs | None

    def __add__(self, other: "MonthCosts") -> "MonthCosts":
        return MonthCosts(
            self.paid + other.paid, _both(self.microgrid, other.microgrid), _both(self.benchmark, other.benchmark)
        )


def month_costs(bills: Iterable[tuple[Bill, Bill | None]]) -> dict[UUID, MonthCosts]:
    """By customer, of each account's bill and what it would be at the community's price; accounts are added up."""
    found: dict[UUID, list[MonthCosts]] = {}
    for bill, at_community in bills:
        costs = MonthCosts(paid(bill), paid(at_community) if at_community else None, bill.benchmark)
        found.setdefault(bill.plan.payer, []).append(costs)
    return {customer: reduce(MonthCosts.__add__, each) for customer, each in found.items()}


def paid(bill: Bill) -> Costs:
    """Of what was supplied: credits are beside it. A minimum charge is one for standing by."""
    natures = _natures(bill)
    supplied = [line for line in bill.lines if KINDS[line.kind].is_supplied]
    sums: dict[Nature | None, Decimal] = {Nature.POWER: Decimal(0), Nature.HEAT: Decimal(0), None: Decimal(0)}
    for line in supplied:
        sums[_nature(line, natures)] += _with_vat(line)
    total = sum(amount.net_pence + amount.vat_pence for amount in vat_summary(supplied))
    return costs_of(sums[Nature.POWER], sums[Nature.HEAT], sums[None], total)


def _natures(bill: Bill) -> Mapping[UUID, Nature]:
    return {segment.register.id: segment.register.nature for segment in bill.plan.segments}


def _nature(line: Line, natures: Mapping[UUID, Nature]) -> Nature | None:
    return natures[line.register] if line.register else None


def _with_vat(line: Line) -> Decimal:
    amount = pounds(line.amount_pence)
    return amount if line.includes_vat else amount * (1 + line.vat_rate)


def _both(one: Costs | None, other: Costs | None) -> Costs | None:
    return one + other if one and other else None
