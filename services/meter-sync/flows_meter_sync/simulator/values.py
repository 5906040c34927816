"""What a meter answers for the objects that it works out when asked; the others it keeps as they were written."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from flows_meter_sync.emop import objects, records, units
from flows_meter_sync.emop.objects import AnyObject
from flows_meter_sync.simulator.config import Hardware
from flows_meter_sync.simulator.energy import MOST_COUNTED, Element, totals
from flows_meter_sync.simulator.noise import between
from flows_meter_sync.simulator.shapes import HALF_HOUR
from flows_meter_sync.simulator.state import State
from flows_meter_sync.simulator.tariffs import RATE_A, RATE_B
from flows_meter_sync.simulator.volts import volts

Answer = Callable[[State, int], object]  # the value at a second since 2000

# The places of a flat rate in the price tables: time-of-use rate 1, block 8, and the index of that price.
RATE, BLOCK, INDEX_A, INDEX_B = 1, 8, 0x39, 0x01
PARTS = records.HardwareConfiguration(
    records.MeterType(0),
    records.MiddleOutput(0),
    disconnect_switch=records.Fitted(1),
    gsm_communications=records.Fitted(1),
    real_time_clock=records.Fitted(1),
    magnetic_detection=records.Fitted(0),
    terminal_cover_tamper_switch=records.Fitted(1),
    top_cover_tamper_switch=records.Fitted(1),
    unused=bytes(3),
)


def _volts(phase: int) -> Answer:
    return lambda meter, second: volts(meter.seed, second, phase)


def _signal(meter: State, second: int) -> records.SignalQuality:
    good = between(9, 29, meter.seed, 7)
    return records.SignalQuality(meter.seed % 4, int(good + between(-3, 3, meter.seed + 7, second // 3600)))


def _clock(meter: State, second: int) -> datetime:
    return units.instant(second) + timedelta(seconds=meter.clock.drift(second))


def _reading(element: Element, second: int) -> records.Reading:
    return records.Reading(*totals(element, second))


def _watts(element: Element, second: int) -> int:
    """The average of the half hour, in whichever direction."""
    start = second // HALF_HOUR * HALF_HOUR
    registers = element.imported, element.exported
    return 2 * max(register.wh(start + HALF_HOUR) - register.wh(start) for register in registers)


def _total(channel: int) -> Callable[[State, int], int]:
    def answer(meter: State, second: int) -> int:
        return totals(meter.elements[0], second)[channel] * meter.config.hardware.counts_per_wh & MOST_COUNTED

    return answer


def _apparent(channel: int) -> Answer:
    active = _total(channel)
    return lambda meter, second: active(meter, second) * 1_014 // 1_000 & MOST_COUNTED  # with a sixth of it reactive


def _parts(meter: State, _: int) -> records.HardwareConfiguration:
    return PARTS._replace(meter_type=records.MeterType(meter.config.hardware is Hardware.P1AX))


def _last_payment(meter: State, _: int) -> records.TransactionDetails:
    return records.TransactionDetails(bytes(8), *meter.prepay.last_payment)


def _serial(meter: State, _: int) -> str:
    return meter.config.serial


def _price(held: AnyObject) -> Answer:
    return lambda meter, _: units.pounds(meter.tariffs.price(held))


COMMON: Mapping[AnyObject, Answer] = {
    objects.SERIAL: _serial,
    objects.HARDWARE: lambda meter, _: meter.config.hardware.own_name,
    objects.CLOCK: _clock,
    objects.CSQ: _signal,
    objects.POWER: lambda meter, second: sum(_watts(element, second) for element in meter.elements),
    objects.PREPAY_BALANCE: lambda meter, second: units.pounds(meter.prepay.balance(second)),
    objects.PREPAY_ENABLED: lambda meter, _: meter.prepay.enabled,
    objects.TRANSACTION_COUNT: lambda meter, _: meter.prepay.count & 0xFFFF,
    objects.TRANSACTION_DETAILS: _last_payment,
    objects.ACTIVE_TOU_RATE_A: lambda *_: RATE,
    objects.ACTIVE_BLOCK_RATE_A: lambda *_: BLOCK,
    objects.ACTIVE_PRICE_INDEX_A: lambda *_: INDEX_A,
    objects.ACTIVE_PRICE_A: _price(RATE_A),
    objects.ACTIVE_TOU_RATE_B: lambda *_: RATE,
    objects.ACTIVE_PRICE_INDEX_B: lambda *_: INDEX_B,
    objects.ACTIVE_PRICE_B: _price(RATE_B),
}
SINGLE_PHASE: Mapping[AnyObject, Answer] = {
    **COMMON,
    objects.FIRMWARE: lambda *_: "6_35_9",
    objects.VOLTAGE: _volts(0),
    objects.READING_A: lambda meter, second: _reading(meter.elements[0], second),
    objects.READING_B: lambda *_: records.Reading(0, 0, 0, 0),
    objects.POWER_A: lambda meter, second: _watts(meter.elements[0], second),
}
TWIN: Mapping[AnyObject, Answer] = {
    **SINGLE_PHASE,
    objects.READING_B: lambda meter, second: _reading(meter.elements[1], second),
    objects.POWER_B: lambda meter, second: _watts(meter.elements[1], second),
}
THREE_PHASE: Mapping[AnyObject, Answer] = {
    **COMMON,
    objects.FIRMWARE: lambda *_: "0117",
    objects.THREE_PHASE_SERIAL: _serial,
    objects.HARDWARE_CONFIGURATION: _parts,
    objects.VOLTAGE_L1: _volts(1),
    objects.VOLTAGE_L2: _volts(2),
    objects.VOLTAGE_L3: _volts(3),
    objects.TOTAL_ACTIVE_IMPORT: _total(0),
    objects.TOTAL_ACTIVE_EXPORT: _total(1),
    objects.TOTAL_REACTIVE_IMPORT: _total(2),
    objects.TOTAL_REACTIVE_EXPORT: _total(3),
    objects.TOTAL_APPARENT_IMPORT: _apparent(0),
    objects.TOTAL_APPARENT_EXPORT: _apparent(1),
}
# Kept as written; what a new meter holds, shared by all meters.
SETTINGS: Mapping[int, bytes] = {
    objects.DAYLIGHT_SAVING.id: bytes(1),
    objects.NO_DEBT_RECOVERY_IN_EMERGENCY_CREDIT.id: bytes(1),
    objects.NO_STANDING_CHARGE_AT_POWER_FAIL.id: bytes(1),
    objects.BACKLIGHT.id: bytes(1),
    objects.LOAD_SWITCH.id: bytes(1),
    objects.TIME_SWITCHES_A.id: bytes(80),
}
TWIN_SETTINGS: Mapping[int, bytes] = {**SETTINGS, objects.TIME_SWITCHES_B.id: bytes(80)}


def values_of(hardware: Hardware) -> tuple[Mapping[AnyObject, Answer], Mapping[int, bytes]]:
    """What a kind of meter works out, and what it keeps."""
    if hardware.is_three_phase:
        return THREE_PHASE, SETTINGS
    return (TWIN, TWIN_SETTINGS) if hardware.is_twin else (SINGLE_PHASE, SETTINGS)
