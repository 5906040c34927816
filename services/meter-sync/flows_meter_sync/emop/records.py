"""The records of format 01: each a NamedTuple of raw values, and its layout under the name that published tools use."""

from typing import NamedTuple

from flows_meter_sync.emop.errors import RecordValueWrong
from flows_meter_sync.emop.layout import S32, U8, U16, U32, AnyRecord, Bits, NamedInt, Struct, Whole, named, raw


class Weekday(
    NamedInt, names=dict(enumerate(("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")))
):
    """0 is Sunday."""


class BacklightSetting(
    NamedInt,
    names={
        0: "normal_sp_or_always_off_3p",
        **{seconds: f"n{seconds}_seconds_turn_off_3p" for seconds in range(1, 31)},
        102: "always_off_sp",
        119: "always_on_sp",
        255: "always_on_3p",
    },
):
    """0, 102 and 119 are single-phase settings; 0, seconds and 255 three-phase ones."""


class LoadSwitchSetting(
    NamedInt,
    names={
        0: "normal_button_always",
        102: "no_button_prepay_mode",
        119: "no_button_credit_mode",
        136: "never_button_required",
    },
):
    """When the customer has to press the button to get supply."""


class MeterType(NamedInt, names={0: "cx_ct_operated", 1: "ax_whole_current"}):
    """CX meters count 1/10,000 kWh, AX meters 1/1,000."""


class MiddleOutput(NamedInt, names={0: "auxiliary_relay_fitted", 1: "pulse_output_fitted"}):
    """What the middle terminals give."""


class Fitted(NamedInt, names={0: "not_fitted", 1: "fitted"}):
    """Whether a part is there."""


class Opaque(NamedTuple):
    """Bytes whose meaning is not known."""

    payload: bytes


class Reading(NamedTuple):
    """Cumulative energy of one element, in Wh and varh."""

    import_active: int
    export_active: int
    import_reactive: int
    export_reactive: int


class U4(NamedTuple):
    """A number of four bytes; as a price, 1/100,000 GBP."""

    value: int


class U1(NamedTuple):
    """A number of one byte."""

    value: int


class Balance(NamedTuple):
    """1/100,000 GBP, below zero in emergency credit."""

    balance: int


class Token(NamedTuple):
    """20 digits."""

    token: str


class Voltage(NamedTuple):
    """Volts; tenths of a volt on three-phase meters."""

    voltage: int


class Power(NamedTuple):
    """Watts."""

    power: int


class SignalQuality(NamedTuple):
    """The mobile network's operator and signal, 0 to 31."""

    network_operator: int
    csq: int


class Time(NamedTuple):
    """The meter's clock, UTC; `year` counts from 2000."""

    year: int
    month: int
    date: int
    hour: int
    minute: int
    second: int
    day_of_week: Weekday


class Flag(NamedTuple):
    """0 off, 1 on."""

    enabled_flag: int


class Serial(NamedTuple):
    """Text, padded with spaces or NUL."""

    serial: str


class Hardware(NamedTuple):
    """Text, padded with spaces or NUL; empty on three-phase meters."""

    hardware: str


class Firmware(NamedTuple):
    """Four ASCII characters, or two bytes on three-phase meters."""

    version_bytes: tuple[int, ...]


class HardwareConfiguration(NamedTuple):
    """What a three-phase meter is made of."""

    meter_type: MeterType
    middle_output_terminals: MiddleOutput
    disconnect_switch: Fitted
    gsm_communications: Fitted
    real_time_clock: Fitted
    magnetic_detection: Fitted
    terminal_cover_tamper_switch: Fitted
    top_cover_tamper_switch: Fitted
    unused: bytes


class ThresholdMask(NamedTuple):
    """Which rates have a threshold between blocks."""

    rate8: bool
    rate7: bool
    rate6: bool
    rate5: bool
    rate4: bool
    rate3: bool
    rate2: bool
    rate1: bool


class ThresholdValues(NamedTuple):
    """Where one block ends and the next begins."""

    th1: int
    th2: int
    th3: int
    th4: int
    th5: int
    th6: int
    th7: int


class TimeSwitches(NamedTuple):
    """Opaque; all zero is off."""

    switch_settings: bytes


class TransactionCount(NamedTuple):
    """How many tokens were accepted."""

    count_: int


class TransactionDetails(NamedTuple):
    """The last payment: seconds since 2000, and 1/100,000 GBP."""

    undecoded_bytes: bytes
    payment_time: int
    payment_value: int


class Backlight(NamedTuple):
    """The display's light."""

    setting: BacklightSetting


class LoadSwitch(NamedTuple):
    """The supply button."""

    setting: LoadSwitchSetting


TEXT_SIZE = 16  # of a serial


def _text(payload: bytes) -> str:
    try:
        return payload.decode("ascii")
    except UnicodeDecodeError:
        raise RecordValueWrong("text", payload.hex()) from None


def _ascii(text: str) -> bytes:
    return text.encode("ascii")


def _digits(text: str) -> bytes:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return text.encode()


OPAQUE = Whole("DefaultRec", Opaque)
READING = Struct("ReadingRec", Reading, U32, U32, U32, U32)
U4_VALUE = Struct("U4leValueRec", U4, U32)
U1_VALUE = Struct("U1ValueRec", U1, U8)
BALANCE = Struct("PrepayBalanceRec", Balance, S32)
TOKEN = Whole("PrepayTokenSendRec", Token, _text, _digits, size=20)
VOLTAGE = Struct("InstantaneousVoltageRec", Voltage, U16)
VOLTAGE_L1 = Struct("ThreePhaseInstantaneousVoltageL1Rec", Voltage, U16)
VOLTAGE_L2 = Struct("ThreePhaseInstantaneousVoltageL2Rec", Voltage, U16)
VOLTAGE_L3 = Struct("ThreePhaseInstantaneousVoltageL3Rec", Voltage, U16)
POWER = Struct("InstantaneousActivePowerRec", Power, U16)
CSQ = Bits("CsqNetOpRec", SignalQuality, {"network_operator": 3, "csq": 5})
TIME = Struct("TimeRec", Time, U8, U8, U8, U8, U8, U8, named(Weekday))
FLAG = Struct("FlagRec", Flag, U8)
SERIAL = Whole("SerialRec", Serial, _text, _ascii)
HARDWARE = Whole("HardwareRec", Hardware, _text, _ascii)
FIRMWARE = Whole("FirmwareRec", Firmware, tuple, bytes)
HARDWARE_CONFIGURATION = Bits("ThreePhaseHardwareConfigurationRec", HardwareConfiguration, {"unused": 24})
THRESHOLD_MASK = Bits("TariffThresholdMaskRec", ThresholdMask)
THRESHOLD_VALUES = Struct("TariffThresholdValuesRec", ThresholdValues, *[U16] * 7)
TIME_SWITCHES = Struct("TariffTimeSwitchSettingsRec", TimeSwitches, raw(80))
TRANSACTION_COUNT = Struct("MonetaryInfoTransactionCountRec", TransactionCount, U16)
TRANSACTION_DETAILS = Struct("MonetaryInfoTransactionDetailsRec", TransactionDetails, raw(8), U32, S32)
BACKLIGHT = Struct("BacklightRec", Backlight, named(BacklightSetting))
LOAD_SWITCH = Struct("LoadSwitchRec", LoadSwitch, named(LoadSwitchSetting))

RECORDS: dict[str, AnyRecord] = {
    record.name: record
    for record in (
        OPAQUE,
        READING,
        U4_VALUE,
        U1_VALUE,
        BALANCE,
        TOKEN,
        VOLTAGE,
        VOLTAGE_L1,
        VOLTAGE_L2,
        VOLTAGE_L3,
        POWER,
        CSQ,
        TIME,
        FLAG,
        SERIAL,
        HARDWARE,
        FIRMWARE,
        HARDWARE_CONFIGURATION,
        THRESHOLD_MASK,
        THRESHOLD_VALUES,
        TIME_SWITCHES,
        TRANSACTION_COUNT,
        TRANSACTION_DETAILS,
        BACKLIGHT,
        LOAD_SWITCH,
    )
}
