"""Bills put right after they were issued, and the last ones of those who move out."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from flows_shared.models.columns import JSON_VALUE, PUBLIC, STATE, Created, Dated, Identified, Table, computed
from flows_shared.vocabulary.billing import ChangeCause, HoldReason, ReadSource


class CreditNote(Identified, Created, table=True):
    """What takes an issued invoice back, whole; its lines are the invoice's. It can never be changed."""

    __tablename__ = "credit_notes"
    __table_args__ = PUBLIC

    number: str = Field(unique=True)
    esco: UUID = Field(foreign_key="flows.escos.id", index=True)
    account: UUID = Field(foreign_key="public.accounts.id", index=True)
    customer: UUID = Field(foreign_key="public.customers.id", index=True)
    invoice: UUID = Field(foreign_key="public.invoices.id", unique=True)
    replacement: UUID | None = Field(default=None, foreign_key="public.invoices.id", unique=True)
    causes: list[str] = Field(sa_type=ARRAY(Text))
    reason: str
    issue_date: date
    tax_point: date | None = None
    vat_number: str | None = None
    net_pence: int
    vat_pence: int
    total_pence: int
    requested_by: str
    changed_days: dict[str, list[str]] | None = Field(default=None, sa_type=JSON_VALUE)


class StaleInvoice(Table, table=True):
    """An issued invoice whose price, VAT, payer, days or shared energy were changed afterwards."""

    __tablename__ = "stale_invoices"
    __table_args__ = PUBLIC

    invoice: UUID = Field(foreign_key="public.invoices.id", ondelete="CASCADE", primary_key=True)
    cause: ChangeCause = Field(sa_type=STATE, primary_key=True)
    noted_at: datetime = computed("now()")


class BackBillException(Identified, Dated, table=True):
    """Days of an account that may be charged for however old they are, and who says so."""

    __tablename__ = "back_bill_exceptions"
    __table_args__ = PUBLIC

    account: UUID = Field(foreign_key="public.accounts.id", ondelete="CASCADE", index=True)
    period_start: date
    period_end: date
    reason: str
    approved_by: str


class CorrectionDecision(Identified, Created, table=True):
    """An invoice that is left as it is, though it would be another today, until something of it changes again."""

    __tablename__ = "correction_decisions"
    __table_args__ = PUBLIC

    account: UUID = Field(foreign_key="public.accounts.id", index=True)
    invoice: UUID = Field(foreign_key="public.invoices.id", index=True)
    reason: str
    approved_by: str
    recorded_by: str = computed("flows.actor()")


class AccountClosing(Dated, table=True):
    """A move-out: the last day, what is paid back, and whose the home is then."""

    __tablename__ = "account_closings"
    __table_args__ = PUBLIC

    account: UUID = Field(foreign_key="public.accounts.id", ondelete="CASCADE", primary_key=True)
    last_day: date = Field(index=True)
    requested_by: str
    refund_pence: int | None = None
    next_account: UUID | None = Field(default=None, foreign_key="public.accounts.id", index=True)


class ClosingRead(Dated, table=True):
    """What a register had counted in kWh at the end of an account's last day."""

    __tablename__ = "closing_reads"
    __table_args__ = PUBLIC

    account: UUID = Field(foreign_key="public.account_closings.account", ondelete="CASCADE", primary_key=True)
    register_id: UUID = Field(
        foreign_key="flows.meter_registers.register_id",
        primary_key=True,
        index=True,
        sa_column_kwargs={"name": "register"},
    )
    read: Decimal
    source: ReadSource = Field(sa_type=STATE)


class BillHold(Identified, Dated, table=True):
    """A bill that waits for a person: why, and who released it."""

    __tablename__ = "bill_holds"
    __table_args__ = (UniqueConstraint("account", "month", "reason"), PUBLIC)

    account: UUID = Field(foreign_key="public.accounts.id", ondelete="CASCADE")
    month: date
    reason: HoldReason = Field(sa_type=STATE)
    details: str
    release_reason: str | None = None
    released_by: str | None = None
    released_at: datetime | None = None


class AccountSupplier(Identified, Dated, table=True):
    """Who supplies an account from a day until the next row; no name: the community."""

    __tablename__ = "account_suppliers"
    __table_args__ = (UniqueConstraint("account", "valid_from"), PUBLIC)

    account: UUID = Field(foreign_key="public.accounts.id", ondelete="CASCADE")
    valid_from: date
    supplier: str | None = None
