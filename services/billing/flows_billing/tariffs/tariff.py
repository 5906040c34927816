"""Which tariff holds on which days: the customer's own, and where there is none the community's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal
from uuid import UUID

from flows_billing.days import Days


@dataclass(frozen=True, slots=True)
class Tariff:
    """One version of a price, from `period_start` until the next one starts. Rates are GBP a kWh and a day."""

    id: UUID
    owner: Literal["customer", "microgrid"]
    period_start: date
    unit_rate: Decimal
    unit_rate_b: Decimal | None
    standing_charge: Decimal
    includes_vat: bool

    def unit_rate_of(self, element: str) -> Decimal:
        """Element B has its own rate where the tariff names one."""
        return self.unit_rate_b if element == "B" and self.unit_rate_b is not None else self.unit_rate


@dataclass(frozen=True, slots=True)
class TariffPeriod:
    """Local days on which one tariff holds."""

    days: Days
    tariff: Tariff


@dataclass(frozen=True, slots=True)
class Tariffs:
    """What may hold in a month, oldest first: each customer's own and the community's."""

    customers: dict[UUID, list[Tariff]]
    community: list[Tariff]


def tariff_periods(days: Days, own: Sequence[Tariff], community: Sequence[Tariff]) -> list[TariffPeriod]:
    """The days cut where the tariff changes. Days before any tariff started are left out.

    Both sequences are ordered by `period_start`.
    """
    changes = {t.period_start for t in (*own, *community) if days.start < t.period_start < days.end}
    periods: list[TariffPeriod] = []
    for start, end in pairwise([days.start, *sorted(changes), days.end]):
        tariff = _latest(own, start) or _latest(community, start)
        if tariff is None:
            continue
        if periods and periods[-1].tariff is tariff:
            start = periods.pop().days.start
        periods.append(TariffPeriod(Days(start, end), tariff))
    return periods


def _latest(tariffs: Sequence[Tariff], day: date) -> Tariff | None:
    return next((tariff for tariff in reversed(tariffs) if tariff.period_start <= day), None)
