"""Solar installations and the credit that is paid for them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, Dated, Identified


class SolarCreditTariff(Identified, Dated, table=True):
    """Paid per kW of declared capacity."""

    __tablename__ = "solar_credit_tariffs"
    __table_args__ = (UniqueConstraint("esco", "period_start"), PUBLIC)

    esco: UUID = Field(foreign_key="flows.escos.id")
    period_start: date
    credit_pence_per_year: Decimal = Field(max_digits=12, decimal_places=5)
    credit_pence_per_day: Decimal = Field(max_digits=12, decimal_places=5)


class SolarInstallation(Dated, table=True):
    """Panels of a property; capacity in kW."""

    __tablename__ = "solar_installation"
    __table_args__ = PUBLIC

    property: UUID = Field(foreign_key="public.properties.id", ondelete="CASCADE", primary_key=True)
    mcs: str | None = Field(default=None, unique=True)
    declared_net_capacity: Decimal
    commissioning_date: date


class SolarCreditAllocation(Identified, Dated, table=True):
    """How an installation's credit is shared; the ratios of an installation sum to 1."""

    __tablename__ = "solar_credit_allocation"
    __table_args__ = (
        UniqueConstraint(
            "installation_property",
            "allocation_property",
            name="solar_credit_allocation_installation_property_allocation_pr_key",
        ),
        PUBLIC,
    )

    installation_property: UUID = Field(foreign_key="public.solar_installation.property", ondelete="CASCADE")
    allocation_property: UUID = Field(foreign_key="public.properties.id", ondelete="CASCADE", index=True)
    ratio: Decimal


class MonthlySolarCredit(Identified, Dated, table=True):
    """What a property got of an installation's credit for a month."""

    __tablename__ = "monthly_solar_credits"
    __table_args__ = (
        UniqueConstraint(
            "property_id",
            "month",
            "source_installation",
            name="monthly_solar_credits_property_id_month_source_installation_key",
        ),
        PUBLIC,
    )

    property_id: UUID = Field(foreign_key="public.properties.id")
    month: date
    credit_pence: int
    source_installation: UUID = Field(foreign_key="public.solar_installation.property", index=True)
    allocation_ratio: Decimal
    scheduled_at: datetime | None = None
    applied_at: datetime | None = None
    invoice: UUID | None = Field(default=None, foreign_key="public.invoices.id", index=True)
