"""Writes that nobody asks for by hand: tokens of top-ups, tariffs that come, clocks that are off."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from flows_meter_sync.emop import AskedWrongly
from flows_meter_sync.errors import REFUSALS, CommandInvalid, TokenTaken
from flows_meter_sync.writes.kinds import checked
from flows_meter_sync.writes.store import add_command, end_topup, note_impossible
from flows_shared.apart import is_about_data
from flows_shared.contracts.jobs import PUSH_TOPUP
from flows_shared.db import Connection
from flows_shared.errors import say_error
from flows_shared.logs import get_logger
from flows_shared.outbox import enqueue_many

log = get_logger()

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
COMMUNITIES: Final = "SELECT code FROM flows.escos ORDER BY code"
MISSING_TARIFFS: Final = """
    SELECT missing.*, flows.local_midnight(missing.tariff_period_start, esco.time_zone) AS activation_at
      FROM public.meters_missing_future_tariffs($1) AS missing
      JOIN flows.escos AS esco ON esco.code = missing.esco_code
"""
# Some meters have no future tariff, or take none from us: that they said so once is enough.
REFUSED_TARIFFS: Final = """
    SELECT meter_id, arguments FROM flows.meter_commands
     WHERE kind = 'tariff' AND status = 'failed' AND error_code = ANY($1) AND meter_id = ANY($2)
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
    topups = [str(row["id"]) for row in await db.fetch(WAITING_TOPUPS)]
    await enqueue_many(db, [PUSH_TOPUP(topup) for topup in topups], keys=topups)


async def ask_for_missing_tariffs(db: Connection, today: date) -> int:
    """Ask for the future tariffs that meters lack, each day anew until they read back the same; how many are asked for.

    One that a meter refused is not sent to it again; people may. What the data of a community stop is its own only.
    """
    asked = 0
    for row in await db.fetch(COMMUNITIES):
        try:
            async with db.transaction():
                asked += await _ask_community(db, row["code"], today)
        except Exception as error:
            if not is_about_data(error):
                raise
            log.error("tariffs_not_asked_for", esco=row["code"], reason=say_error(error))
    return asked


async def _ask_community(db: Connection, code: str, today: date) -> int:
    missing = {row["meter_id"]: _tariff(row) for row in await db.fetch(MISSING_TARIFFS, code)}
    codes = [error.code for error in REFUSALS]
    refused = [tuple(row) for row in await db.fetch(REFUSED_TARIFFS, codes, list(missing))]
    asked = 0
    for meter_id, tariff in missing.items():
        try:
            wanted = checked("tariff", tariff)
        except (CommandInvalid, AskedWrongly) as error:
            await note_impossible(db, meter_id, "tariff", tariff, str(tariff["activation_at"]), error)
            continue
        if (meter_id, wanted) not in refused:
            values = " ".join(str(value) for value in wanted.values())
            await add_command(db, meter_id, "tariff", tariff, f"due {today} {values}")
            asked += 1
    return asked


def _tariff(row: Record) -> dict[str, Any]:
    return {
        "unit_rate_a": row["customer_unit_rate"],
        "unit_rate_b": row["customer_unit_rate_b"],
        "standing_charge": row["customer_standing_charge"],
        "emergency_credit": row["emergency_credit"],
        "ecredit_availability": row["ecredit_button_threshold"],
        "debt_recovery_rate": row["debt_recovery_rate"],
        "activation_at": row["activation_at"],
    }


async def ask_for_clock_corrections(db: Connection, drift_seconds: int, today: date) -> int:
    """Ask for the clocks that were off by more, when they were read last; how many there are."""
    meters = await db.fetch(WRONG_CLOCKS, drift_seconds)
    for row in meters:
        await add_command(db, row["id"], "clock", {}, f"drift {today}")
    return len(meters)
