"""The voltage of the mains at a meter."""

from decimal import Decimal

from flows_meter_sync.simulator.noise import between
from flows_meter_sync.simulator.shapes import HALF_HOUR

MIDDLE, SWING = 240, 8


def volts(seed: int, second: int, phase: int = 0) -> Decimal:
    """Mains voltage, another one each half hour, to a tenth."""
    swing = between(-SWING, SWING, seed + 5 + phase, second // HALF_HOUR)
    return Decimal(MIDDLE * 10 + int(10 * swing)).scaleb(-1)
