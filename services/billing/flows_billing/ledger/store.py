"""The ledger in the database, which checks that every entry balances."""

from collections.abc import Sequence
from uuid import UUID

from flows_billing.ledger.entries import Entry
from flows_shared.db import Connection

MAKE_ACCOUNTS = """
    INSERT INTO public.ledger_accounts (esco, code, type, name, account)
    SELECT $1, code, code.type, code.name, wanted.account
      FROM unnest($2::text[], $3::uuid[]) AS wanted (code, account)
      JOIN flows.ledger_codes() AS code USING (code)
     ORDER BY code, wanted.account
        ON CONFLICT (esco, code, account) DO NOTHING
"""
ACCOUNTS = """
    SELECT code, account, id FROM public.ledger_accounts WHERE esco = $1 AND (account IS NULL OR account = ANY($2))
"""
INSERT_ENTRIES = """
    INSERT INTO public.ledger_entries (esco, id, kind, reference, description, entry_date, invoice)
    SELECT $1, row.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::uuid[]) AS row
"""
INSERT_POSTINGS = """
    INSERT INTO public.ledger_postings (entry, ledger_account, amount_pence)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[])
"""


async def post_entries(db: Connection, esco: UUID, entries: Sequence[Entry]) -> None:
    """Add entries and their postings; ledger accounts are made where they are missing."""
    if not entries:
        return
    accounts = await _ledger_accounts(db, esco, entries)
    rows = [(e.id, e.kind, e.reference, e.description, e.entry_date, e.invoice) for e in entries]
    await db.execute(INSERT_ENTRIES, esco, *zip(*rows, strict=True))
    postings = [
        (entry.id, accounts[posting.code, posting.account], posting.amount_pence)
        for entry in entries
        for posting in entry.postings
    ]
    await db.execute(INSERT_POSTINGS, *zip(*postings, strict=True))


async def _ledger_accounts(db: Connection, esco: UUID, entries: Sequence[Entry]) -> dict[tuple[str, UUID | None], UUID]:
    wanted = {(posting.code, posting.account) for entry in entries for posting in entry.postings}
    await db.execute(MAKE_ACCOUNTS, esco, *zip(*wanted, strict=True))
    customers = [account for _, account in wanted if account]
    return {(row["code"], row["account"]): row["id"] for row in await db.fetch(ACCOUNTS, esco, customers)}
