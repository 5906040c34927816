"""Versions of a price, and which one holds on a day: the customer's own, or where there is none the community's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol, TypeVar
from uuid import UUID

from flows_shared.vocabulary.billing import ComponentKind, RateType, ThresholdPeriod
from flows_shared.vocabulary.meters import Element


class Dated(Protocol):
    @property
    def period_start(self) -> date: ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True)
class Component:
    """What a version charges or credits beside its flat rates. `rate` is GBP a kWh; of a minimum charge, a month."""

    id: UUID
    kind: ComponentKind
    rate: Decimal
    includes_vat: bool
    element: Element | None = None
    band: str | None = None
    from_kwh: Decimal = Decimal(0)
    threshold_period: ThresholdPeriod | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of a price, from `period_start` until the next one starts. Rates are GBP a kWh and a day.

    The flat rates price what no component does. `profile` says in which band a half hour is.
    """

    id: UUID
    owner: Literal["customer", "microgrid"]
    period_start: date
    unit_rate: Decimal
    unit_rate_b: Decimal | None
    standing_charge: Decimal
    includes_vat: bool
    profile: UUID | None = None
    components: tuple[Component, ...] = ()

    def unit_rate_of(self, element: Element) -> Decimal:
        """Element B has its own flat rate where the tariff names one."""
        return self.unit_rate_b if element == "B" and self.unit_rate_b is not None else self.unit_rate

    def component(self, kind: ComponentKind) -> Component | None:
        """Of these kinds a version has at most one."""
        return next((component for component in self.components if component.kind == kind), None)

    @property
    def judges_days(self) -> bool:
        """Whether usage has to be known day by day."""
        return any(component.threshold_period == ThresholdPeriod.DAY for component in self.components)


@dataclass(frozen=True, slots=True)
class Tariffs:
    """What may hold in a month, oldest first: each customer's own and the community's."""

    customers: dict[UUID, list[Tariff]]
    community: list[Tariff]

    def of(self, customer: UUID) -> Sequence[Tariff]:
        return self.customers.get(customer, ())

    def holding(self, customer: UUID, day: date) -> Tariff | None:
        """The customer's own where they have one, else the community's."""
        return latest(self.of(customer), day) or latest(self.community, day)

    def changes(self, customer: UUID) -> set[date]:
        return {tariff.period_start for tariff in (*self.of(customer), *self.community)}


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The regulator's cap from `period_start` on: what a home would pay elsewhere."""

    period_start: date
    payment_method: str
    rate_type: RateType
    unit_rate: Decimal
    standing_charge: Decimal
    includes_vat: bool
    source: str | None


def latest(prices: Sequence[D], day: date) -> D | None:
    """The last that has started, of prices ordered by `period_start`."""
    return next((price for price in reversed(prices) if price.period_start <= day), None)


def benchmark_on(
    benchmarks: Sequence[Benchmark], day: date, payment_method: str, rate_type: RateType
) -> Benchmark | None:
    """The cap for this way to pay; where none is known for several rates, that for a single one."""
    started = [b for b in benchmarks if b.period_start <= day and b.payment_method == payment_method]
    for wanted in dict.fromkeys((rate_type, RateType.SINGLE)):
        if found := [benchmark for benchmark in started if benchmark.rate_type == wanted]:
            return max(found, key=lambda benchmark: benchmark.period_start)
    return None
