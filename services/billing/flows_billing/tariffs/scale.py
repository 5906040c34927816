"""What a kWh costs: by element, by band and by block."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from uuid import UUID

from flows_billing.errors import TariffInvalid
from flows_billing.rounding import threshold_kwh
from flows_billing.tariffs.tariff import Component, Tariff
from flows_shared.vocabulary.billing import ComponentKind, ThresholdPeriod
from flows_shared.vocabulary.meters import Element


@dataclass(frozen=True, slots=True)
class Block:
    """Energy from `from_kwh` on, up to `to_kwh` where there is a next block. `component`: none is the flat rate."""

    from_kwh: Decimal
    to_kwh: Decimal | None
    rate: Decimal
    includes_vat: bool
    component: UUID | None

    def share_of(self, before: Decimal, kwh: Decimal) -> Decimal:
        """How much of `kwh` falls into the block when `before` was used already."""
        end = before + kwh if self.to_kwh is None else min(before + kwh, self.to_kwh)
        return max(Decimal(0), end - max(before, self.from_kwh))


@dataclass(frozen=True, slots=True)
class Scale:
    """The blocks of one element and band, lowest first; `threshold_period` is none where there is one block only."""

    blocks: tuple[Block, ...]
    threshold_period: ThresholdPeriod | None


def scale_of(tariff: Tariff, element: Element, band: str | None, days: int, days_in_month: int) -> Scale:
    """The components that fit best: of the band and element, of the band, of the element, of neither; or the flat rate.

    Thresholds of a month are pro rata: `days` of `days_in_month`.
    """
    rates = [component for component in tariff.components if component.kind == ComponentKind.UNIT_RATE]
    for wanted in ((element, band), (None, band), (element, None), (None, None)):
        fitting = [component for component in rates if (component.element, component.band) == wanted]
        if fitting:
            return _scale(sorted(fitting, key=lambda component: component.from_kwh), days, days_in_month)
    flat = Block(Decimal(0), None, tariff.unit_rate_of(element), tariff.includes_vat, None)
    return Scale((flat,), None)


def _scale(components: Sequence[Component], days: int, days_in_month: int) -> Scale:
    if components[0].from_kwh:
        raise TariffInvalid(f"its lowest block starts at {components[0].from_kwh:f} kWh, not at 0")
    periods = {component.threshold_period for component in components if component.from_kwh}
    if len(periods) > 1:
        raise TariffInvalid("blocks of one element and band have thresholds by the day and by the month")
    period = next(iter(periods), None)
    is_monthly = period == ThresholdPeriod.MONTH
    starts = [
        threshold_kwh(component.from_kwh, days, days_in_month) if is_monthly else component.from_kwh
        for component in components
    ]
    blocks = [
        Block(start, end, component.rate, component.includes_vat, component.id)
        for component, start, end in zip_longest(components, starts, starts[1:])
    ]
    return Scale(tuple(blocks), period)
