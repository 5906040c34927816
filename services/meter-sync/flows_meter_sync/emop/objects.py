"""The objects of format 01: id, name as published, record, what its value means, and whether it can be written."""

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from flows_meter_sync.emop import conversions, records
from flows_meter_sync.emop.conversions import Conversion
from flows_meter_sync.emop.errors import ObjectNotKnown, ValueNotUnderstood
from flows_meter_sync.emop.layout import AnyRecord

T = TypeVar("T")
Access = Literal["r", "w", "rw"]


@dataclass(frozen=True, slots=True, eq=False)
class Object(Generic[T]):
    """Something in the meter that can be read or written on its own."""

    id: int
    name: str
    record: AnyRecord
    conversion: Conversion[T]
    access: Access

    def decode(self, payload: bytes) -> T:
        """The value that a payload holds."""
        return self.conversion.value(self.record.decode(payload))

    def encode(self, value: T) -> bytes:
        """The payload that holds a value."""
        return self.record.encode(self.conversion.record(value))

    def parse(self, text: str) -> T:
        """The value that a person writes: `0.17572`, `on`, `2026-10-14T00:00Z`, hex where it is bytes."""
        try:
            return self.conversion.parse(text)
        except (ValueError, ArithmeticError, LookupError) as error:
            raise ValueNotUnderstood(self.name, text) from error


AnyObject: TypeAlias = Object[Any]  # one whose value has a type that only the table knows

OBJECTS: dict[int, AnyObject] = {}


def object_named(text: str) -> AnyObject:
    """The object with a name as published, or an id in hex; an `ObjectNotKnown` where it is neither."""
    named = next((known for known in OBJECTS.values() if known.name == text), None)
    if named is not None:
        return named
    if not re.fullmatch("[0-9a-f]{6}", text, re.IGNORECASE):
        raise ObjectNotKnown(text, get_close_matches(text, [known.name for known in OBJECTS.values()]))
    return object_of(int(text, 16))


def object_of(object_id: int) -> AnyObject:
    """The object with this id; one that is not in the table is bytes."""
    return OBJECTS.get(object_id) or Object(object_id, f"object_{object_id:06x}", records.OPAQUE, _OPAQUE, "rw")


def _object(object_id: int, name: str, record: AnyRecord, conversion: Conversion[T], access: Access = "r") -> Object[T]:
    known = OBJECTS[object_id] = Object(object_id, name, record, conversion, access)
    return known


def _price(object_id: int, name: str, access: Access = "r") -> Object[Decimal]:
    return _object(object_id, name, records.U4_VALUE, conversions.PRICE, access)


def _total(object_id: int, name: str) -> Object[int]:
    return _object(object_id, f"three_phase_total_{name}", records.U4_VALUE, conversions.NUMBER)


def _power(object_id: int, name: str) -> Object[int]:
    return _object(object_id, name, records.POWER, conversions.only(records.Power, "W"))


def _flag(object_id: int, name: str) -> Object[bool]:
    return _object(object_id, name, records.FLAG, conversions.FLAG, "rw")


def _small(object_id: int, name: str, access: Access = "r") -> Object[int]:
    return _object(object_id, name, records.U1_VALUE, conversions.SMALL_NUMBER, access)


_OPAQUE = conversions.only(records.Opaque)
_ENERGY = conversions.of(records.Reading, "Wh or varh")

SERIAL = _object(0x600100, "serial", records.SERIAL, conversions.SERIAL)
THREE_PHASE_SERIAL = _object(0xD7FF10, "three_phase_serial", records.SERIAL, conversions.SERIAL)
HARDWARE = _object(0x608000, "hardware_version", records.HARDWARE, conversions.HARDWARE)
FIRMWARE = _object(0x000201, "firmware_version", records.FIRMWARE, conversions.FIRMWARE)
HARDWARE_CONFIGURATION = _object(
    0x000503,
    "three_phase_hardware_configuration",
    records.HARDWARE_CONFIGURATION,
    conversions.of(records.HardwareConfiguration),
)
CLOCK = _object(0x800800, "time", records.TIME, conversions.CLOCK, "rw")
CSQ = _object(0xFFFD1D, "csq_net_op", records.CSQ, conversions.of(records.SignalQuality))

READING_A = _object(0xFFFFFC, "read_element_a", records.READING, _ENERGY)
READING_B = _object(0xFFFFF8, "read_element_b", records.READING, _ENERGY)
POWER = _power(0x010700, "instantaneous_active_power")
POWER_A = _power(0x150700, "element_a_instantaneous_active_power_import")
POWER_B = _power(0x290700, "element_b_instantaneous_active_power_import")
VOLTAGE = _object(0x0C0700, "instantaneous_voltage", records.VOLTAGE, conversions.VOLTS)
VOLTAGE_L1 = _object(0x200700, "three_phase_instantaneous_voltage_l1", records.VOLTAGE_L1, conversions.TENTHS_OF_VOLTS)
VOLTAGE_L2 = _object(0x340700, "three_phase_instantaneous_voltage_l2", records.VOLTAGE_L2, conversions.TENTHS_OF_VOLTS)
VOLTAGE_L3 = _object(0x480700, "three_phase_instantaneous_voltage_l3", records.VOLTAGE_L3, conversions.TENTHS_OF_VOLTS)

# In 1/10,000 kWh on CX meters, in 1/1,000 kWh on AX ones: `HARDWARE_CONFIGURATION` tells which.
TOTAL_ACTIVE_IMPORT = _total(0x010800, "active_import")
TOTAL_ACTIVE_EXPORT = _total(0x020800, "active_export")
TOTAL_REACTIVE_IMPORT = _total(0x030800, "reactive_import")
TOTAL_REACTIVE_EXPORT = _total(0x040800, "reactive_export")
TOTAL_APPARENT_IMPORT = _total(0x090800, "apparent_import")
TOTAL_APPARENT_EXPORT = _total(0x100800, "apparent_export")

DAYLIGHT_SAVING = _flag(0xFFFF0B, "daylight_savings_correction_flag")
PREPAY_ENABLED = _flag(0xFFFF0D, "prepay_enabled_flag")
NO_DEBT_RECOVERY_IN_EMERGENCY_CREDIT = _flag(0xFFFF0E, "prepay_no_debt_recovery_when_emergency_credit_flag")
NO_STANDING_CHARGE_AT_POWER_FAIL = _flag(0xFFFF0F, "prepay_no_standing_charge_when_power_fail_flag")
BACKLIGHT = _object(0xFFFF10, "backlight", records.BACKLIGHT, conversions.only(records.Backlight), "rw")
LOAD_SWITCH = _object(0xFFFF11, "load_switch", records.LOAD_SWITCH, conversions.only(records.LoadSwitch), "rw")

PREPAY_BALANCE = _object(0xFFC802, "prepay_balance", records.BALANCE, conversions.BALANCE)
PREPAY_TOKEN = _object(0xFFC803, "prepay_token_send", records.TOKEN, conversions.only(records.Token), "w")
TRANSACTION_COUNT = _object(
    0xFFC83E, "monetary_info_transaction_count", records.TRANSACTION_COUNT, conversions.only(records.TransactionCount)
)
TRANSACTION_DETAILS = _object(
    0xFFC840,
    "monetary_info_transaction_details",
    records.TRANSACTION_DETAILS,
    conversions.of(records.TransactionDetails),
)

ACTIVE_STANDING_CHARGE = _price(0xFFFF22, "tariff_active_standing_charge")
FUTURE_STANDING_CHARGE = _price(0xFFFF23, "tariff_future_standing_charge", "rw")
FUTURE_ACTIVATION = _object(
    0xFFFF24, "tariff_future_activation_datetime", records.U4_VALUE, conversions.TIMESTAMP, "rw"
)
ACTIVE_THRESHOLD_MASK = _object(
    0xFFFF20, "tariff_active_threshold_mask", records.THRESHOLD_MASK, conversions.of(records.ThresholdMask)
)
FUTURE_THRESHOLD_MASK = _object(
    0xFFFF21, "tariff_future_threshold_mask", records.THRESHOLD_MASK, conversions.of(records.ThresholdMask), "rw"
)
ACTIVE_THRESHOLD_VALUES = _object(
    0xFFFF1E, "tariff_active_threshold_values", records.THRESHOLD_VALUES, conversions.of(records.ThresholdValues)
)
FUTURE_THRESHOLD_VALUES = _object(
    0xFFFF1F, "tariff_future_threshold_values", records.THRESHOLD_VALUES, conversions.of(records.ThresholdValues), "rw"
)
# One byte by the meters' description, but published tools take whatever comes.
ACTIVE_TOU_FLAG = _object(0xFFFF4E, "tariff_active_tou_flag", records.OPAQUE, _OPAQUE)
FUTURE_TOU_FLAG = _small(0xFFFF4F, "tariff_future_tou_flag", "rw")

ACTIVE_TOU_RATE_A = _small(0xFFFF2B, "tariff_active_tou_rate")
ACTIVE_BLOCK_RATE_A = _small(0xFFFF2C, "tariff_active_block_rate")
ACTIVE_PRICE_INDEX_A = _small(0xFFFF2D, "tariff_active_price_index_current")
ACTIVE_PRICE_A = _price(0xFFFF2E, "tariff_active_price")
ACTIVE_TOU_RATE_B = _small(0xFFFF4B, "tariff_active_element_b_tou_rate")
ACTIVE_PRICE_INDEX_B = _small(0xFFFF4C, "tariff_active_element_b_price_index_current")
ACTIVE_PRICE_B = _price(0xFFFF4D, "tariff_active_element_b_price")

ACTIVE_EMERGENCY_CREDIT = _price(0xFFC805, "tariff_active_prepayment_emergency_credit")
ACTIVE_ECREDIT_AVAILABILITY = _price(0xFFC806, "tariff_active_prepayment_ecredit_availability")
ACTIVE_DEBT_RECOVERY_RATE = _price(0xFFC807, "tariff_active_prepayment_debt_recovery_rate")
FUTURE_EMERGENCY_CREDIT = _price(0xFFC808, "tariff_future_prepayment_emergency_credit", "rw")
FUTURE_ECREDIT_AVAILABILITY = _price(0xFFC809, "tariff_future_prepayment_ecredit_availability", "rw")
FUTURE_DEBT_RECOVERY_RATE = _price(0xFFC80A, "tariff_future_prepayment_debt_recovery_rate", "rw")
ACTIVE_GAS = _price(0xFFC964, "tariff_active_gas")
FUTURE_GAS = _price(0xFFC965, "tariff_future_gas", "rw")

ACTIVE_RATES_B = tuple(_price(0xFFF700 + rate, f"tariff_active_element_b_tou_rate_{rate}") for rate in range(1, 5))
FUTURE_RATES_B = tuple(
    _price(0xFFF600 + rate, f"tariff_future_element_b_tou_rate_{rate}", "rw") for rate in range(1, 5)
)
BLOCKS = RATES = range(1, 9)
# Element A's price tables, by block and rate.
ACTIVE_RATES_A = {
    (block, rate): _price(0xFFF901 + 8 * (block - 1) + rate - 1, f"tariff_active_block_{block}_rate_{rate}")
    for block in BLOCKS
    for rate in RATES
}
FUTURE_RATES_A = {
    (block, rate): _price(0xFFF801 + 8 * (block - 1) + rate - 1, f"tariff_future_block_{block}_rate_{rate}", "rw")
    for block in BLOCKS
    for rate in RATES
}

TIME_SWITCHES_A = _object(
    0x0D0000,
    "tariff_time_switch_element_a_or_single",
    records.TIME_SWITCHES,
    conversions.only(records.TimeSwitches),
    "rw",
)
TIME_SWITCHES_B = _object(
    0x0D00FF, "tariff_time_switch_element_b", records.TIME_SWITCHES, conversions.only(records.TimeSwitches), "rw"
)
EVENT_LOG = _object(0xFFFF49, "event_log", records.OPAQUE, _OPAQUE)  # read with format 05

# Known by name only.
UNDETERMINED = tuple(
    _object(object_id, name, records.OPAQUE, _OPAQUE)
    for object_id, name in (
        (0x030700, "instantaneous_reactive_power"),
        (0x0B0700, "instantaneous_current"),
        (0x0B1800, "average_current"),
        (0x0C1800, "average_voltage"),
        (0x0D0700, "instantaneous_power_factor"),
        (0x0E0700, "instantaneous_frequency"),
        (0x0E1800, "average_frequency"),
        (0xFFFF0C, "decimal_places_displayed_in_energy_registers"),
        (0xD7060A, "three_phase_read"),
        (0xD70A0C, "three_phase_initiate_read"),
        (0xD79600, "active_import_demand"),
        (0xD79601, "active_export_demand"),
        (0xD79602, "reactive_import_demand"),
        (0xD79603, "reactive_export_demand"),
        (0xD79604, "reactive_energy_quadrant_1_demand"),
        (0xD79605, "reactive_energy_quadrant_2_demand"),
        (0xD79606, "reactive_energy_quadrant_3_demand"),
        (0xD79607, "reactive_energy_quadrant_4_demand"),
    )
)
