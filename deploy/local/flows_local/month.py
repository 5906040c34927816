"""The first month of a new community: its meters read, its homes billed, its people told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import httpx

from flows_local.progress import Step
from flows_local.seed.network import ESCO
from flows_local.seed.seed import Login
from flows_shared.contracts.jobs import SYNC_METERS
from flows_shared.db import Connection
from flows_shared.errors import FlowsError
from flows_shared.outbox import enqueue_many
from flows_shared.time import Month

POLL_SECONDS = 0.2
STALL_SECONDS = 120.0
METERS_A_JOB = 200

METERS = "SELECT id FROM flows.meter_registry WHERE esco = $1 ORDER BY serial"
READ = """
    SELECT (SELECT coalesce(sum(intervals), 0) FROM flows.register_interval_daily) AS done,
           (SELECT sum(floor(extract(epoch FROM now() - start_time) / 1800)) FROM flows.meter_registers) AS total
"""
UNDONE = "SELECT count(*) FROM flows.outbox WHERE id = ANY($1) AND failed_at IS NULL"
UNHEALTHY = "SELECT count(*) FROM flows.meter_shadows WHERE health = 'unhealthy'"
BILLED = "SELECT status = 'completed' FROM public.billing_runs WHERE esco = $1 AND month = $2"
TOLD = """
    SELECT count(message.id) FILTER (WHERE message.status <> 'pending') AS done, count(*) AS total
      FROM public.invoices AS invoice
      LEFT JOIN public.messages AS message ON message.invoice = invoice.id
     WHERE invoice.esco = $1
"""


class DemoFailed(FlowsError):
    """A step of the demo came to nothing."""

    code = "local.demo_failed"


async def is_billed(db: Connection, month: Month) -> bool:
    return bool(await db.fetchval(BILLED, ESCO, month.first_day))


async def enqueue_reads(db: Connection) -> list[UUID]:
    """Have every metric of all meters read, half hours since the registers' start among them; the jobs' ids."""
    meters = [str(row["id"]) for row in await db.fetch(METERS, ESCO)]
    parts = [meters[start : start + METERS_A_JOB] for start in range(0, len(meters), METERS_A_JOB)]
    keys = [f"demo {number}" for number in range(len(parts))]
    return await enqueue_many(db, [SYNC_METERS(part, None, False) for part in parts], keys=keys)


async def wait_for_reads(db: Connection, jobs: Sequence[UUID], step: Step) -> None:
    async def far() -> tuple[int, int, bool]:
        ended = not await db.fetchval(UNDONE, jobs)
        done, total = await _counts(db, READ)
        return done, total, ended

    await _until(far, step)
    if unhealthy := await db.fetchval(UNHEALTHY):
        raise DemoFailed(f"{unhealthy} simulated meters could not be read: see the simulator's and meter-sync's logs")


async def bill(gateway: httpx.AsyncClient, admin: Login, month: Month, step: Step) -> None:
    """Ask for the month's billing run as the community's admin does, and wait for its end."""
    headers = await log_in(gateway, admin)
    started = await _json(gateway.post("/v1/billing/runs", json={"month": str(month)}, headers=headers))

    async def far() -> tuple[int, int, bool]:
        run = await _json(gateway.get(f"/v1/billing/runs/{started[0]['id']}", headers=headers))
        if run["status"] == "failed" or run["failed"]:
            raise DemoFailed(f"{month} could not be billed: {run['error'] or run['outcomes']}")
        return run["billed"] + run["skipped"], run["accounts"], run["status"] == "completed"

    await _until(far, step)


async def wait_for_mails(db: Connection, step: Step) -> None:
    """Until every invoice was mailed, or cannot be."""

    async def far() -> tuple[int, int, bool]:
        done, total = await _counts(db, TOLD, ESCO)
        return done, total, done == total

    await _until(far, step)


async def log_in(gateway: httpx.AsyncClient, login: Login) -> dict[str, str]:
    """Headers with the login's token."""
    body = {"email": login.email, "password": login.password}
    session = await _json(gateway.post("/auth/v1/token", params={"grant_type": "password"}, json=body))
    return {"Authorization": f"Bearer {session['access_token']}"}


async def _json(request: Awaitable[httpx.Response]) -> Any:
    response = await request
    if response.is_error:
        raise DemoFailed(f"{response.url} answered {response.status_code}: {response.text}")
    return response.json()


async def _counts(db: Connection, query: str, *arguments: Any) -> tuple[int, int]:
    row = await db.fetchrow(query, *arguments)
    assert row is not None
    return int(row["done"]), int(row["total"])


async def _until(far: Callable[[], Awaitable[tuple[int, int, bool]]], step: Step) -> None:
    """Show how far it is until it has ended; a `DemoFailed` where nothing moves any more."""
    clock = asyncio.get_running_loop().time
    best, moved_at = -1, clock()
    while True:
        done, total, ended = await far()
        step.update(done, max(done, total))
        if ended:
            return
        if done > best:
            best, moved_at = done, clock()
        if clock() > moved_at + STALL_SECONDS:
            raise DemoFailed(f"nothing has moved for {STALL_SECONDS:g} s, at {done} of {total}")
        await asyncio.sleep(POLL_SECONDS)
