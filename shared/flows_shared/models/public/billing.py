"""Billing runs, and the invoices that they issue."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, RATE, STATE, Created, Dated, Identified, default
from flows_shared.vocabulary.billing import InvoiceStatus, LineKind, Outcome, ReadSource, RunStatus, Unit
from flows_shared.vocabulary.meters import Element


class BillingRun(Identified, Dated, table=True):
    """One run a community and month. Asked for again, it goes on with the accounts that are not billed yet."""

    __tablename__ = "billing_runs"
    __table_args__ = (UniqueConstraint("esco", "month"), PUBLIC)

    esco: UUID = Field(foreign_key="flows.escos.id")
    month: date
    status: RunStatus = default("pending", sa_type=STATE)
    requested_by: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    accounts: int = default(0)
    billed: int = default(0)
    skipped: int = default(0)
    failed: int = default(0)
    error: str | None = None


class InvoiceSeries(Dated, table=True):
    """Numbers without gaps: the row is locked while a run takes numbers from it."""

    __tablename__ = "invoice_series"
    __table_args__ = PUBLIC

    esco: UUID = Field(foreign_key="flows.escos.id", primary_key=True)
    prefix: str = Field(unique=True)
    last_number: int = default(0)
    last_credit_note: int = default(0)


class Invoice(Identified, Dated, table=True):
    """A bill for `[period_start, period_end)`. Once issued, only its status changes."""

    __tablename__ = "invoices"
    __table_args__ = (
        Index(
            "invoices_one_a_period", "account", "period_start", unique=True, postgresql_where=text("status <> 'void'")
        ),
        Index(None, "esco", "period_start"),
        PUBLIC,
    )

    number: str = Field(unique=True)
    esco: UUID = Field(foreign_key="flows.escos.id")
    account: UUID = Field(foreign_key="public.accounts.id")
    customer: UUID = Field(foreign_key="public.customers.id", index=True)
    run: UUID | None = Field(default=None, foreign_key="public.billing_runs.id", index=True)
    period_start: date
    period_end: date
    issue_date: date
    due_date: date
    status: InvoiceStatus = default("issued", sa_type=STATE)
    net_pence: int
    vat_pence: int
    total_pence: int
    tax_point: date | None = None
    vat_number: str | None = None
    previous_balance_pence: int = default(0)
    payments_pence: int = default(0)
    amount_due_pence: int | None = None
    benchmark_pence: int | None = None


class InvoiceLine(Identified, Created, table=True):
    """A register's energy at one tariff, or a standing charge; names the readings and tariff it came from."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        UniqueConstraint("invoice", "position"),
        Index(None, "customer_tariff", postgresql_where=text("customer_tariff IS NOT NULL")),
        Index(None, "microgrid_tariff", postgresql_where=text("microgrid_tariff IS NOT NULL")),
        Index(None, "component", postgresql_where=text("component IS NOT NULL")),
        Index(None, "sharing_terms", postgresql_where=text("sharing_terms IS NOT NULL")),
        PUBLIC,
    )

    invoice: UUID = Field(foreign_key="public.invoices.id")
    position: int = Field(sa_type=SmallInteger)
    kind: LineKind = Field(sa_type=STATE)
    description: str
    quantity: Decimal
    unit: Unit = Field(sa_type=STATE)
    rate: Decimal = Field(sa_type=RATE)
    amount_pence: int
    includes_vat: bool
    vat_rate: Decimal = Field(max_digits=5, decimal_places=4)
    period_start: date
    period_end: date
    customer_tariff: UUID | None = Field(default=None, foreign_key="public.customer_tariffs.id")
    microgrid_tariff: UUID | None = Field(default=None, foreign_key="public.microgrid_tariffs.id")
    register_id: UUID | None = Field(
        default=None, foreign_key="flows.meter_registers.register_id", index=True, sa_column_kwargs={"name": "register"}
    )
    first_interval: datetime | None = None
    last_interval: datetime | None = None
    intervals: int | None = None
    element: Element | None = Field(default=None, sa_type=STATE)
    band: str | None = None
    block_from_kwh: Decimal | None = None
    component: UUID | None = Field(default=None, foreign_key="public.tariff_components.id")
    estimated: int = default(0)
    vat_reason: str | None = None
    sharing_terms: UUID | None = Field(default=None, foreign_key="public.sharing_terms.id")
    basis: str | None = None


class InvoiceRead(Created, table=True):
    """What a register had counted in kWh at both ends of an invoice's days, as known when it was issued."""

    __tablename__ = "invoice_reads"
    __table_args__ = PUBLIC

    invoice: UUID = Field(foreign_key="public.invoices.id", primary_key=True)
    register_id: UUID = Field(
        foreign_key="flows.meter_registers.register_id",
        primary_key=True,
        index=True,
        sa_column_kwargs={"name": "register"},
    )
    serial: str
    element: str
    opened_at: datetime
    opening_read: Decimal | None = None
    opening_source: ReadSource | None = Field(default=None, sa_type=STATE)
    closed_at: datetime
    closing_read: Decimal | None = None
    closing_source: ReadSource | None = Field(default=None, sa_type=STATE)


class BillingRunAccount(Dated, table=True):
    """What became of an account in a run: an invoice, or the machine's reason and a person's details."""

    __tablename__ = "billing_run_accounts"
    __table_args__ = PUBLIC

    run: UUID = Field(foreign_key="public.billing_runs.id", ondelete="CASCADE", primary_key=True)
    account: UUID = Field(foreign_key="public.accounts.id", primary_key=True, index=True)
    outcome: Outcome = Field(sa_type=STATE)
    reason: str | None = None
    details: str | None = None
    invoice: UUID | None = Field(default=None, foreign_key="public.invoices.id", index=True)


class Document(Identified, Created, table=True):
    """An invoice or a credit note as a file."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("invoice", "media_type"),
        UniqueConstraint("credit_note", "media_type"),
        PUBLIC,
    )

    invoice: UUID | None = Field(default=None, foreign_key="public.invoices.id")
    credit_note: UUID | None = Field(default=None, foreign_key="public.credit_notes.id")
    file_name: str
    media_type: str
    content: bytes
