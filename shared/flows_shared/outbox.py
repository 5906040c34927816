"""Work that follows from a change, written with it: `flows.outbox`, one row an undone job.

A relay puts the rows on the queue (`relay.py`), a worker runs them under a lease (`jobs.py`), and a row ends with its
job. So work is lost neither with Redis nor with a worker; a job may start twice, and its effect is written so that
twice is once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from uuid import UUID, uuid4

from flows_shared.contracts.job import Call
from flows_shared.db import JSON, Connection
from flows_shared.telemetry.trace import current_request_id

# A row of the same key that is undone already does this work too. If it has started it may have read what was there
# before: without sent_at it runs once more when it is done.
ENQUEUE = """
    INSERT INTO flows.outbox (id, service, job, arguments, key, request_id, not_before)
    SELECT added.id, added.service, added.job, added.arguments, added.key, $6, coalesce($7, now())
      FROM ROWS FROM (unnest($1::uuid[]), unnest($2::text[]), unnest($3::text[]), jsonb_array_elements($4),
                      unnest($5::text[])) AS added (id, service, job, arguments, key)
        ON CONFLICT (service, job, key) WHERE key IS NOT NULL AND failed_at IS NULL
        DO UPDATE SET arguments = excluded.arguments,
                      not_before = least(outbox.not_before, excluded.not_before),
                      sent_at = NULL
    RETURNING id, key
"""

FAILED = """
    SELECT id, service, job, arguments, attempts, failed_at, last_error
      FROM flows.outbox
     WHERE failed_at IS NOT NULL AND ($1::text IS NULL OR service = $1)
     ORDER BY failed_at
"""

# A new row each: the same work may have been queued again since, and then the conflict says so.
RETRY = """
    WITH failed AS (
        DELETE FROM flows.outbox
         WHERE failed_at IS NOT NULL AND ($1::uuid[] IS NULL OR id = ANY($1))
        RETURNING service, job, arguments, key, request_id, created_at
    )
    INSERT INTO flows.outbox (id, service, job, arguments, key, request_id, created_at)
    SELECT gen_random_uuid(), failed.* FROM failed
        ON CONFLICT DO NOTHING
    RETURNING id
"""


@dataclass(frozen=True)
class FailedJob:
    id: UUID
    service: str
    job: str
    arguments: list[JSON]
    attempts: int
    failed_at: datetime
    last_error: str


async def enqueue(db: Connection, call: Call, *, key: str | None = None, not_before: datetime | None = None) -> UUID:
    """Let its service's worker do a job after this transaction commits, and not before `not_before`.

    With a `key`, work of the same job and key that is not done yet is not queued twice; the answer is then the id of
    the row that is there.
    """
    ids = await enqueue_many(db, [call], keys=None if key is None else [key], not_before=not_before)
    return ids[0]


async def enqueue_many(
    db: Connection, calls: Sequence[Call], *, keys: Sequence[str] | None = None, not_before: datetime | None = None
) -> list[UUID]:
    """As `enqueue`, in one statement: each job with its arguments, and a key for each when there are keys."""
    named = zip(calls, keys or repeat(None, len(calls)), strict=True)
    given = {uuid4() if key is None else (call.service, call.job, key): (call, key) for call, key in named}
    rows = await db.fetch(
        ENQUEUE,
        [uuid4() for _ in given],
        [call.service for call, _ in given.values()],
        [call.job for call, _ in given.values()],
        [list(call.arguments) for call, _ in given.values()],
        [key for _, key in given.values()],
        current_request_id(),
        not_before,
    )
    return [row["id"] for row in rows]


async def failed_jobs(db: Connection, service: str | None = None) -> list[FailedJob]:
    """Jobs that ended with an error, oldest first: they wait for a person."""
    return [FailedJob(**row) for row in await db.fetch(FAILED, service)]


async def retry_failed(db: Connection, ids: Sequence[UUID] | None = None) -> int:
    """Queue failed jobs again, all of them or those named; how many were."""
    return len(await db.fetch(RETRY, ids))
