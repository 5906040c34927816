"""What tests of corrections ask for and look at."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from billing.community import OCTOBER, Community, Home
from flows_billing.communities.esco import Esco
from flows_billing.corrections.rebill import rebill
from flows_billing.corrections.rebilling import Confirmation, Rebilling
from flows_billing.proof.finding import Finding
from flows_billing.proof.invoices import verify_invoices
from flows_billing.settings import RunSettings
from flows_billing.stores.communities import find_escos
from flows_shared.time import Month, Period
from flows_shared.vocabulary.billing import CorrectionCause

LAST_DAY = Period(datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))

NOVEMBER_20 = datetime(2026, 11, 20, 9, tzinfo=UTC)


async def esco_of(community: Community) -> Esco:
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
    return esco


async def rebilled(
    community: Community,
    *,
    confirm: bool = False,
    month: Month = OCTOBER,
    now: datetime = NOVEMBER_20,
    only: Sequence[UUID] | None = None,
    causes: Collection[CorrectionCause] = (),
    reason: str | None = None,
) -> Rebilling:
    confirmation = Confirmation("a test", reason) if confirm else None
    esco = await esco_of(community)
    return await rebill(
        community.billing, esco, month, RunSettings(), now, only=only, causes=causes, confirmation=confirmation
    )


async def invoices(community: Community, home: Home) -> list[tuple[Any, ...]]:
    """Number, status and total, in the order of the numbers."""
    rows = await community.rows(
        "SELECT number, status, total_pence FROM public.invoices WHERE account = $1 ORDER BY number", home.account
    )
    return [tuple(row) for row in rows]


async def credit_notes(community: Community) -> list[asyncpg.Record]:
    """With the numbers of the invoice taken back and of the one in its place."""
    return await community.rows(
        """SELECT note.*, wrong.number AS invoice_number, right_one.number AS replacement_number
             FROM public.credit_notes AS note
             JOIN public.invoices AS wrong ON wrong.id = note.invoice
             LEFT JOIN public.invoices AS right_one ON right_one.id = note.replacement
            ORDER BY note.number"""
    )


async def owed(community: Community, home: Home) -> int:
    """The balance of the account in the ledger."""
    found: int = await community.value(
        """SELECT coalesce(sum(posting.amount_pence), 0)::bigint
             FROM public.ledger_postings AS posting
             JOIN public.ledger_accounts AS account ON account.id = posting.ledger_account
            WHERE account.account = $1""",
        home.account,
    )
    return found


async def due(community: Community) -> list[asyncpg.Record]:
    return await community.rows("SELECT * FROM public.corrections_due ORDER BY number, cause, line")


async def findings(community: Community) -> list[Finding]:
    async with community.billing.connection() as connection:
        return list((await verify_invoices(connection)).findings)


async def one_day(community: Community, **home: Any) -> Home:
    """A home of the 31st of October: 48 x 0.2 = 9.6 kWh x 20p = 192p, and 50p for the day: 242p, of which 12p VAT."""
    made = await community.home(start_date=date(2026, 10, 31), **home)
    await community.measure(made.registers["SINGLE"], LAST_DAY, "0.2")
    return made
