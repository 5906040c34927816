"""What a simulated meter is told to be."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from flows_meter_sync.emop import intervals
from flows_meter_sync.emop.frame import MOST_DATA
from flows_meter_sync.emop.records import TEXT_SIZE
from flows_meter_sync.simulator.noise import seed_of
from flows_shared.time import Period, as_utc

PORT = 8080
MOST_OF_A_BLOCK = MOST_DATA - 1 - intervals.HEADER.size  # beside the format byte and the frame header
MOST_DRIFT_SECONDS = 10 * 365 * 86_400
STRICT = ConfigDict(extra="forbid")  # where a file describes meters, a misspelt word is an error
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(ge=0)]
Drift = Annotated[int, Field(ge=-MOST_DRIFT_SECONDS, le=MOST_DRIFT_SECONDS)]


class Hardware(StrEnum):
    """The kinds of meters, under the names that a registry has for them."""

    EMA1W = "EMA1.w"
    B1W = "B1.w"
    C1W = "C1.w"
    P1AX = "P1.ax"
    P1CX = "P1.cx"

    @property
    def own_name(self) -> str:
        """How the meter names itself; three-phase ones do not."""
        return {Hardware.EMA1W: "3Aw", Hardware.B1W: "6Bw", Hardware.C1W: "6Cw"}.get(self, "")

    @property
    def is_twin(self) -> bool:
        return self is Hardware.C1W

    @property
    def is_three_phase(self) -> bool:
        return self in (Hardware.P1AX, Hardware.P1CX)

    @property
    def counts_per_wh(self) -> int:
        """Of a three-phase meter's registers."""
        return 10 if self is Hardware.P1CX else 1


@dataclass(frozen=True, slots=True)
class Tariff:
    """GBP: rates a kWh, the standing charge a day, and the prepayment amounts."""

    __pydantic_config__ = STRICT

    unit_rate_a: Decimal = Decimal("0.22360")
    unit_rate_b: Decimal = Decimal("0.18250")
    standing_charge: Decimal = Decimal("0.41250")
    emergency_credit: Decimal = Decimal("10.00000")
    ecredit_availability: Decimal = Decimal("1.00000")
    debt_recovery_rate: Decimal = Decimal("0.00000")


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong, each as the share of the requests, 0 to 1; after `times` faulty answers the meter is well again.

    Answers can be left out, have a wrong CRC, end half-way with the connection closed, be a refusal with the code
    `nak_code`, name another meter's serial, come from another address, have another request's sequence number, come
    behind stray bytes, or be a reset of the connection. `refuse` is a share of the connections.
    """

    __pydantic_config__ = STRICT

    drop: Share = 0.0
    wrong_crc: Share = 0.0
    half_frame: Share = 0.0
    nak: Share = 0.0
    wrong_serial: Share = 0.0
    wrong_source: Share = 0.0
    wrong_sequence: Share = 0.0
    stray_bytes: Share = 0.0
    reset: Share = 0.0
    refuse: Share = 0.0
    nak_code: Annotated[int, Field(ge=0, le=7)] = 5
    times: int | None = None
    slow_byte_seconds: Positive = 0.0


@dataclass(frozen=True, slots=True)
class PowerCut:
    """A time without power: nothing is measured, logged or answered."""

    __pydantic_config__ = STRICT

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        Period(self.start, self.end)  # refuses what is no period, and times without an offset


@dataclass(frozen=True, slots=True)
class WrongCount:
    """What the registers say at an instant, in Wh, whatever they have counted."""

    __pydantic_config__ = STRICT

    at: datetime
    wh: Annotated[int, Field(ge=0, lt=2**32)]

    def __post_init__(self) -> None:
        as_utc(self.at)


FIRST_BALANCE = Decimal(20)
NO_FAULTS = Faults()
DEFAULT_TARIFF = Tariff()


@dataclass(frozen=True, slots=True)
class MeterConfig:
    """One meter. What is None follows from the serial and the seed, so that homes differ."""

    __pydantic_config__ = STRICT

    serial: str
    hardware: Hardware = Hardware.EMA1W
    nature: Literal["power", "solar"] = "power"
    address: str = "127.0.0.1"
    """Where it listens; port 0 is any free one."""
    port: Annotated[int, Field(ge=0, le=65_535)] = PORT
    seed: int = 0
    installed_on: date = date(2024, 1, 1)
    removed_on: date | None = None
    """From then on it is away: another one measures in its place."""
    home: str | None = None
    """Meters with the same home, one after the other, measure the same loads; None is a home of the serial's own."""
    reversed: bool = False
    """Connected the wrong way round: what is imported counts as export."""
    first_wh: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """What its registers showed when it was installed; at 2^32 Wh they roll over."""
    register_resets: tuple[datetime, ...] = ()
    """When its registers went back to 0."""
    wrong_counts: tuple[WrongCount, ...] = ()
    """Instants at which its registers say something else than what they have counted."""
    kwh_a_year: Annotated[int, Field(gt=0)] | None = None
    """Of element A, or of the only one; of a solar meter what it generates."""
    heat_kwh_a_year: Annotated[int, Field(gt=0)] | None = None
    """Of element B of a twin element meter."""
    latitude: float = 51.5
    weather: int = 0
    """Meters with the same number see the same clouds."""
    emop_address: int | None = None
    """24 bits; 000000 reaches the meter too."""
    prepay: bool = False
    balance: Decimal | None = None
    """GBP; None is 20 on a prepay meter and 0 on another."""
    balance_at: datetime | None = None
    """When it had that balance; None is the simulator's start."""
    tariff: Tariff = DEFAULT_TARIFF
    tokens: dict[str, int] = field(default_factory=dict)
    """Tokens that are good for so many pence, beside those that `vend` makes."""
    clock_drift_seconds: Drift = 0
    clock_gains_seconds_a_day: Annotated[float, Field(ge=-86_400, le=86_400)] = 0.0
    """From the start of the simulator on, or from when the clock was set."""
    logs_follow_clock: bool = False
    """False: half hours are logged at their true times, however far the clock is off."""
    latency_ms: Positive = 0.0
    keep_open: bool = True
    """False: the connection is closed after each answer."""
    one_connection: bool = True
    """A second connection at the same time is refused."""
    rest_seconds: Positive = 0.0
    """For so long after a connection the next one is refused."""
    intervals_include_end: bool = False
    intervals_a_block: Annotated[int, Field(gt=0)] | None = None
    """How many intervals a block has at most; None is all that are asked for."""
    interval_frame_bytes: Annotated[int, Field(gt=0, le=MOST_OF_A_BLOCK)] = MOST_OF_A_BLOCK
    """How much of a block a frame has at most."""
    power_cuts: tuple[PowerCut, ...] = ()
    faults: Faults = NO_FAULTS

    def __post_init__(self) -> None:
        if not (self.serial.isascii() and 0 < len(self.serial.strip()) <= TEXT_SIZE):
            raise ValueError(f"a serial is text of at most {TEXT_SIZE} characters, not '{self.serial}'")
        if self.installed_on.year <= 2000:
            raise ValueError(f"{self.serial} is installed after 2000, not on {self.installed_on}")
        if self.removed_on is not None and self.removed_on <= self.installed_on:
            raise ValueError(f"{self.serial} is removed after it was installed, not on {self.removed_on}")
        for reset in self.register_resets:
            as_utc(reset)

    @property
    def own_seed(self) -> int:
        return seed_of(self.seed, self.serial)

    @property
    def home_seed(self) -> int:
        return seed_of(self.seed, self.home or self.serial)

    @property
    def own_address(self) -> int:
        """Its digits, as far as 24 bits go, where none is given."""
        digits = int("0" + "".join(filter(str.isdigit, self.serial)))
        return self.emop_address if self.emop_address is not None else digits & 0xFFFFFF or 1

    @property
    def first_balance(self) -> Decimal:
        return self.balance if self.balance is not None else FIRST_BALANCE if self.prepay else Decimal(0)

    @property
    def installed_at(self) -> datetime:
        return datetime.combine(self.installed_on, time(), UTC)

    @property
    def removed_at(self) -> datetime | None:
        return None if self.removed_on is None else datetime.combine(self.removed_on, time(), UTC)
