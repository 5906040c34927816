"""What VAT depends on: how premises and customers use their supply, and who is registered."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, STATE, Dated, Identified
from flows_shared.vocabulary.billing import SupplyUse


class VatStatus(Identified, Dated, table=True):
    """How a supply is used, from `valid_from` until the next row; the premises' goes before the customer's."""

    __tablename__ = "vat_statuses"
    __table_args__ = (
        UniqueConstraint("property", "customer", "valid_from", postgresql_nulls_not_distinct=True),
        PUBLIC,
    )

    property: UUID | None = Field(default=None, foreign_key="public.properties.id", ondelete="CASCADE")
    customer: UUID | None = Field(default=None, foreign_key="public.customers.id", ondelete="CASCADE", index=True)
    valid_from: date
    use: SupplyUse = Field(sa_type=STATE)
    qualifying_percent: Decimal | None = Field(default=None, max_digits=5, decimal_places=2)
    certificate: str | None = None
    certificate_from: date | None = None
    certificate_to: date | None = None


class VatRegistration(Identified, Dated, table=True):
    """A customer's own registration, which decides the VAT of what they export; no number: no longer registered."""

    __tablename__ = "vat_registrations"
    __table_args__ = (UniqueConstraint("customer", "valid_from"), PUBLIC)

    customer: UUID = Field(foreign_key="public.customers.id", ondelete="CASCADE")
    valid_from: date
    vat_number: str | None = None
