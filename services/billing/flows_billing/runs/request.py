"""Asking for a month to be billed: what is refused, which runs there are, and which of them have work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flows_billing.communities.months import require_finished
from flows_billing.runs.run import Run
from flows_billing.runs.store import create_runs, runs_with_work
from flows_billing.stores.communities import find_escos
from flows_shared.contracts.jobs import BILL_MONTH
from flows_shared.db import Connection
from flows_shared.outbox import enqueue_many
from flows_shared.time import Month


@dataclass(frozen=True, slots=True)
class RequestedRuns:
    """The runs asked for; in those without work everyone who is to be billed has been."""

    runs: list[Run]
    with_work: set[UUID]


async def request_runs(
    db: Connection, month: Month, esco_ids: Sequence[UUID] | None, *, requested_by: str, now: datetime
) -> RequestedRuns:
    """The runs of these communities, or of all; nothing is made if one of them cannot bill the month yet."""
    escos = await find_escos(db, esco_ids)
    for esco in escos:
        require_finished(month, esco, now)
    runs = await create_runs(db, [esco.id for esco in escos], month, requested_by)
    return RequestedRuns(runs, await runs_with_work(db, [run.id for run in runs]))


async def enqueue_runs(db: Connection, run_ids: set[UUID]) -> None:
    """Let a worker execute them; one that waits or runs already is not queued twice."""
    keys = sorted(str(run_id) for run_id in run_ids)
    await enqueue_many(db, [BILL_MONTH(key) for key in keys], keys=keys)
