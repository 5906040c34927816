"""Take the evidence of a month: read every control, store nothing."""

from datetime import datetime

from flows_billing.communities.esco import Esco
from flows_billing.communities.months import require_finished
from flows_billing.ledger.check import check_ledger
from flows_billing.month_end.accrual import accrued
from flows_billing.month_end.controls import controls
from flows_billing.month_end.evidence import DUE, Evidence, EvidenceHeading, make_evidence
from flows_billing.month_end.exceptions import exceptions
from flows_billing.month_end.table import EvidenceTable
from flows_billing.proof.invoices import verify_invoices
from flows_billing.settings import RunSettings
from flows_shared.db import Connection, Database
from flows_shared.time import Month


async def take_evidence(
    db: Database, esco: Esco, month: Month, settings: RunSettings, *, now: datetime, by: str
) -> Evidence:
    """Of a month that has ended; before its run, all of its energy is unbilled."""
    require_finished(month, esco, now)
    unbilled = await accrued(db, esco, month, settings)
    async with db.connection() as connection:
        checks = await _checks(connection, esco, month, settings)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            accounts, *tables = await controls(connection, esco.id, month)
            decided = await exceptions(connection, esco.id, month)
    return make_evidence(EvidenceHeading(esco.code, month, now, by), [accounts, unbilled, *tables, decided, checks])


async def _checks(db: Connection, esco: Esco, month: Month, settings: RunSettings) -> EvidenceTable:
    """Of the whole ledger of the community, and of the month's invoices; what a person has decided is no exception."""
    ledger = await check_ledger(db, [esco.id])
    invoices = await verify_invoices(db, esco=esco.id, month=month, settings=settings)
    rows = [("ledger", found.check, found.name, found.expected, found.found) for found in ledger.findings]
    rows += [
        (DUE if found.standing == "due" else "invoices", found.check, found.invoice, found.expected or "", found.found)
        for found in invoices.findings
        if found.standing != "decided"
    ]
    about = f"What disagrees, of {ledger.entries} ledger entries and {invoices.invoices} invoices"
    return EvidenceTable("checks", about, ("of", "check", "name", "expected", "found"), rows)
