"""Accounts as the database holds them."""

from collections.abc import Sequence
from uuid import UUID

from flows_billing.accounts.account import Account, OtherAccount, Party, Register, Supplier
from flows_billing.days import Days
from flows_billing.errors import UnknownAccount
from flows_shared.db import Connection
from flows_shared.time import Month

IN_MONTH = """property.esco = $1
       AND account.type = 'supply'
       AND account.start_date < $3
       AND (account.end_date IS NULL OR account.end_date >= $2)
       AND ($4::uuid[] IS NULL OR account.id = ANY($4))
       AND ($5 OR NOT EXISTS (SELECT FROM public.invoices AS invoice
                               WHERE invoice.account = account.id AND invoice.status <> 'void'
                                 AND invoice.period_start >= $2 AND invoice.period_start < $3))"""
# A meter in prepay mode bills itself, whatever the account says.
ACCOUNTS = f"""
    SELECT account.id, account.account_number AS number, account.property AS premises, account.status,
           account.start_date, account.end_date, account.payment_method,
           account.payment_method = 'prepay' OR coalesce(meter.prepay_enabled, false) AS prepay,
           property.supply_meter AS meter
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property
      LEFT JOIN public.meters AS meter ON meter.id = property.supply_meter
     WHERE {IN_MONTH}
     ORDER BY account.account_number
"""
IDS = f"""
    SELECT account.id
      FROM public.accounts AS account JOIN public.properties AS property ON property.id = account.property
     WHERE {IN_MONTH}
     ORDER BY account.account_number
"""
PARTIES = """
    SELECT account, customer, role, start_date, end_date
      FROM public.customer_accounts
     WHERE account = ANY($1)
     ORDER BY account, created_at, id
"""
OTHER_ACCOUNTS = """
    SELECT account.id, other.account_number, other.start_date, other.end_date,
           EXISTS (SELECT FROM public.customer_accounts AS party
                    WHERE party.account = other.id AND party.role = 'occupier') AS is_occupied
      FROM public.accounts AS account
      JOIN public.accounts AS other ON other.property = account.property AND other.id <> account.id
     WHERE account.id = ANY($1)
       AND other.type = 'supply' AND other.status <> 'pending'
       AND other.start_date < $3
       AND (other.end_date IS NULL OR other.end_date >= $2)
"""
REGISTERS = """
    SELECT meter, register_id AS id, element, nature, start_time AS start, end_time AS end
      FROM flows.meter_line($1)
     WHERE nature <> 'solar'
     ORDER BY meter, element, start_time
"""
SUPPLIERS = """
    SELECT account, valid_from, supplier
      FROM public.account_suppliers
     WHERE account = ANY($1) AND valid_from < $2
     ORDER BY account, valid_from
"""
NUMBERS = "SELECT id, account_number FROM public.accounts WHERE id = ANY($1) ORDER BY account_number"
BY_NUMBER = """
    SELECT account.id
      FROM public.accounts AS account JOIN public.properties AS property ON property.id = account.property
     WHERE property.esco = $1 AND account.account_number = $2
"""


async def account_by_number(db: Connection, esco: UUID, number: int) -> UUID:
    account: UUID | None = await db.fetchval(BY_NUMBER, esco, number)
    if account is None:
        raise UnknownAccount(number)
    return account


async def account_numbers(db: Connection, accounts: Sequence[UUID]) -> dict[UUID, int]:
    """By account, in the order of their numbers."""
    return {row["id"]: row["account_number"] for row in await db.fetch(NUMBERS, accounts)}


async def supply_account_ids(
    db: Connection, esco: UUID, month: Month, *, only: Sequence[UUID] | None = None, billed_too: bool = False
) -> list[UUID]:
    """Those that `supply_accounts` reads, whether or not they can be read."""
    days = Days.of(month)
    return [row["id"] for row in await db.fetch(IDS, esco, days.start, days.end, only, billed_too)]


async def supply_accounts(
    db: Connection, esco: UUID, month: Month, *, only: Sequence[UUID] | None = None, billed_too: bool = False
) -> list[Account]:
    """Supply accounts that were there in the month, by their number; without those that have an invoice for it."""
    days = Days.of(month)
    rows = await db.fetch(ACCOUNTS, esco, days.start, days.end, only, billed_too)
    ids = [row["id"] for row in rows]
    registers = await _registers(db, [row["meter"] for row in rows if row["meter"]])
    parties = await _parties(db, ids)
    other_accounts = await _other_accounts(db, ids, days)
    suppliers = await _suppliers(db, ids, days)
    return [
        Account(
            id=row["id"],
            number=row["number"],
            premises=row["premises"],
            status=row["status"],
            start_date=row["start_date"],
            end_date=row["end_date"],
            payment_method=row["payment_method"],
            prepay=row["prepay"],
            parties=parties.get(row["id"], ()),
            registers=registers.get(row["meter"], ()),
            other_accounts=other_accounts.get(row["id"], ()),
            suppliers=suppliers.get(row["id"], ()),
        )
        for row in rows
    ]


async def _registers(db: Connection, meters: Sequence[UUID]) -> dict[UUID, tuple[Register, ...]]:
    found: dict[UUID, tuple[Register, ...]] = {}
    for row in await db.fetch(REGISTERS, meters):
        register = Register(row["id"], row["element"], row["nature"], row["start"], row["end"])
        found[row["meter"]] = (*found.get(row["meter"], ()), register)
    return found


async def _parties(db: Connection, accounts: Sequence[UUID]) -> dict[UUID, tuple[Party, ...]]:
    found: dict[UUID, tuple[Party, ...]] = {}
    for account, *values in await db.fetch(PARTIES, accounts):
        found[account] = (*found.get(account, ()), Party(*values))
    return found


async def _other_accounts(db: Connection, accounts: Sequence[UUID], days: Days) -> dict[UUID, tuple[OtherAccount, ...]]:
    found: dict[UUID, tuple[OtherAccount, ...]] = {}
    for account, *values in await db.fetch(OTHER_ACCOUNTS, accounts, days.start, days.end):
        found[account] = (*found.get(account, ()), OtherAccount(*values))
    return found


async def _suppliers(db: Connection, accounts: Sequence[UUID], days: Days) -> dict[UUID, tuple[Supplier, ...]]:
    found: dict[UUID, tuple[Supplier, ...]] = {}
    for account, *values in await db.fetch(SUPPLIERS, accounts, days.end):
        found[account] = (*found.get(account, ()), Supplier(*values))
    return found
