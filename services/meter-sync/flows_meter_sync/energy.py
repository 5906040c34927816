"""Energy as it is counted here: in whole ten-thousandths of a kWh, the finest step that a meter has."""

from decimal import Decimal
from typing import Final

KWH_STEPS: Final = 10_000


def kwh(energy: int) -> Decimal:
    """For people, to the Wh."""
    return (Decimal(energy) / KWH_STEPS).quantize(Decimal("0.001"))
