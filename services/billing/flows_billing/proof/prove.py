"""A month proven as a whole: its invoices, what they would be today, their series, the books and the sharing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from flows_billing.bills.sharing import share_month
from flows_billing.communities.esco import Esco
from flows_billing.communities.months import require_finished
from flows_billing.corrections.rebill import rebill
from flows_billing.corrections.rebilling import RebilledAccount, Rebilling
from flows_billing.ledger.check import check_ledger
from flows_billing.proof.finding import Subject, Verification
from flows_billing.proof.invoices import verify_invoices
from flows_billing.proof.known import known_changes
from flows_billing.settings import RunSettings
from flows_shared.contracts.ledger import LedgerCheck
from flows_shared.contracts.sharing import SharedGroup
from flows_shared.db import Connection, Database
from flows_shared.time import Month

ACCOUNTS: Final = "SELECT account FROM public.invoices WHERE number = ANY($1)"


@dataclass(frozen=True, slots=True)
class Problem:
    subject: str
    check: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class ProvedPart:
    """`looked_at` says to a person how much was."""

    name: str
    looked_at: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    esco: Esco
    month: Month
    parts: tuple[ProvedPart, ...]

    @property
    def problems(self) -> int:
        return sum(len(part.problems) for part in self.parts)


async def prove_month(db: Database, esco: Esco, month: Month, settings: RunSettings, now: datetime) -> Proof:
    """Of a month that has ended. Nothing is stored but calendars of bands."""
    require_finished(month, esco, now)
    async with db.connection() as connection:
        verified = await verify_invoices(connection, esco=esco.id, month=month, settings=settings)
        books = await check_ledger(connection, [esco.id])
        groups = await share_month(connection, esco.id, month, esco.zone)
        decided = await _decided(connection, esco, month)
    again = await rebill(db, esco, month, settings, now)
    return Proof(esco, month, (*_invoices(verified), _again(again, decided), _books(books), _sharing(verified, groups)))


async def _decided(db: Connection, esco: Esco, month: Month) -> set[UUID]:
    """Accounts whose invoices a person leaves as they are."""
    known = await known_changes(db, (esco.id, month.first_day, None))
    numbers = [number for number, change in known.items() if change.is_decided]
    open_ = [number for number, change in known.items() if not change.is_decided]
    accounts = {row["account"] for row in await db.fetch(ACCOUNTS, numbers)}
    return accounts - {row["account"] for row in await db.fetch(ACCOUNTS, open_)}


def _invoices(verified: Verification) -> tuple[ProvedPart, ProvedPart]:
    return (
        ProvedPart("invoices", f"{verified.invoices} invoices computed again", _problems(verified, "invoices")),
        ProvedPart("series", "all numbers of the community", _problems(verified, "series")),
    )


def _again(again: Rebilling, decided: set[UUID]) -> ProvedPart:
    left = [account for account in again.accounts if account.account not in decided]
    problems = tuple(_differing(account) for account in left if account.outcome != "unchanged")
    left_as_is = len(again.accounts) - len(left)
    extent = f"{len(again.accounts)} accounts billed again" + (
        f", {left_as_is} left by a decision" if left_as_is else ""
    )
    return ProvedPart("corrections", extent, problems)


def _differing(account: RebilledAccount) -> Problem:
    invoices = ", ".join(each.invoice for each in account.corrections if each.invoice)
    after, before = (
        sum(getattr(each, side) for each in account.corrections) for side in ("after_pence", "before_pence")
    )
    amounts = (f"{after}p", f"{before}p") if account.corrections else ("", account.details or "")
    return Problem(invoices or str(account.account_number), account.outcome.replace("_", " "), *amounts)


def _books(books: LedgerCheck) -> ProvedPart:
    problems = [Problem(found.name, found.check, found.expected, found.found) for found in books.findings]
    if books.total_pence:
        problems.append(Problem("ledger", "sum of all postings", "0", str(books.total_pence)))
    return ProvedPart("ledger", f"{books.entries} entries", tuple(problems))


def _sharing(verified: Verification, groups: Sequence[SharedGroup]) -> ProvedPart:
    problems = [*_problems(verified, "sharing")]
    for group in groups:
        given = group.shared_kwh + group.surplus_kwh
        if not group.generation_missing and given != group.generation_kwh:
            problems.append(Problem(group.name, "kWh shared and surplus", f"{group.generation_kwh}", f"{given}"))
    return ProvedPart("sharing", f"{len(groups)} groups", tuple(problems))


def _problems(verified: Verification, subject: Subject) -> tuple[Problem, ...]:
    wrong = [found for found in verified.findings if found.standing == "wrong" and found.subject == subject]
    return tuple(Problem(found.invoice, found.check, found.expected or "", found.found) for found in wrong)
