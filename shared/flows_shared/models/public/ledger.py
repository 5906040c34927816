"""The double-entry books: can be added to, never changed."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Identity, UniqueConstraint
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, STATE, Created, Identified, Table
from flows_shared.vocabulary.money import EntryKind, LedgerType


class LedgerAccount(Identified, Created, table=True):
    """An account of the books; a receivable is of one customer account."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (UniqueConstraint("esco", "code", "account", postgresql_nulls_not_distinct=True), PUBLIC)

    esco: UUID = Field(foreign_key="flows.escos.id")
    code: str
    name: str
    type: LedgerType = Field(sa_type=STATE)
    account: UUID | None = Field(default=None, foreign_key="public.accounts.id", index=True)


class LedgerEntry(Identified, Created, table=True):
    """One business event in the books."""

    __tablename__ = "ledger_entries"
    __table_args__ = (UniqueConstraint("kind", "reference"), PUBLIC)

    esco: UUID = Field(foreign_key="flows.escos.id", index=True)
    entry_date: date
    kind: EntryKind = Field(sa_type=STATE)
    reference: str
    description: str
    invoice: UUID | None = Field(default=None, foreign_key="public.invoices.id", index=True)


class LedgerPosting(Table, table=True):
    """Debit positive, credit negative; the postings of an entry sum to zero."""

    __tablename__ = "ledger_postings"
    __table_args__ = PUBLIC

    id: int | None = Field(default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(always=True),))
    entry: UUID = Field(foreign_key="public.ledger_entries.id", index=True)
    ledger_account: UUID = Field(foreign_key="public.ledger_accounts.id", index=True)
    amount_pence: int = Field(sa_type=BigInteger)
