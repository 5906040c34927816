"""Why a bill waits: which half hours look wrong, and which reads contradict them. Energy in kWh."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from flows_billing.outcomes import NotBilled, failed
from flows_shared.vocabulary.billing import HoldReason

HOLD_REASONS: Final = frozenset(HoldReason)
SPIKES_SAID: Final = 3


@dataclass(frozen=True, slots=True)
class Spike:
    """A half hour that validation found too large, as it is still held; and for which group, where it was generated."""

    register: UUID
    timestamp: datetime
    kwh: Decimal
    details: str
    generated_for: str | None = None

    @property
    def said(self) -> str:
        what = f" generated for {self.generated_for}" if self.generated_for else ""
        return f"{self.kwh.normalize():f} kWh{what} at {self.timestamp:%Y-%m-%d %H:%M}Z: {self.details}"


@dataclass(frozen=True, slots=True)
class ReadsAround:
    """The first and the last read of a register within a time, and the half hours between them.

    `least` is what the half hours sum to that lie between the reads whole, `most` with those that a read cuts.
    """

    first_at: datetime
    first: Decimal
    last_at: datetime
    last: Decimal
    least: Decimal
    most: Decimal

    @property
    def advance(self) -> Decimal:
        return self.last - self.first

    def differ(self, tolerance: Decimal) -> bool:
        return not self.least - tolerance <= self.advance <= self.most + tolerance


def spike_hold(spikes: Iterable[Spike]) -> NotBilled | None:
    """In the order of time, so that the same spikes are the same words."""
    found = sorted(spikes, key=lambda spike: (spike.timestamp, spike.register))
    if not found:
        return None
    said = [spike.said for spike in found]
    more = f"; and {len(said) - SPIKES_SAID} more" if len(said) > SPIKES_SAID else ""
    return held(HoldReason.SPIKE, "; ".join(said[:SPIKES_SAID]) + more)


def reads_hold(reads: Iterable[ReadsAround], tolerance: Decimal) -> NotBilled | None:
    differing = sorted((each for each in reads if each.differ(tolerance)), key=lambda each: (each.first_at, each.first))
    if not differing:
        return None
    return held(
        HoldReason.READS_DIFFER,
        "; ".join(
            f"from {each.first_at:%Y-%m-%d %H:%M}Z to {each.last_at:%Y-%m-%d %H:%M}Z the register advanced by "
            f"{_kwh(each.advance)} kWh, and its half hours are {_kwh(each.least)} kWh"
            for each in differing
        ),
    )


def closing_hold(element: str, said: Decimal, counted: Decimal, tolerance: Decimal) -> NotBilled | None:
    """A closing read that someone gave, beside the meter's count with the half hours since."""
    if abs(said - counted) <= tolerance:
        return None
    return held(
        HoldReason.CLOSING_READ_DIFFERS,
        f"{element} was read as {_kwh(said)} kWh, and by its meter and half hours it had counted {_kwh(counted)} kWh",
    )


def held(reason: HoldReason, details: str) -> NotBilled:
    return failed(reason, details)


def _kwh(energy: Decimal) -> str:
    return f"{energy:.3f}"
