"""The prices that the meter will change to, and when."""

from typing import Final

from flows_meter_sync.emop import objects
from flows_meter_sync.syncers.base import MeterSession, Readings, Syncer
from flows_meter_sync.syncers.tariffs import pounds_text, rates, thresholds

# A plain tariff has one price for each element: the last block's first rate, and the first rate.
AMOUNTS: Final = {
    "standing_charge": objects.FUTURE_STANDING_CHARGE,
    "unit_rate_element_a": objects.FUTURE_RATES_A[8, 1],
    "unit_rate_element_b": objects.FUTURE_RATES_B[0],
    "prepayment_emergency_credit": objects.FUTURE_EMERGENCY_CREDIT,
    "prepayment_ecredit_availability": objects.FUTURE_ECREDIT_AVAILABILITY,
    "prepayment_debt_recovery_rate": objects.FUTURE_DEBT_RECOVERY_RATE,
}


class SyncerTariffsFuture(Syncer):
    """`activation_datetime` is an ISO time in UTC."""

    fills = ("tariffs_future",)

    async def read(self, session: MeterSession, readings: Readings) -> None:
        readings.shadow["tariffs_future"] = {
            **{name: pounds_text(await session.read(amount)) for name, amount in AMOUNTS.items()},
            "activation_datetime": (await session.read(objects.FUTURE_ACTIVATION)).isoformat(),
            "threshold_mask": rates(await session.read(objects.FUTURE_THRESHOLD_MASK)),
            "threshold_values": thresholds(await session.read(objects.FUTURE_THRESHOLD_VALUES)),
        }
