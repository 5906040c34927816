"""What the meters said: histories of the shadow, events, half-hourly energy; and the local days it is summed by."""

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from flows_shared.models.columns import FLOWS, STATE, Dated, Table, computed, default
from flows_shared.vocabulary.meters import EstimationMethod, IntervalSource


class HolidayCalendar(Table, table=True):
    """A country and its parts whose public holidays the Python package holidays knows."""

    __tablename__ = "holiday_calendars"
    __table_args__ = FLOWS

    country: str = Field(primary_key=True)
    parts: list[str] = Field(sa_type=ARRAY(Text))


class RegisterImport(Table, table=True):
    """Cumulative import in kWh, a row a sync, made when a shadow is updated."""

    __tablename__ = "register_import"
    __table_args__ = FLOWS

    register_id: UUID = Field(foreign_key="flows.meter_registers.register_id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    read: Decimal


class RegisterExport(Table, table=True):
    """Cumulative export in kWh, a row a sync, made when a shadow is updated."""

    __tablename__ = "register_export"
    __table_args__ = FLOWS

    register_id: UUID = Field(foreign_key="flows.meter_registers.register_id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    read: Decimal


class MeterCsq(Table, table=True):
    """Signal quality 0..31 over time; none: the meter could not be reached."""

    __tablename__ = "meter_csq"
    __table_args__ = FLOWS

    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    csq: int | None = Field(default=None, sa_type=SmallInteger)


class MeterVoltage(Table, table=True):
    """Volts over time."""

    __tablename__ = "meter_voltage"
    __table_args__ = FLOWS

    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    voltage: Decimal


class MeterThreePhaseVoltage(Table, table=True):
    """Volts of each phase over time."""

    __tablename__ = "meter_3p_voltage"
    __table_args__ = FLOWS

    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    voltage_l1: Decimal | None = None
    voltage_l2: Decimal | None = None
    voltage_l3: Decimal | None = None


class MeterPrepayBalance(Table, table=True):
    """GBP held by a prepay meter over time."""

    __tablename__ = "meter_prepay_balance"
    __table_args__ = FLOWS

    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    balance: Decimal


class MeterHealth(Table, table=True):
    """Whether a meter answered, each time it was asked."""

    __tablename__ = "meter_health_history"
    __table_args__ = FLOWS

    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    health: str
    health_details: str | None = None


class MeterEventType(Table, table=True):
    """Names of the meters' event numbers."""

    __tablename__ = "meter_event_log_type"
    __table_args__ = FLOWS

    id: int = Field(primary_key=True)
    name: str


class MeterEvent(Table, table=True):
    """What a meter noted; a type without a name is kept as its number."""

    __tablename__ = "meter_event_log"
    __table_args__ = FLOWS

    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    event_type: int = Field(primary_key=True)
    event_set: int


class RegisterInterval(Table, table=True):
    """Energy of a half hour in kWh; `timestamp` is its start."""

    __tablename__ = "register_interval_hh"
    __table_args__ = FLOWS | {"postgresql_partition_by": "RANGE (timestamp)"}

    register_id: UUID = Field(primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    kwh: Decimal


class RegisterDay(Table, table=True):
    """Half hours summed by the community's local day; `intervals`: how many, 48 when whole, 46 or 50 on change days."""

    __tablename__ = "register_interval_daily"
    __table_args__ = FLOWS

    register_id: UUID = Field(foreign_key="flows.meter_registers.register_id", ondelete="CASCADE", primary_key=True)
    day: date = Field(primary_key=True)
    kwh: Decimal
    intervals: int = Field(sa_type=SmallInteger)


class RegisterBandDay(Table, table=True):
    """Half hours summed by local day and band; a day goes when its half hours change, and is summed again."""

    __tablename__ = "register_interval_bands"
    __table_args__ = FLOWS

    register_id: UUID = Field(foreign_key="flows.meter_registers.register_id", ondelete="CASCADE", primary_key=True)
    profile: UUID = Field(foreign_key="public.rate_profiles.id", ondelete="CASCADE", primary_key=True, index=True)
    day: date = Field(primary_key=True)
    band: str = Field(primary_key=True)
    kwh: Decimal
    intervals: int = Field(sa_type=SmallInteger)


class CalendarBand(Table, table=True):
    """Local day and band of every half hour, filled from a profile's rules by whole months."""

    __tablename__ = "calendar_bands"
    __table_args__ = FLOWS

    profile: UUID = Field(foreign_key="public.rate_profiles.id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    day: date
    band: str


class _OfRegister(Dated):
    """What is known of a register at a time."""

    register_id: UUID = Field(foreign_key="flows.meter_registers.register_id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)


class RegisterIntervalMissingReason(_OfRegister, table=True):
    """Why a meter that answered for a half hour has no reading; gone when one comes. `tries`: how often it did."""

    __tablename__ = "register_interval_missing_reasons"
    __table_args__ = FLOWS

    reason: str
    tries: int = default(1)


class RegisterCount(_OfRegister, table=True):
    """What a register had counted at an end of a gap in its half hours, in kWh."""

    __tablename__ = "register_counts"
    __table_args__ = FLOWS

    kwh: Decimal


class RegisterIntervalEstimate(_OfRegister, table=True):
    """Energy in kWh of a half hour without a reading; gone when a reading comes."""

    __tablename__ = "register_interval_estimates"
    __table_args__ = FLOWS

    kwh: Decimal
    method: EstimationMethod = Field(sa_type=STATE)


class RegisterIntervalSource(_OfRegister, table=True):
    """A half hour that is held, but not as a meter measured it; `detail`: the file, or who edited it from what."""

    __tablename__ = "register_interval_sources"
    __table_args__ = FLOWS

    source: IntervalSource = Field(sa_type=STATE)
    detail: str


class RegisterIntervalFlag(_OfRegister, table=True):
    """A half hour that validation finds wrong; of a rule about a span, the first one of it. `kwh`: what was found."""

    __tablename__ = "register_interval_flags"
    __table_args__ = FLOWS

    rule: str = Field(primary_key=True)
    kwh: Decimal
    details: str


class CalendarDay(Table, table=True):
    """A local day of a time zone in use: `[starts_at, ends_at)`."""

    __tablename__ = "calendar_days"
    __table_args__ = FLOWS

    time_zone: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    starts_at: datetime
    ends_at: datetime
    half_hours: int = Field(sa_type=SmallInteger)


class CalendarHalfHour(Table, table=True):
    """The local day and time of each half hour of a time zone in use."""

    __tablename__ = "calendar_half_hours"
    __table_args__ = FLOWS

    time_zone: str = Field(primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    day: date
    local_time: time


class RegisterDayChanged(Table, table=True):
    """A day whose half hours or estimates changed when it may have been billed."""

    __tablename__ = "register_days_changed"
    __table_args__ = FLOWS

    register_id: UUID = Field(foreign_key="flows.meter_registers.register_id", ondelete="CASCADE", primary_key=True)
    day: date = Field(primary_key=True)
    changed_at: datetime = computed("now()")
