"""Prices in GBP a kWh and a day, and what they came to by month."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, RATE, STATE, Dated, Identified, default


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
    payment_method: Literal["direct_debit", "standard_credit", "prepay"] = default("direct_debit", sa_type=STATE)
    rate_type: Literal["single", "multi"] = default("single", sa_type=STATE)
    unit_rate: Decimal = Field(sa_type=RATE)
    standing_charge: Decimal = Field(sa_type=RATE)
    includes_vat: bool = default(True)
    source: str | None = None


class MicrogridTariff(Identified, Dated, table=True):
    """A community's price; element B has its own where `computed_unit_rate_b` is given."""

    __tablename__ = "microgrid_tariffs"
    __table_args__ = (UniqueConstraint("esco", "period_start"), PUBLIC)

    esco: UUID = Field(foreign_key="flows.escos.id")
    period_start: date
    discount_rate_basis_points: int = default(0)
    computed_unit_rate: Decimal = Field(sa_type=RATE)
    computed_unit_rate_b: Decimal | None = Field(default=None, sa_type=RATE)
    computed_standing_charge: Decimal = Field(sa_type=RATE)
    includes_vat: bool = default(True)
    emergency_credit: Decimal = default(Decimal("15"), sa_type=RATE)
    debt_recovery_rate: Decimal = default(Decimal("0"), sa_type=RATE)
    ecredit_button_threshold: Decimal = default(Decimal("10"), sa_type=RATE)


class CustomerTariff(Identified, Dated, table=True):
    """One customer's price; where there is none, the community's (microgrid_tariffs) holds."""

    __tablename__ = "customer_tariffs"
    __table_args__ = (UniqueConstraint("customer", "period_start"), PUBLIC)

    customer: UUID = Field(foreign_key="public.customers.id", ondelete="CASCADE")
    period_start: date
    discount_rate_basis_points: int = default(0)
    computed_unit_rate: Decimal = Field(sa_type=RATE)
    computed_unit_rate_b: Decimal | None = Field(default=None, sa_type=RATE)
    computed_standing_charge: Decimal = Field(sa_type=RATE)
    includes_vat: bool = default(True)


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
