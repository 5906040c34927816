"""Properties, who owns them, and the business view of their meters."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, STATE, Dated, Identified, default
from flows_shared.vocabulary.people import Ownership, PaymentTiming, Tenure, WalletBalance


class Wallet(Identified, Dated, table=True):
    """Money for a prepay meter: below the minimum it is filled up to the target; GBP."""

    __tablename__ = "wallets"
    __table_args__ = PUBLIC

    esco: UUID | None = Field(default=None, foreign_key="flows.escos.id", index=True)
    balance: Decimal = default(Decimal("0"))
    minimum_balance: Decimal = default(Decimal("20"))
    target_balance: Decimal = default(Decimal("30"))
    auto_topup: bool = default(False)
    balance_enum: WalletBalance = default("simple", sa_type=STATE)
    payment_timing: PaymentTiming = default("monthly", sa_type=STATE)
    last_sync_timestamp: datetime | None = None


class Meter(Dated, table=True):
    """The business view of flows.meter_registry and its shadow, kept in step by the database."""

    __tablename__ = "meters"
    __table_args__ = PUBLIC

    id: UUID = Field(foreign_key="flows.meter_registry.id", ondelete="CASCADE", primary_key=True)
    serial: str = Field(unique=True)
    wallet: UUID | None = Field(default=None, foreign_key="public.wallets.id", unique=True)
    prepay_enabled: bool = default(False)
    balance: Decimal | None = None


class Property(Identified, Dated, table=True):
    """A home or unit. `owner` is superseded by `RegisteredProprietor`."""

    __tablename__ = "properties"
    __table_args__ = PUBLIC

    plot: str
    description: str | None = None
    esco: UUID = Field(foreign_key="flows.escos.id", index=True)
    site: UUID | None = Field(default=None, foreign_key="flows.sites_new.id", index=True)
    supply_meter: UUID | None = Field(default=None, foreign_key="public.meters.id", unique=True)
    solar_meter: UUID | None = Field(default=None, foreign_key="public.meters.id", unique=True)
    owner: UUID | None = Field(default=None, foreign_key="public.customers.id", index=True)
    tenure: Tenure | None = Field(default=None, sa_type=STATE)
    mpan: str | None = None


class RegisteredProprietor(Identified, Dated, table=True):
    """A person or corporate body that owns a property."""

    __tablename__ = "registered_proprietors"
    __table_args__ = (
        UniqueConstraint("property", "customer", "corporate_body", postgresql_nulls_not_distinct=True),
        PUBLIC,
    )

    property: UUID = Field(foreign_key="public.properties.id", ondelete="CASCADE")
    customer: UUID | None = Field(default=None, foreign_key="public.customers.id", index=True)
    corporate_body: UUID | None = Field(default=None, foreign_key="public.corporate_bodies.id", index=True)
    ownership: Ownership = default("sole", sa_type=STATE)
