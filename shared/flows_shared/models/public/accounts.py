"""Accounts, who has a part in them, and the contracts behind them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Index, UniqueConstraint, text
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, STATE, Dated, Identified, computed, default
from flows_shared.vocabulary.people import (
    AccountEventType,
    AccountStatus,
    AccountType,
    ContractSubtype,
    MandateStatus,
    PartyRole,
    PaymentMethod,
)

# ISO 11649: R is 27, F is 15.
PAYMENT_REFERENCE = (
    "'RF' || lpad((98 - (account_number::numeric * 1000000 + 271500) % 97)::text, 2, '0') || account_number::text"
)


class ContractTerms(Identified, Dated, table=True):
    """The text that a contract of a type refers to, by version."""

    __tablename__ = "contract_terms"
    __table_args__ = PUBLIC

    version: str
    type: AccountType = Field(sa_type=STATE)
    subtype: ContractSubtype | None = Field(default=None, sa_type=STATE)
    summary_text: str | None = None
    short_description: str | None = None


class ContractTermsEsco(Identified, Dated, table=True):
    """Which terms a community offers."""

    __tablename__ = "contract_terms_esco"
    __table_args__ = (UniqueConstraint("terms", "esco"), PUBLIC)

    terms: UUID = Field(foreign_key="public.contract_terms.id", ondelete="CASCADE")
    esco: UUID = Field(foreign_key="flows.escos.id", ondelete="CASCADE", index=True)


class Contract(Identified, Dated, table=True):
    """Signed terms behind an account. `signed` is kept by the database, from the signatures."""

    __tablename__ = "contracts"
    __table_args__ = PUBLIC

    esco: UUID | None = Field(default=None, foreign_key="flows.escos.id", index=True)
    terms: UUID | None = Field(default=None, foreign_key="public.contract_terms.id", index=True)
    type: AccountType = Field(sa_type=STATE)
    effective_date: date | None = None
    end_date: date | None = None
    signatures_required: int = default(1)
    signed: bool = default(False)
    signed_contract_url: str | None = None


class Account(Identified, Dated, table=True):
    """Supply, solar or EV charging of a property, billed from `start_date` to `end_date`, both included."""

    __tablename__ = "accounts"
    __table_args__ = PUBLIC

    account_number: int = computed("nextval('public.account_numbers')", sa_type=BigInteger, unique=True)
    property: UUID = Field(foreign_key="public.properties.id", index=True)
    current_contract: UUID | None = Field(default=None, foreign_key="public.contracts.id", index=True)
    type: AccountType = Field(sa_type=STATE)
    status: AccountStatus = default("pending", sa_type=STATE)
    start_date: date = computed("CURRENT_DATE")
    end_date: date | None = None
    name: str | None = None
    payment_method: PaymentMethod = default("direct_debit", sa_type=STATE)
    payment_reference: str = Field(unique=True, sa_column_args=(Computed(PAYMENT_REFERENCE, persisted=True),))


class DirectDebitMandate(Identified, Dated, table=True):
    """Whether an account is collected from, on its days: only where one is active does a bill say so."""

    __tablename__ = "direct_debit_mandates"
    __table_args__ = (
        Index("direct_debit_mandates_one_active", "account", unique=True, postgresql_where=text("status = 'active'")),
        PUBLIC,
    )

    account: UUID = Field(foreign_key="public.accounts.id", ondelete="CASCADE", index=True)
    reference: str = Field(unique=True)
    status: MandateStatus = default("pending", sa_type=STATE)
    valid_from: date = computed("CURRENT_DATE")
    valid_to: date | None = None


class CustomerAccount(Identified, Dated, table=True):
    """A customer's part in an account, from its first to its last day where these are given."""

    __tablename__ = "customer_accounts"
    __table_args__ = (UniqueConstraint("customer", "account", "role"), PUBLIC)

    customer: UUID = Field(foreign_key="public.customers.id")
    account: UUID = Field(foreign_key="public.accounts.id", ondelete="CASCADE", index=True)
    role: PartyRole = Field(sa_type=STATE)
    notes: str | None = None
    start_date: date | None = None
    end_date: date | None = None


class AccountEvent(Identified, Dated, table=True):
    """What happened to an account."""

    __tablename__ = "account_events"
    __table_args__ = PUBLIC

    account: UUID = Field(foreign_key="public.accounts.id", ondelete="CASCADE", index=True)
    history_type: AccountEventType = Field(sa_type=STATE)
    event_timestamp: datetime = computed("now()")


class ContractSignature(Identified, Dated, table=True):
    """One row a signer; signed_at is null until they sign."""

    __tablename__ = "contract_signatures"
    __table_args__ = (UniqueConstraint("contract", "customer"), PUBLIC)

    contract: UUID = Field(foreign_key="public.contracts.id", ondelete="CASCADE")
    customer: UUID = Field(foreign_key="public.customers.id", index=True)
    signed_at: datetime | None = None
