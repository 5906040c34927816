"""The prices that the meter charges now."""

from typing import Final

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer
from flows_meter_sync.syncers.tariffs import pounds_text, rates, thresholds

AMOUNTS: Final = {
    "standing_charge": objects.ACTIVE_STANDING_CHARGE,
    "unit_rate_element_a": objects.ACTIVE_PRICE_A,
    "unit_rate_element_b": objects.ACTIVE_PRICE_B,
    "prepayment_emergency_credit": objects.ACTIVE_EMERGENCY_CREDIT,
    "prepayment_ecredit_availability": objects.ACTIVE_ECREDIT_AVAILABILITY,
    "prepayment_debt_recovery_rate": objects.ACTIVE_DEBT_RECOVERY_RATE,
}
NUMBERS: Final = {
    "tou_rate": objects.ACTIVE_TOU_RATE_A,
    "block_rate": objects.ACTIVE_BLOCK_RATE_A,
    "element_b_tou_rate": objects.ACTIVE_TOU_RATE_B,
}


class SyncerTariffsActive(Syncer):
    """Each element's price is the one in force at this moment; which rate and block that is stands beside it."""

    fills = ("tariffs_active",)

    async def read(self, session: MeterSession, readings: Readings) -> None:
        tariff = {name: pounds_text(await session.read(amount)) for name, amount in AMOUNTS.items()}
        readings.shadow["tariffs_active"] = {
            **tariff,
            "price_current": tariff["unit_rate_element_a"],
            "threshold_mask": rates(await session.read(objects.ACTIVE_THRESHOLD_MASK)),
            "threshold_values": thresholds(await session.read(objects.ACTIVE_THRESHOLD_VALUES)),
            **{name: await session.read(number) for name, number in NUMBERS.items()},
        }
