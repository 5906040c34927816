"""Closings in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from flows_shared.db import Connection
from flows_shared.vocabulary.billing import ReadSource

ACCOUNT = """
    SELECT account.id, account.account_number AS number, account.property AS premises, account.type, account.status,
           account.start_date, account.end_date, closing.last_day AS closed_on
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property
      LEFT JOIN public.account_closings AS closing ON closing.account = account.id
     WHERE property.esco = $1 AND account.account_number = $2
       FOR NO KEY UPDATE OF account
"""
CLOSE = "UPDATE public.accounts SET status = 'closed', end_date = $2 WHERE id = $1"
NOTE = """
    INSERT INTO public.account_closings (account, last_day, requested_by) VALUES ($1, $2, $3)
        ON CONFLICT (account) DO NOTHING
"""
# The home's registers at the end: of its meter, or of one that this came after since.
HOME = """
    WITH home AS (
        SELECT line.register_id, line.element
          FROM flows.meter_line(ARRAY(
               SELECT property.supply_meter
                 FROM public.accounts AS account JOIN public.properties AS property ON property.id = account.property
                WHERE account.id = $1)) AS line
         WHERE line.nature <> 'solar' AND line.start_time < $2 AND (line.end_time IS NULL OR line.end_time >= $2)
    )
"""
READS = f"""{HOME}
    SELECT home.register_id, home.element, counted.read, counted.source
      FROM home JOIN LATERAL flows.register_read_at(home.register_id, $2) AS counted ON true
"""
REGISTERS = f"{HOME} SELECT register_id, element FROM home"
STORE_READS = """
    INSERT INTO public.closing_reads AS held (account, register, read, source)
    SELECT $1, row.* FROM unnest($2::uuid[], $3::numeric[], $4::text[]) AS row
        ON CONFLICT (account, register) DO UPDATE SET read = excluded.read, source = excluded.source
     WHERE (held.read, held.source) <> (excluded.read, excluded.source)
"""
SUCCESSOR = """
    SELECT next.id
      FROM public.accounts AS account
      JOIN public.accounts AS next ON next.property = account.property AND next.id <> account.id
     WHERE account.id = $1 AND next.type = 'supply' AND next.status <> 'closed' AND next.start_date <= $2
       AND (next.end_date IS NULL OR next.end_date >= $2)
     LIMIT 1
"""
# The account's own owner, else the property's; whoever is the occupier that moves out is no owner to be billed.
OWNER = """
    SELECT owner.customer
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property,
           LATERAL (SELECT customer, 1 AS rank FROM public.customer_accounts
                     WHERE customer_accounts.account = account.id AND role = 'owner'
                    UNION ALL SELECT customer, 2 FROM public.registered_proprietors
                     WHERE registered_proprietors.property = property.id AND customer IS NOT NULL
                    UNION ALL SELECT property.owner, 3 WHERE property.owner IS NOT NULL) AS owner
     WHERE account.id = $1
       AND owner.customer NOT IN (SELECT customer FROM public.customer_accounts
                                   WHERE customer_accounts.account = $1 AND role = 'occupier')
       AND EXISTS (SELECT FROM public.customer_accounts WHERE customer_accounts.account = $1 AND role = 'occupier')
     ORDER BY owner.rank
     LIMIT 1
"""
OPEN_ACCOUNT = """
    INSERT INTO public.accounts (property, type, status, start_date, payment_method)
    VALUES ($1, 'supply', 'open', $2, 'bank_transfer') RETURNING id
"""
ADD_OWNER = "INSERT INTO public.customer_accounts (customer, account, role) VALUES ($1, $2, 'owner')"
NOTE_SUCCESSOR = "UPDATE public.account_closings SET next_account = $2 WHERE account = $1 AND next_account IS NULL"
HOLD_CLOSING = "SELECT refund_pence FROM public.account_closings WHERE account = $1 FOR UPDATE"
NOTE_REFUND = "UPDATE public.account_closings SET refund_pence = $2 WHERE account = $1"
BILLED_BEFORE = """
    SELECT EXISTS (SELECT FROM public.invoices WHERE account = $1 AND period_start < $2
                                                 AND status NOT IN ('draft', 'void'))
"""
NEXT_NUMBER = """
    SELECT next.account_number
      FROM public.account_closings AS closing JOIN public.accounts AS next ON next.id = closing.next_account
     WHERE closing.account = $1
"""


@dataclass(frozen=True, slots=True)
class ClosingAccount:
    """An account that is to be closed, or was: `closed_on` is the last day of its closing."""

    id: UUID
    number: int
    premises: UUID
    type: str
    status: str
    start_date: date
    end_date: date | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class RegisterRead:
    """What a register had counted at the end of the last day."""

    register: UUID
    element: str
    read: Decimal
    source: ReadSource


async def closing_account(db: Connection, esco: UUID, number: int) -> ClosingAccount | None:
    """Held until the transaction ends."""
    row = await db.fetchrow(ACCOUNT, esco, number)
    return ClosingAccount(**row) if row else None


async def close(db: Connection, account: UUID, last_day: date, requested_by: str) -> None:
    await db.execute(CLOSE, account, last_day)
    await db.execute(NOTE, account, last_day, requested_by)


async def known_reads(db: Connection, account: UUID, until: datetime) -> list[RegisterRead]:
    """By the meter's own count, in the registers that there are at the end."""
    return [RegisterRead(*row) for row in await db.fetch(READS, account, until)]


async def open_registers(db: Connection, account: UUID, until: datetime) -> dict[str, UUID]:
    """By element."""
    return {row["element"]: row["register_id"] for row in await db.fetch(REGISTERS, account, until)}


async def store_reads(db: Connection, account: UUID, reads: Mapping[UUID, RegisterRead]) -> None:
    rows = [(read.register, read.read, read.source) for read in reads.values()]
    if rows:
        await db.execute(STORE_READS, account, *zip(*rows, strict=True))


async def hand_over(db: Connection, account: ClosingAccount, first_day: date) -> None:
    """Bill the empty home to its owner from a day on: by an account that there is, or a new one."""
    successor: UUID | None = await db.fetchval(SUCCESSOR, account.id, first_day)
    if successor is None:
        owner: UUID | None = await db.fetchval(OWNER, account.id)
        if owner is None:
            return
        successor = await db.fetchval(OPEN_ACCOUNT, account.premises, first_day)
        await db.execute(ADD_OWNER, owner, successor)
    await db.execute(NOTE_SUCCESSOR, account.id, successor)


async def next_number(db: Connection, account: UUID) -> int | None:
    """The number of the account that the home is billed to next."""
    number: int | None = await db.fetchval(NEXT_NUMBER, account)
    return number


async def was_billed_before(db: Connection, account: UUID, day: date) -> bool:
    found: bool = await db.fetchval(BILLED_BEFORE, account, day)
    return found


async def refunded_pence(db: Connection, account: UUID) -> int | None:
    """What was paid back at its closing, which is held until the transaction ends."""
    pence: int | None = await db.fetchval(HOLD_CLOSING, account)
    return pence


async def note_refund(db: Connection, account: UUID, pence: int) -> None:
    await db.execute(NOTE_REFUND, account, pence)
