"""The prices in a meter: those that are active, those that will be, and when they change."""

from flows_meter_sync.emop import objects
from flows_meter_sync.emop.objects import AnyObject
from flows_meter_sync.simulator.config import Tariff

# A tariff's values by the object that holds them while it is active, and while it is still to come.
PAIRS: tuple[tuple[AnyObject, AnyObject], ...] = (
    (objects.ACTIVE_STANDING_CHARGE, objects.FUTURE_STANDING_CHARGE),
    (objects.ACTIVE_THRESHOLD_MASK, objects.FUTURE_THRESHOLD_MASK),
    (objects.ACTIVE_THRESHOLD_VALUES, objects.FUTURE_THRESHOLD_VALUES),
    (objects.ACTIVE_TOU_FLAG, objects.FUTURE_TOU_FLAG),
    (objects.ACTIVE_EMERGENCY_CREDIT, objects.FUTURE_EMERGENCY_CREDIT),
    (objects.ACTIVE_ECREDIT_AVAILABILITY, objects.FUTURE_ECREDIT_AVAILABILITY),
    (objects.ACTIVE_DEBT_RECOVERY_RATE, objects.FUTURE_DEBT_RECOVERY_RATE),
    (objects.ACTIVE_GAS, objects.FUTURE_GAS),
    *zip(objects.ACTIVE_RATES_B, objects.FUTURE_RATES_B, strict=True),
    *((objects.ACTIVE_RATES_A[place], objects.FUTURE_RATES_A[place]) for place in objects.ACTIVE_RATES_A),
)
SIZES = {
    objects.ACTIVE_THRESHOLD_MASK: 1,
    objects.ACTIVE_THRESHOLD_VALUES: 14,
    objects.ACTIVE_TOU_FLAG: 1,
}
# What a meter without a tariff answers; shared by all meters, which keep only what differs.
NO_TARIFF: dict[int, bytes] = {
    **{held.id: bytes(SIZES.get(active, 4)) for active, future in PAIRS for held in (active, future)},
    objects.FUTURE_ACTIVATION.id: bytes(4),
}
# A flat rate is that of block 8, rate 1.
RATE_A, RATE_B = objects.ACTIVE_RATES_A[8, 1], objects.ACTIVE_RATES_B[0]


class Tariffs:
    """Prices as payloads by object id; `armed_at` is when the future ones become active, seconds since 2000."""

    def __init__(self, tariff: Tariff) -> None:
        self.armed_at: int | None = None
        self._payloads: dict[int, bytes] = {
            held.id: held.encode(value)
            for held, value in (
                (RATE_A, tariff.unit_rate_a),
                (RATE_B, tariff.unit_rate_b),
                (objects.ACTIVE_STANDING_CHARGE, tariff.standing_charge),
                (objects.ACTIVE_EMERGENCY_CREDIT, tariff.emergency_credit),
                (objects.ACTIVE_ECREDIT_AVAILABILITY, tariff.ecredit_availability),
                (objects.ACTIVE_DEBT_RECOVERY_RATE, tariff.debt_recovery_rate),
            )
        }

    def holds(self, object_id: int) -> bool:
        return object_id in NO_TARIFF

    def read(self, object_id: int) -> bytes:
        return self._payloads.get(object_id, NO_TARIFF[object_id])

    def write(self, object_id: int, payload: bytes) -> None:
        """Keep a value; the activation time, whenever it is written, arms the change."""
        self._payloads[object_id] = payload
        if object_id == objects.FUTURE_ACTIVATION.id:
            self.armed_at = int.from_bytes(payload, "little") or None

    def price(self, held: AnyObject) -> int:
        """In 1/100,000 GBP."""
        return int.from_bytes(self.read(held.id), "little")

    def activate(self) -> None:
        """The future values become the active ones, and stay readable as future ones."""
        for active, future in PAIRS:
            self._payloads[active.id] = self.read(future.id)
        self.armed_at = None
