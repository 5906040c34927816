"""Writes that nobody asks for by hand: tokens of top-ups, tariffs that come, clocks that are off."""

from datetime import date
from typing import Final
from uuid import UUID

from flows_meter_sync.errors import TokenTaken
from flows_meter_sync.writes.store import SERVICE, add_command, end_topup
from flows_shared.db import Connection
from flows_shared.outbox import enqueue_many

WAITING_TOPUP: Final = """
    SELECT topup.meter, topup.token, topup.amount_pence,
           (SELECT count(*) FROM flows.meter_commands WHERE topup = topup.id) AS earlier
      FROM public.topups AS topup
      JOIN flows.meter_registry AS meter ON meter.id = topup.meter
     WHERE topup.id = $1 AND topup.status = 'wait_token_push' AND topup.used_at IS NULL AND topup.token IS NOT NULL
       AND meter.mode = 'active'
       FOR UPDATE OF topup
"""
# Somebody else's command brings the same token: it brings the top-up too.
ADOPT_COMMAND: Final = """
    UPDATE flows.meter_commands SET topup = $1
     WHERE meter_id = $2 AND kind = 'token' AND arguments ->> 'token' = $3 AND status <> 'failed' AND topup IS NULL
    RETURNING status
"""
WAITING_TOPUPS: Final = """
    SELECT id FROM public.topups WHERE status = 'wait_token_push' AND used_at IS NULL AND token IS NOT NULL
"""
MISSING_TARIFFS: Final = """
    SELECT missing.*, missing.tariff_period_start::timestamp AT TIME ZONE esco.time_zone AS activation_at
      FROM public.meters_missing_future_tariffs() AS missing
      JOIN flows.escos AS esco ON esco.code = missing.esco_code
"""
WRONG_CLOCKS: Final = """
    SELECT meter.id
      FROM flows.meter_shadows AS shadow
      JOIN flows.meter_registry AS meter ON meter.id = shadow.id
     WHERE shadow.clock_time_diff_seconds > $1 AND meter.mode = 'active' AND meter.installation_status = 'enabled'
"""


async def push_topup(db: Connection, topup: UUID) -> None:
    """Ask for the write of a top-up's token, if the token still waits for it."""
    row = await db.fetchrow(WAITING_TOPUP, topup)
    if row is None:
        return
    arguments = {"token": row["token"], "amount_pence": row["amount_pence"]}
    try:
        async with db.transaction():
            await add_command(db, row["meter"], "token", arguments, f"topup {topup} {row['earlier']}", topup)
    except TokenTaken:
        if await db.fetchval(ADOPT_COMMAND, topup, row["meter"], row["token"]) == "confirmed":
            await end_topup(db, topup, "completed", None, {"reason": "the token was pushed by hand"})


async def enqueue_waiting_topups(db: Connection) -> None:
    """Top-ups announce themselves; this is the net below."""
    topups = [row["id"] for row in await db.fetch(WAITING_TOPUPS)]
    await enqueue_many(db, SERVICE, "push_topup", [[str(id)] for id in topups], keys=[str(id) for id in topups])


async def ask_for_missing_tariffs(db: Connection, today: date) -> int:
    """Ask for every future tariff that a meter lacks, each day anew until it reads back the same; how many lack one."""
    missing = await db.fetch(MISSING_TARIFFS)
    for row in missing:
        arguments = {
            "unit_rate_a": row["customer_unit_rate"],
            "unit_rate_b": row["customer_unit_rate_b"],
            "standing_charge": row["customer_standing_charge"],
            "emergency_credit": row["emergency_credit"],
            "ecredit_availability": row["ecredit_button_threshold"],
            "debt_recovery_rate": row["debt_recovery_rate"],
            "activation_at": row["activation_at"],
        }
        values = " ".join(str(value) for value in arguments.values())
        await add_command(db, row["meter_id"], "tariff", arguments, f"due {today} {values}")
    return len(missing)


async def ask_for_clock_corrections(db: Connection, drift_seconds: int, today: date) -> int:
    """Ask for the clocks that were off by more, when they were read last; how many there are."""
    meters = await db.fetch(WRONG_CLOCKS, drift_seconds)
    for row in meters:
        await add_command(db, row["id"], "clock", {}, f"drift {today}")
    return len(meters)
