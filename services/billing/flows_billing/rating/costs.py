"""What a month cost a customer: power, heat and standing charge, as paid and as it would have been."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from uuid import UUID

from flows_billing.accounts.account import Nature
from flows_billing.accounts.plan import Part
from flows_billing.rating.bill import Bill
from flows_billing.rating.lines import Line
from flows_billing.rating.rounding import exact_amount_pence
from flows_billing.rating.vat_rules import reduced_rate
from flows_shared.money import pounds

SUPPLIED = ("energy", "shared_energy", "standing_charge", "minimum_charge")
ENERGY = ("energy", "shared_energy")


@dataclass(frozen=True, slots=True)
class Costs:
    """GBP with VAT, to the penny; the parts add up to the total."""

    power: Decimal
    heat: Decimal
    standing_charge: Decimal

    @property
    def total(self) -> Decimal:
        return self.power + self.heat + self.standing_charge

    def __add__(self, other: "Costs") -> "Costs":
        return Costs(self.power + other.power, self.heat + other.heat, self.standing_charge + other.standing_charge)


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
        costs = MonthCosts(paid(bill), paid(at_community) if at_community else None, at_benchmark(bill))
        found.setdefault(bill.plan.payer, []).append(costs)
    return {customer: reduce(MonthCosts.__add__, each) for customer, each in found.items()}


def paid(bill: Bill) -> Costs:
    """Of what was supplied: credits are beside it. A minimum charge is one for standing by."""
    natures = _natures(bill)
    sums: dict[Nature | None, Decimal] = {"power": Decimal(0), "heat": Decimal(0), None: Decimal(0)}
    for line in bill.lines:
        if line.kind in SUPPLIED:
            sums[_nature(line, natures)] += _with_vat(line)
    return Costs(*(_to_the_penny(sums[nature]) for nature in ("power", "heat", None)))


def at_benchmark(bill: Bill) -> Costs | None:
    """The same energy and days at the regulator's cap; none where a part has no cap."""
    natures = _natures(bill)
    power = heat = days = Decimal(0)
    for part in bill.plan.parts:
        if part.benchmark is None:
            return None
        vat = Decimal(1) if part.benchmark.includes_vat else 1 + reduced_rate(part.days.start)
        rate = part.benchmark.unit_rate * vat
        power += _kwh(bill, part, natures, "power") * rate
        heat += _kwh(bill, part, natures, "heat") * rate
        days += part.days.count * part.benchmark.standing_charge * vat
    return Costs(_to_the_penny(power), _to_the_penny(heat), _to_the_penny(days))


def _natures(bill: Bill) -> Mapping[UUID, Nature]:
    return {segment.register.id: segment.register.nature for segment in bill.plan.segments}


def _nature(line: Line, natures: Mapping[UUID, Nature]) -> Nature | None:
    return natures[line.register] if line.register else None


def _kwh(bill: Bill, part: Part, natures: Mapping[UUID, Nature], nature: Nature) -> Decimal:
    lines = [line for line in bill.lines if line.kind in ENERGY and line.part is part]
    return sum((line.quantity for line in lines if _nature(line, natures) == nature), Decimal(0))


def _with_vat(line: Line) -> Decimal:
    amount = pounds(line.amount_pence)
    return amount if line.includes_vat else amount * (1 + line.vat_rate)


def _to_the_penny(amount: Decimal) -> Decimal:
    return pounds(exact_amount_pence(amount))


def _both(one: Costs | None, other: Costs | None) -> Costs | None:
    return one + other if one and other else None
