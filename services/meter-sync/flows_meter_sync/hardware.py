"""The kinds of meters: what one is made of decides what can be asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flows_meter_sync.counter import MOST_VOLTS, ROLL_OVER, Counter, energy_let_through
from flows_meter_sync.emop.records import MeterType


@dataclass(frozen=True, slots=True)
class Hardware:
    """`steps` is what one count of an energy register is, in 1/10,000 kWh."""

    name: str
    three_phase: bool = False
    twin_element: bool = False
    steps: int = 10

    @property
    def phases(self) -> int:
        return 3 if self.three_phase else 1

    def counter(self, amperes: int) -> Counter:
        """How its registers count behind a fuse of so many amperes a phase."""
        return Counter(ROLL_OVER * self.steps, energy_let_through(amperes, self.phases, MOST_VOLTS))


UNKNOWN: Final = Hardware("")
KINDS: Final[Mapping[str, Hardware]] = {
    kind.name: kind
    for kind in (
        Hardware("C1.w", twin_element=True),
        Hardware("B1.w"),
        Hardware("EMA1.w"),
        Hardware("P1.ax", three_phase=True),
        Hardware("P1.cx", three_phase=True, steps=1),
    )
}

# How single phase meters name themselves; three-phase ones say nothing there but have a configuration.
NAMES: Final[Mapping[str, str]] = {"6C": "C1.w", "6Cw": "C1.w", "6Bw": "B1.w", "3Aw": "EMA1.w"}
THREE_PHASE_NAMES: Final[Mapping[MeterType, str]] = {MeterType(0): "P1.cx", MeterType(1): "P1.ax"}


def hardware_of(name: str | None) -> Hardware:
    """The kind that the registry names; one that is not known is taken for a single element, single phase meter."""
    return KINDS.get(name or "", UNKNOWN)
