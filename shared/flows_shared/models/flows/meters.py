"""Meters, their state, what they measure, and how reading them goes."""

from datetime import datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import INET
from sqlmodel import Field

from flows_shared.models.columns import FLOWS, JSON_VALUE, STATE, Dated, Identified, Table, computed, default, new_id
from flows_shared.vocabulary.meters import (
    Element,
    Health,
    InstallationStatus,
    MeterMode,
    Nature,
    RegisterStatus,
    RunFrequency,
)


class Meter(Identified, Dated, table=True):
    """A meter as it is installed."""

    __tablename__ = "meter_registry"
    __table_args__ = (Index("meter_registry_endpoint", "ip_address", "port", unique=True), FLOWS)

    serial: str = Field(unique=True)
    name: str | None = None
    ip_address: IPv4Address | IPv6Address | None = Field(default=None, sa_type=INET)
    port: int = default(8080)
    hardware: str | None = None
    firmware_version: str | None = None
    mode: MeterMode = default("active", sa_type=STATE)
    esco: UUID = Field(foreign_key="flows.escos.id", index=True)
    site: UUID | None = Field(default=None, foreign_key="flows.sites_new.id", index=True)
    prepay_enabled: bool = default(False)
    daylight_savings_correction_enabled: bool | None = None
    single_meter_app: bool = default(False)
    emnify_id: int | None = Field(default=None, unique=True)
    iccid: str | None = Field(default=None, unique=True)
    installation_status: InstallationStatus = default("enabled", sa_type=STATE)
    commissioned_iso_week_date: str | None = None


class ServiceHeadMeter(Dated, table=True):
    """Which meters hang on a service head."""

    __tablename__ = "service_head_meter"
    __table_args__ = FLOWS

    service_head: UUID = Field(foreign_key="flows.service_head_registry.id", ondelete="CASCADE", primary_key=True)
    meter: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True, index=True)


class MeterShadow(Dated, table=True):
    """Last known state of a meter, its digital twin; made with it. Energy in cumulative kWh, balance in GBP."""

    __tablename__ = "meter_shadows"
    __table_args__ = FLOWS

    id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    balance: Decimal | None = None
    import_a: Decimal | None = None
    export_a: Decimal | None = None
    import_b: Decimal | None = None
    export_b: Decimal | None = None
    voltage: Decimal | None = None
    voltage_l1: Decimal | None = Field(default=None, sa_column_kwargs={"name": "3p_voltage_l1"})
    voltage_l2: Decimal | None = Field(default=None, sa_column_kwargs={"name": "3p_voltage_l2"})
    voltage_l3: Decimal | None = Field(default=None, sa_column_kwargs={"name": "3p_voltage_l3"})
    csq: int | None = Field(default=None, sa_type=SmallInteger)
    clock_time_diff_seconds: int | None = None
    clock_time_diff_synced_at: datetime | None = None
    health: Health = default("unhealthy", sa_type=STATE)
    health_details: str | None = None
    health_code: str | None = None
    last_healthy_at: datetime | None = None
    tariffs_active: Any | None = Field(default=None, sa_type=JSON_VALUE)
    tariffs_future: Any | None = Field(default=None, sa_type=JSON_VALUE)
    backlight: str | None = None
    load_switch: str | None = None
    emnify_connectivity_status: str | None = None


class Register(Dated, table=True):
    """One measured quantity of a meter, in `[start_time, end_time)`; `replaced_by`: the next meter in the home."""

    __tablename__ = "meter_registers"
    __table_args__ = (
        Index(
            "meter_registers_one_enabled",
            "meter_id",
            "element",
            unique=True,
            postgresql_where=text("status = 'enabled'"),
        ),
        FLOWS,
    )

    register_id: UUID = new_id()
    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", index=True)
    element: Element = Field(sa_type=STATE)
    nature: Nature = Field(sa_type=STATE)
    status: RegisterStatus = default("enabled", sa_type=STATE)
    start_time: datetime = computed("now()")
    end_time: datetime | None = None
    notes: str | None = None
    replaced_by: UUID | None = Field(
        default=None, foreign_key="flows.meter_registry.id", ondelete="SET NULL", index=True
    )


class Circuit(Identified, Dated, table=True):
    """A named use that one or more registers measure over time."""

    __tablename__ = "circuits"
    __table_args__ = FLOWS

    type: Nature = Field(sa_type=STATE)
    name: str | None = None
    esco: UUID | None = Field(default=None, foreign_key="flows.escos.id", index=True)


class CircuitRegister(Dated, table=True):
    """Which register measures a circuit, in `[start_time, end_time)`."""

    __tablename__ = "circuit_register"
    __table_args__ = FLOWS

    circuit: UUID = Field(foreign_key="flows.circuits.id", ondelete="CASCADE", primary_key=True)
    register_id: UUID = Field(
        foreign_key="flows.meter_registers.register_id",
        ondelete="CASCADE",
        primary_key=True,
        index=True,
        sa_column_kwargs={"name": "register"},
    )
    start_time: datetime = computed("now()", primary_key=True)
    end_time: datetime | None = None
    notes: str | None = None


class MeterTophat(Identified, Dated, table=True):
    """A communication module fitted on top of a meter."""

    __tablename__ = "meter_tophat_registry"
    __table_args__ = FLOWS

    meter: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", index=True)
    serial: str | None = None
    emnify_id: int | None = Field(default=None, unique=True)
    ip_address: IPv4Address | IPv6Address | None = Field(default=None, sa_type=INET, unique=True)
    iccid: str | None = Field(default=None, unique=True)


class MeterMetric(Identified, Dated, table=True):
    """What is read from every meter, and how often."""

    __tablename__ = "meter_metrics"
    __table_args__ = FLOWS

    name: str = Field(unique=True)
    notes: str | None = None
    enabled: bool = default(True)
    run_frequency: RunFrequency = Field(sa_type=STATE)


class OwnMeterMetric(Identified, Dated, table=True):
    """What Flows alone reads from every meter, under names that no other program knows."""

    __tablename__ = "own_meter_metrics"
    __table_args__ = FLOWS

    name: str = Field(unique=True)
    notes: str | None = None
    enabled: bool = default(True)
    run_frequency: RunFrequency = Field(sa_type=STATE)


class MeterSyncStatus(Table, table=True):
    """How a metric's last read of a meter went; `readings`: values that the last successful one brought."""

    __tablename__ = "meter_sync_status"
    __table_args__ = FLOWS

    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    metric: str = Field(primary_key=True)
    last_attempt_at: datetime
    last_success_at: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    consecutive_failures: int = default(0)
    duration_ms: int
    readings: int = default(0)


class MeterLease(Table, table=True):
    """The one worker that may talk to a meter now."""

    __tablename__ = "meter_leases"
    __table_args__ = FLOWS

    meter_id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    holder: str
    expires_at: datetime
