"""Runs and outcomes in the database."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg

from flows_billing.errors import UnknownRun
from flows_billing.outcomes import NotBilled
from flows_billing.runs.run import Run, Unbilled
from flows_billing.stores.communities import COLUMNS as ESCO_COLUMNS
from flows_billing.stores.communities import esco_of, readable
from flows_shared.db import REFUSALS, Connection
from flows_shared.time import Month
from flows_shared.vocabulary.billing import Outcome

RUNS = f"""
    SELECT run.id, run.month, run.status, run.requested_by, run.started_at, run.finished_at, run.accounts, run.billed,
           run.skipped, run.failed, run.error, {ESCO_COLUMNS}
      FROM public.billing_runs AS run
      JOIN flows.escos AS esco ON esco.id = run.esco
"""
RUN = f"{RUNS} WHERE run.id = $1"
LATEST_RUNS = f"{RUNS} WHERE ($1::date IS NULL OR run.month = $1) ORDER BY run.month DESC, esco.code LIMIT $2"

RUNS_OF_MONTH = f"{RUNS} WHERE run.esco = ANY($1) AND run.month = $2 ORDER BY esco.code"

CREATE_RUNS = """
    INSERT INTO public.billing_runs (esco, month, requested_by)
    SELECT esco, $2, $3 FROM unnest($1::uuid[]) AS esco
        ON CONFLICT (esco, month) DO NOTHING
"""
# A run that ended has work again when an account of its month has neither an invoice nor a reason to have none.
RUNS_WITH_WORK = """
    SELECT run.id
      FROM public.billing_runs AS run
     WHERE run.id = ANY($1)
       AND (run.status <> 'completed'
            OR EXISTS (SELECT
                         FROM public.properties AS property
                         JOIN public.accounts AS account ON account.property = property.id
                        WHERE property.esco = run.esco
                          AND account.type = 'supply'
                          AND account.start_date < run.month + interval '1 month'
                          AND (account.end_date IS NULL OR account.end_date >= run.month)
                          AND NOT EXISTS (SELECT FROM public.invoices AS invoice
                                           WHERE invoice.account = account.id AND invoice.status <> 'void'
                                             AND invoice.period_start >= run.month
                                             AND invoice.period_start < run.month + interval '1 month')
                          AND NOT EXISTS (SELECT FROM public.billing_run_accounts AS outcome
                                           WHERE outcome.run = run.id AND outcome.account = account.id
                                             AND outcome.outcome = 'skipped')))
"""

HOLD_RUN = "SELECT pg_advisory_lock(hashtextextended('flows.billing_run:' || $1::uuid::text, 0))"
LET_GO = "SELECT pg_advisory_unlock(hashtextextended('flows.billing_run:' || $1::uuid::text, 0))"

BEGIN_RUN = """
    UPDATE public.billing_runs AS run
       SET status = 'running', started_at = now(), finished_at = NULL, error = NULL, skipped = 0, failed = 0,
           billed = done.billed, accounts = done.billed + $2
      FROM (SELECT count(*) AS billed FROM public.billing_run_accounts WHERE run = $1 AND outcome = 'billed') AS done
     WHERE run.id = $1
"""
# Accounts that the run no longer looks at, as they have moved, were closed or are of another type now.
FORGET_OTHERS = """
    DELETE FROM public.billing_run_accounts WHERE run = $1 AND outcome <> 'billed' AND account <> ALL($2)
"""
STORE_OUTCOMES = """
    INSERT INTO public.billing_run_accounts AS stored (run, account, outcome, reason, details, invoice)
    SELECT $1, row.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[]) AS row
        ON CONFLICT (run, account) DO UPDATE
       SET outcome = excluded.outcome, reason = excluded.reason, details = excluded.details, invoice = excluded.invoice
     WHERE (stored.outcome, stored.reason, stored.details, stored.invoice)
           IS DISTINCT FROM (excluded.outcome, excluded.reason, excluded.details, excluded.invoice)
"""
COUNT_OUTCOMES = """
    UPDATE public.billing_runs SET billed = billed + $2, skipped = skipped + $3, failed = failed + $4 WHERE id = $1
"""
COMPLETE_RUN = "UPDATE public.billing_runs SET status = 'completed', finished_at = now() WHERE id = $1"
FAIL_RUN = "UPDATE public.billing_runs SET status = 'failed', finished_at = now(), error = $2 WHERE id = $1"

UNBILLED = """
    SELECT outcome.account, account.account_number, outcome.outcome, outcome.reason, outcome.details
      FROM public.billing_run_accounts AS outcome
      JOIN public.accounts AS account ON account.id = outcome.account
     WHERE outcome.run = $1 AND outcome.outcome <> 'billed'
     ORDER BY outcome.outcome, account.account_number
     LIMIT $2
"""


async def find_run(db: Connection, run_id: UUID) -> Run:
    row = await db.fetchrow(RUN, run_id)
    if row is None:
        raise UnknownRun(run_id)
    return _run(row)


async def latest_runs(db: Connection, month: Month | None, limit: int) -> list[Run]:
    return list(readable(await db.fetch(LATEST_RUNS, month.first_day if month else None, limit), _run))


async def create_runs(db: Connection, escos: Sequence[UUID], month: Month, requested_by: str) -> list[Run]:
    """The one run of each community and the month, made where it is not there; it keeps who asked first."""
    await db.execute(CREATE_RUNS, escos, month.first_day, requested_by)
    return [_run(row) for row in await db.fetch(RUNS_OF_MONTH, escos, month.first_day)]


async def runs_with_work(db: Connection, run_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the runs that would bill something, or try to."""
    return {row["id"] for row in await db.fetch(RUNS_WITH_WORK, run_ids)}


@asynccontextmanager
async def run_held(db: Connection, run_id: UUID) -> AsyncIterator[None]:
    """Let one process at a time execute a run; others wait. A process that dies lets go with its connection."""
    await db.execute(HOLD_RUN, run_id)
    try:
        yield
    finally:
        # The lock ends with its connection, and must not hide what broke that.
        with suppress(*REFUSALS):
            await db.execute(LET_GO, run_id)


async def begin_run(db: Connection, run_id: UUID, accounts: Sequence[UUID]) -> None:
    """`accounts` are those that it looks at beside those it has billed before."""
    await db.execute(FORGET_OTHERS, run_id, accounts)
    await db.execute(BEGIN_RUN, run_id, len(accounts))


async def store_outcomes(db: Connection, run_id: UUID, outcomes: Mapping[UUID, UUID | NotBilled]) -> None:
    """Account -> its invoice, or why there is none; the run's counts go with them."""
    rows = [(account, *_outcome_values(outcome)) for account, outcome in outcomes.items()]
    await db.execute(STORE_OUTCOMES, run_id, *zip(*rows, strict=True))
    kinds = [kind for _, kind, *_ in rows]
    await db.execute(COUNT_OUTCOMES, run_id, *(kinds.count(kind) for kind in Outcome))


async def complete_run(db: Connection, run_id: UUID) -> None:
    await db.execute(COMPLETE_RUN, run_id)


async def fail_run(db: Connection, run_id: UUID, error: str) -> None:
    await db.execute(FAIL_RUN, run_id, error)


async def unbilled_outcomes(db: Connection, run_id: UUID, limit: int) -> list[Unbilled]:
    """Accounts that failed, then those skipped, by number."""
    return [Unbilled(**row) for row in await db.fetch(UNBILLED, run_id, limit)]


def _outcome_values(outcome: UUID | NotBilled) -> tuple[str, str | None, str | None, UUID | None]:
    if isinstance(outcome, NotBilled):
        return outcome.outcome, outcome.reason, outcome.details, None
    return Outcome.BILLED, None, None, outcome


def _run(row: asyncpg.Record) -> Run:
    own = {name: row[name] for name in Run.__slots__ if name not in ("esco", "month")}
    return Run(**own, esco=esco_of(row), month=Month.of(row["month"]))
