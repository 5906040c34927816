"""Prices in GBP a kWh and a day, and what they came to by month."""

from datetime import date, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.schema import SchemaItem
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, RATE, STATE, Dated, Identified, default
from flows_shared.vocabulary.billing import BenchmarkPayment, ComponentKind, RateType, ThresholdPeriod
from flows_shared.vocabulary.meters import Element


class BenchmarkTariff(Identified, Dated, table=True):
    """The regulator's cap by region and quarter."""

    __tablename__ = "benchmark_tariffs"
    __table_args__ = (
        UniqueConstraint(
            "region",
            "period_start",
            "payment_method",
            "rate_type",
            name="benchmark_tariffs_region_period_start_payment_method_rate_t_key",
        ),
        PUBLIC,
    )

    region: str = Field(foreign_key="flows.regions.code")
    period_start: date
    payment_method: BenchmarkPayment = default("direct_debit", sa_type=STATE)
    rate_type: RateType = default("single", sa_type=STATE)
    unit_rate: Decimal = Field(sa_type=RATE)
    standing_charge: Decimal = Field(sa_type=RATE)
    includes_vat: bool = default(True)
    source: str | None = None


def _one_that_holds(table: str, owner: str) -> tuple[SchemaItem, ...]:
    """A version may be superseded by another one of its owner and first day."""
    return (
        UniqueConstraint("id", owner, "period_start"),
        ForeignKeyConstraint(
            ["superseded_by", owner, "period_start"],
            [f"public.{table}.{column}" for column in ("id", owner, "period_start")],
            name=f"{table}_superseded_by_fkey",
            deferrable=True,
        ),
        Index(f"{table}_one_a_day", owner, "period_start", unique=True, postgresql_where=text("superseded_by IS NULL")),
        Index(None, "superseded_by", postgresql_where=text("superseded_by IS NOT NULL")),
    )


class MicrogridTariff(Identified, Dated, table=True):
    """A community's price; element B has its own where `computed_unit_rate_b` is given."""

    __tablename__ = "microgrid_tariffs"
    __table_args__ = (*_one_that_holds("microgrid_tariffs", "esco"), PUBLIC)

    esco: UUID = Field(foreign_key="flows.escos.id")
    period_start: date
    discount_rate_basis_points: int = default(0)
    discount_rate_basis_points_b: int | None = None
    computed_unit_rate: Decimal = Field(sa_type=RATE)
    computed_unit_rate_b: Decimal | None = Field(default=None, sa_type=RATE)
    computed_standing_charge: Decimal = Field(sa_type=RATE)
    includes_vat: bool = default(True)
    emergency_credit: Decimal = default(Decimal("15"), sa_type=RATE)
    debt_recovery_rate: Decimal = default(Decimal("0"), sa_type=RATE)
    ecredit_button_threshold: Decimal = default(Decimal("10"), sa_type=RATE)
    rate_profile: UUID | None = Field(default=None, foreign_key="public.rate_profiles.id", index=True)
    benchmark: UUID | None = Field(default=None, foreign_key="public.benchmark_tariffs.id", index=True)
    superseded_by: UUID | None = None
    correction_reason: str | None = None
    name: str | None = None


class CustomerTariff(Identified, Dated, table=True):
    """One customer's price; where there is none, the community's (microgrid_tariffs) holds."""

    __tablename__ = "customer_tariffs"
    __table_args__ = (*_one_that_holds("customer_tariffs", "customer"), PUBLIC)

    customer: UUID = Field(foreign_key="public.customers.id", ondelete="CASCADE")
    period_start: date
    discount_rate_basis_points: int = default(0)
    discount_rate_basis_points_b: int | None = None
    computed_unit_rate: Decimal = Field(sa_type=RATE)
    computed_unit_rate_b: Decimal | None = Field(default=None, sa_type=RATE)
    computed_standing_charge: Decimal = Field(sa_type=RATE)
    includes_vat: bool = default(True)
    rate_profile: UUID | None = Field(default=None, foreign_key="public.rate_profiles.id", index=True)
    benchmark: UUID | None = Field(default=None, foreign_key="public.benchmark_tariffs.id", index=True)
    superseded_by: UUID | None = None
    correction_reason: str | None = None
    name: str | None = None


class RateProfile(Identified, Dated, table=True):
    """Times of use: which band each half hour of a community's local time is in."""

    __tablename__ = "rate_profiles"
    __table_args__ = (UniqueConstraint("esco", "name"), PUBLIC)

    esco: UUID = Field(foreign_key="flows.escos.id")
    name: str
    holidays: str = default("GB-ENG")


class RateBand(Identified, Dated, table=True):
    """The first of a profile's rows that matches a half hour names its band; seasons are `MM-DD`, both included."""

    __tablename__ = "rate_bands"
    __table_args__ = (UniqueConstraint("profile", "position"), PUBLIC)

    profile: UUID = Field(foreign_key="public.rate_profiles.id", ondelete="CASCADE")
    position: int = Field(sa_type=SmallInteger)
    band: str
    days: list[str] = Field(
        default=["weekday", "weekend", "holiday"],
        sa_type=ARRAY(Text),
        sa_column_kwargs={"server_default": text("'{weekday,weekend,holiday}'::text[]")},
    )
    starts_at: time = Field(default=time(), sa_column_kwargs={"server_default": text("'00:00:00'::time")})
    ends_at: time = Field(default=time(), sa_column_kwargs={"server_default": text("'00:00:00'::time")})
    season_start: str | None = None
    season_end: str | None = None


class TariffComponent(Identified, Dated, table=True):
    """What a version charges or credits beside its flat rates: by element, band and block."""

    __tablename__ = "tariff_components"
    __table_args__ = (
        UniqueConstraint(
            "microgrid_tariff",
            "customer_tariff",
            "kind",
            "element",
            "band",
            "from_kwh",
            name="tariff_components_microgrid_tariff_customer_tariff_kind_ele_key",
            postgresql_nulls_not_distinct=True,
        ),
        PUBLIC,
    )

    microgrid_tariff: UUID | None = Field(default=None, foreign_key="public.microgrid_tariffs.id", ondelete="CASCADE")
    customer_tariff: UUID | None = Field(
        default=None, foreign_key="public.customer_tariffs.id", ondelete="CASCADE", index=True
    )
    kind: ComponentKind = Field(sa_type=STATE)
    element: Element | None = Field(default=None, sa_type=STATE)
    band: str | None = None
    from_kwh: Decimal = default(Decimal("0"))
    threshold_period: ThresholdPeriod | None = Field(default=None, sa_type=STATE)
    rate: Decimal = Field(sa_type=RATE)
    includes_vat: bool


class MonthlyUsage(Dated, table=True):
    """kWh of a circuit in a local month."""

    __tablename__ = "monthly_usage"
    __table_args__ = PUBLIC

    circuit_id: UUID = Field(foreign_key="flows.circuits.id", ondelete="CASCADE", primary_key=True)
    month: date = Field(primary_key=True)
    kwh: Decimal


class MonthlyCosts(Dated, table=True):
    """GBP: what was paid, and what it would have been at the community's and at the benchmark price."""

    __tablename__ = "monthly_costs"
    __table_args__ = PUBLIC

    customer_id: UUID = Field(foreign_key="public.customers.id", ondelete="CASCADE", primary_key=True)
    month: date = Field(primary_key=True)
    power: Decimal | None = None
    heat: Decimal | None = None
    standing_charge: Decimal | None = None
    total: Decimal | None = None
    microgrid_power: Decimal | None = None
    microgrid_heat: Decimal | None = None
    microgrid_standing_charge: Decimal | None = None
    microgrid_total: Decimal | None = None
    benchmark_power: Decimal | None = None
    benchmark_heat: Decimal | None = None
    benchmark_standing_charge: Decimal | None = None
    benchmark_total: Decimal | None = None
