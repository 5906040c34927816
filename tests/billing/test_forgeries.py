"""Whatever is changed, added or removed past the database's own guards, verification names it."""

import re
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from billing.community import OCTOBER, Community
from billing.truthful import Homes, bill_all
from flows_billing.proof.invoices import verify_invoices
from flows_shared.contracts.verifications import Verification
from flows_shared.db import Connection

FORGERIES: Final = Path(__file__).with_name("forgeries.sql")
NAMED: Final = re.compile(r"^-- (?P<name>[^|\n]+) \| (?P<word>.+)\n(?P<statements>(?:(?!-- ).*\n?)+)", re.MULTILINE)


def forgeries() -> dict[str, tuple[str, str]]:
    """Statements, and a word of the check that must name them."""
    return {each["name"]: (each["statements"], each["word"]) for each in NAMED.finditer(FORGERIES.read_text())}


async def invoice_ids(community: Community, homes: Homes) -> dict[str, str]:
    rows = await community.rows("SELECT id, number, account, status FROM public.invoices ORDER BY number, id")
    names: dict[str, str] = {"last": str(rows[-1]["id"])}
    for name, home in vars(homes).items():
        account = home.account
        [standing, *_] = [row for row in rows if row["account"] == account and row["status"] != "void"]
        names |= {name: str(standing["id"]), f"{name}_number": standing["number"]}
        names[f"{name}_energy"] = f"invoice = '{standing['id']}' AND kind = 'energy'"
        names[f"{name}_entry"] = f"entry = (SELECT id FROM public.ledger_entries WHERE invoice = '{standing['id']}')"
    [void] = [row for row in rows if row["status"] == "void" and row["account"] == homes.corrected.account]
    return names | {"credited": str(void["id"])}


RESEAL: Final = """
    UPDATE flows.seals SET sha256 = flows.digest(flows.sealed_text(invoice)), name = invoice.number
      FROM public.invoices AS invoice WHERE kind = 'invoice' AND subject = invoice.id;
    UPDATE flows.seals SET sha256 = lines.sha256
      FROM (SELECT invoice, flows.digest(string_agg(flows.sealed_text(line), '' ORDER BY position, id)) AS sha256
              FROM public.invoice_lines AS line GROUP BY invoice) AS lines
     WHERE kind = 'lines' AND subject = lines.invoice;
"""


async def checks_after(db: Connection, forgery: str) -> list[str]:
    """What verification says of the month after a forgery, which is then undone."""
    transaction = db.transaction()
    await transaction.start()
    try:
        await db.execute("SET LOCAL session_replication_role = replica")
        await db.execute(forgery)
        found = await verify_invoices(db, month=OCTOBER)
        return [finding.check for finding in found.findings if finding.standing == "wrong"]
    finally:
        await transaction.rollback()


async def verified(community: Community, **asked: object) -> Verification:
    async with community.billing.connection() as connection:
        return await verify_invoices(connection, **asked)  # type: ignore[arg-type]


@pytest.mark.timeout(400)  # the month is verified anew twice for each forgery
async def test_every_forgery_is_named_and_the_truth_is_not(community: Community) -> None:
    homes = await bill_all(community)
    truth = await verified(community)
    assert (truth.invoices, truth.findings) == (19, ())
    assert (await verified(community, month=OCTOBER, esco=community.esco)).findings == ()
    names = await invoice_ids(community, homes)
    missed, sealed_anew = {}, []
    async with community.db.connection() as connection:
        for forgery, (statements, word) in forgeries().items():
            checks = await checks_after(connection, statements.format(**names))
            if not any(word in check for check in checks):
                missed[forgery] = checks
            if not await checks_after(connection, f"{statements.format(**names)};{RESEAL}"):
                sealed_anew.append(forgery)
    assert missed == {}
    assert sealed_anew == ["words of a line", "seal"]  # what else is forged follows from its sources no more
    assert len(forgeries()) >= 72


async def refused(community: Community, statement: str, **names: str) -> str:
    """What the database answers the billing service's own login."""
    async with community.billing.connection() as connection:
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)) as refusal:
            await connection.execute(statement.format(**names))
    return str(refusal.value)


ADDED_LINE: Final = """
    INSERT INTO public.invoice_lines (invoice, position, kind, description, quantity, unit, rate, amount_pence,
                                      includes_vat, vat_rate, period_start, period_end)
    SELECT id, 9, 'adjustment', 'Less', 1, 'item', -1, -100, true, 0.05, period_start, period_end
      FROM public.invoices WHERE id = '{flat}'
"""
ADDED_POSTINGS: Final = """
    INSERT INTO public.ledger_postings (entry, ledger_account, amount_pence)
    SELECT entry, ledger_account, sign * amount_pence
      FROM public.ledger_postings, (VALUES (1), (-1)) AS twice (sign) WHERE {flat_entry}
"""
ADDED_SEAL: Final = """
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'lines', id, esco, number, '' FROM public.invoices
"""
REFUSED: Final = {
    ADDED_LINE: "its lines are inserted with it",
    f"UPDATE public.invoices SET status = 'overdue' WHERE id = '{{flat}}'; {ADDED_LINE}": "are inserted with it",
    ADDED_POSTINGS: "its postings are inserted by one statement",
    "UPDATE public.invoice_series SET last_number = last_number - 1": "only go on",
    "UPDATE public.invoice_series SET last_credit_note = 0": "only go on",
    "UPDATE public.invoice_series SET prefix = 'OTHER'": "only go on",
    "DELETE FROM public.invoice_series": "only go on",
    "UPDATE flows.seals SET sha256 = ''": "permission denied",
    ADDED_SEAL: "permission denied",
    "DELETE FROM public.documents": "permission denied",
    "UPDATE public.documents SET content = ''": "permission denied",
}


async def test_billing_service_cannot_change_what_was_issued(community: Community) -> None:
    homes = await bill_all(community)
    names = await invoice_ids(community, homes)
    for statement, answer in REFUSED.items():
        assert answer in await refused(community, statement, **names), statement
    assert (await verified(community)).findings == ()
