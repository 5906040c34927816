"""Commands in the database: asked for once, and their state with every step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flows_meter_sync.errors import KeyTaken, TokenTaken
from flows_meter_sync.writes.kinds import checked
from flows_meter_sync.writes.write import Seen
from flows_shared.contracts.jobs import SEND_COMMAND
from flows_shared.db import JSON, Connection
from flows_shared.errors import FlowsError
from flows_shared.outbox import enqueue

SERVICE: Final = "meter-sync"
SHOWN: Final = 100  # characters of a value that cannot be
LONGEST_REASON: Final = 1_000

# A token that was on its way when an earlier command was given up may have been taken: that one's first look counts.
ADD = """
    INSERT INTO flows.meter_commands (meter_id, kind, arguments, idempotency_key, topup, before)
    SELECT $1::uuid, $2::text, $3::jsonb, $4::text, $5::uuid,
           (SELECT earlier.before FROM flows.meter_commands AS earlier
             WHERE $2 = 'token' AND earlier.meter_id = $1 AND earlier.kind = 'token'
               AND earlier.arguments ->> 'token' = $3::jsonb ->> 'token' AND earlier.status = 'failed'
               AND earlier.error_code <> 'command.token_refused'
             ORDER BY earlier.created_at LIMIT 1)
        ON CONFLICT DO NOTHING
    RETURNING id
"""
# What no meter can hold is not sent; once a reason, its row says so.
ADD_IMPOSSIBLE = """
    INSERT INTO flows.meter_commands
           (meter_id, kind, arguments, idempotency_key, status, ended_at, error_code, last_error)
    VALUES ($1, $2, $3, left('impossible ' || $4 || ' ' || $6, 255), 'failed', now(), $5, $6)
        ON CONFLICT DO NOTHING
"""
# What was asked for with the key, and what is now, both as the database has them.
SAME = """
    SELECT id, arguments || jsonb_build_object('kind', kind, 'caller', requested_by, 'topup', topup) AS first,
           $3::jsonb || jsonb_build_object('kind', $2::text, 'caller', flows.actor(), 'topup', $5::uuid) AS again
      FROM flows.meter_commands WHERE meter_id = $1 AND idempotency_key = $4
"""
# A setting that is asked for anew makes what was asked before pointless; each token is for itself.
SUPERSEDE = """
    UPDATE flows.meter_commands
       SET status = 'failed', ended_at = now(), error_code = 'command.superseded', last_error = 'asked for anew'
     WHERE meter_id = $1 AND kind = $2 AND kind <> 'token' AND ended_at IS NULL AND id <> $3
"""
BEGIN = """
    UPDATE flows.meter_commands AS command
       SET tries = tries + 1
      FROM flows.meter_registry AS meter
     WHERE command.id = $1 AND command.ended_at IS NULL AND meter.id = command.meter_id
    RETURNING command.id, command.meter_id, meter.serial, command.kind, command.arguments, command.tries,
              command.before, command.topup
"""
SENT = """
    UPDATE flows.meter_commands SET status = 'sent', sent_at = now(), before = $2
     WHERE id = $1 AND ended_at IS NULL
    RETURNING id
"""
NOTE = """
    UPDATE flows.meter_commands SET error_code = $2, last_error = $3 WHERE id = $1 AND ended_at IS NULL
"""
CONFIRM = """
    UPDATE flows.meter_commands
       SET status = 'confirmed', ended_at = now(), after = $2, error_code = NULL, last_error = NULL
     WHERE id = $1 AND ended_at IS NULL
    RETURNING topup
"""
FAIL = """
    UPDATE flows.meter_commands SET status = 'failed', ended_at = now(), error_code = $2, last_error = $3
     WHERE id = $1 AND ended_at IS NULL
    RETURNING topup
"""

END_TOPUP = """
    UPDATE public.topups
       SET status = $2, notes = coalesce($3, notes), used_at = CASE $2 WHEN 'completed' THEN now() END
     WHERE id = $1 AND status = 'wait_token_push'
    RETURNING id
"""
ADD_TOPUP_EVENT = "INSERT INTO public.topup_events (topup, event_type, data) VALUES ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Command:
    """A write that has not come to its end. `before` is set once it may have been sent."""

    id: UUID
    meter_id: UUID
    serial: str
    kind: str
    arguments: Mapping[str, Any]
    tries: int
    before: Seen | None
    topup: UUID | None


async def add_command(
    db: Connection, meter_id: UUID, kind: str, arguments: Mapping[str, Any], key: str, topup: UUID | None = None
) -> UUID:
    """Ask for a write once, and let a worker send it; asked again with the same key, it is the same command."""
    values = checked(kind, arguments)
    added: UUID | None = await db.fetchval(ADD, meter_id, kind, values, key, topup)
    if added is not None:
        await db.execute(SUPERSEDE, meter_id, kind, added)
        await enqueue(db, SEND_COMMAND(str(added)), key=str(added))
        return added
    there = await db.fetchrow(SAME, meter_id, kind, values, key, topup)
    if there is None:
        raise TokenTaken
    if there["first"] != there["again"]:
        raise KeyTaken(key, there["first"], there["again"])
    command_id: UUID = there["id"]
    return command_id


async def note_impossible(
    db: Connection, meter_id: UUID, kind: str, arguments: Mapping[str, Any], key: str, error: FlowsError
) -> None:
    """Keep a command that cannot be, as failed with its reason: once for a key and a reason."""
    values: dict[str, JSON] = {name: str(value)[:SHOWN] for name, value in arguments.items()}
    await db.execute(ADD_IMPOSSIBLE, meter_id, kind, values, key, error.code, str(error)[:LONGEST_REASON])


async def begin_try(db: Connection, command_id: UUID) -> Command | None:
    """The command, one try more; None where it has come to its end."""
    row = await db.fetchrow(BEGIN, command_id)
    return None if row is None else Command(**row)


async def note_sent(db: Connection, command_id: UUID, before: Seen) -> bool:
    """What is sent from now on may have reached the meter; False where it should not be sent any more."""
    return await db.fetchval(SENT, command_id, before) is not None


async def note_error(db: Connection, command: Command, error: FlowsError) -> None:
    """Why this try was in vain."""
    await db.execute(NOTE, command.id, error.code, str(error))


async def confirm(db: Connection, command: Command, after: Seen) -> None:
    """The meter holds what was asked for."""
    topup = await db.fetchval(CONFIRM, command.id, after)
    await end_topup(db, topup, "completed", None, after)


async def fail(db: Connection, command: Command, error: FlowsError) -> None:
    """There is no further try."""
    topup = await db.fetchval(FAIL, command.id, error.code, str(error))
    await end_topup(db, topup, "failed_token_push", str(error), {"code": error.code, "reason": str(error)})


async def end_topup(
    db: Connection, topup: UUID | None, status: str, notes: str | None, data: Mapping[str, JSON]
) -> None:
    """Say how the way to the meter ended of the top-up that a command was for, if it was for one."""
    if await db.fetchval(END_TOPUP, topup, status, notes) is not None:
        await db.execute(ADD_TOPUP_EVENT, topup, status, data)
