"""What stands on an account, as its customer reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flows_billing.errors import UnknownAccount
from flows_shared.db import Connection

ACCOUNT = "SELECT id FROM public.accounts WHERE account_number = $1"
LINES = """
    SELECT entry_date, kind, reference, description, amount_pence, balance_pence
      FROM public.account_statements WHERE account = $1 ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Positive amounts are charged, negative ones paid or credited; the balance is owed after the line."""

    entry_date: date
    kind: str
    reference: str
    description: str
    amount_pence: int
    balance_pence: int


async def account_of_number(db: Connection, number: int) -> UUID:
    """Account numbers are unique over all communities."""
    account: UUID | None = await db.fetchval(ACCOUNT, number)
    if account is None:
        raise UnknownAccount(number)
    return account


async def statement_of(db: Connection, account: UUID) -> Sequence[StatementLine]:
    """All lines, the oldest first."""
    return [StatementLine(**row) for row in await db.fetch(LINES, account)]
