"""The writes that set a plain flat-rate future tariff, in the order that is safe."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from flows_meter_sync.emop import objects, records
from flows_meter_sync.emop.errors import RateTooHigh
from flows_meter_sync.emop.objects import AnyObject
from flows_shared.money import cut_rate

HIGHEST_RATE = Decimal(1)
# When nothing becomes active. Not 0: a meter may take a time that is over for one that has come.
NEVER = datetime(2135, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FlatTariff:
    """GBP: rates a kWh, the standing charge a day, the prepayment amounts; and when it becomes active."""

    unit_rate_a: Decimal
    unit_rate_b: Decimal
    standing_charge: Decimal
    emergency_credit: Decimal
    ecredit_availability: Decimal
    debt_recovery_rate: Decimal
    activation_at: datetime

    def writes(self) -> list[tuple[AnyObject, object]]:
        """Objects and values in the order to write them; the activation time, which arms the change, comes last.

        A meter has the tariff once each of them reads back the same.
        """
        for name in ("unit_rate_a", "unit_rate_b", "standing_charge"):
            _check_rate(name, getattr(self, name))
        return [
            (objects.FUTURE_THRESHOLD_MASK, records.ThresholdMask(*[False] * 8)),
            (objects.FUTURE_THRESHOLD_VALUES, records.ThresholdValues(*[0] * 7)),
            (objects.FUTURE_TOU_FLAG, 0),
            (objects.FUTURE_RATES_A[8, 1], self.unit_rate_a),
            (objects.FUTURE_RATES_B[0], self.unit_rate_b),
            (objects.FUTURE_EMERGENCY_CREDIT, self.emergency_credit),
            (objects.FUTURE_ECREDIT_AVAILABILITY, self.ecredit_availability),
            (objects.FUTURE_DEBT_RECOVERY_RATE, self.debt_recovery_rate),
            (objects.FUTURE_GAS, Decimal(0)),
            (objects.FUTURE_STANDING_CHARGE, self.standing_charge),
            (objects.FUTURE_ACTIVATION, self.activation_at),
        ]


def _check_rate(name: str, rate: Decimal) -> None:
    if not 0 <= rate <= HIGHEST_RATE or cut_rate(rate) != rate:
        raise RateTooHigh(name, rate)
