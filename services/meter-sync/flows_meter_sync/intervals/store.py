"""Half hours into their monthly partitions, and their daily sums with them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import asyncpg

from flows_meter_sync.intervals.binary import chunks, decode_timestamps, encode_rows
from flows_meter_sync.intervals.missing import supersede_missing
from flows_meter_sync.intervals.series import IntervalSeries, split_by_month, sum_days
from flows_shared.db import Connection
from flows_shared.time import Month

ByMonth: TypeAlias = Mapping[Month, Sequence[IntervalSeries]]

COLUMNS: Final = ("register_id", "timestamp", "kwh")
# A meter has one writer, who holds its lease; others write rarely, so that a second look is enough.
LOOKS: Final = 3

ENSURE_PARTITIONS = "SELECT flows.ensure_interval_partitions($1, $2)"

# Served by the partition's primary key. The timestamps come as one value a run, as so many rows would be slow.
HELD = """
    SELECT run.number - 1 AS number, string_agg(timestamptz_send(held.timestamp), '') AS timestamps
      FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[])
           WITH ORDINALITY AS run (register_id, start, "end", number)
      JOIN flows.{partition} AS held
        ON held.register_id = run.register_id AND held.timestamp >= run.start AND held.timestamp < run."end"
     GROUP BY run.number
"""

ADD_DAYS = """
    INSERT INTO flows.register_interval_daily AS daily (register_id, day, kwh, intervals)
    SELECT * FROM unnest($1::uuid[], $2::date[], $3::numeric[], $4::smallint[])
        ON CONFLICT (register_id, day)
        DO UPDATE SET kwh = daily.kwh + excluded.kwh, intervals = daily.intervals + excluded.intervals
"""


async def store_intervals(db: Connection, runs: Sequence[IntervalSeries]) -> int:
    """Add half hours and their daily sums, in the caller's transaction; how many were new.

    What is held stays as it is; an estimate is not held, and makes room. Rows are copied straight into the partitions;
    only where one of them is held already is the database asked which, and the others are copied.
    """
    months: defaultdict[Month, list[IntervalSeries]] = defaultdict(list)
    for month, run in split_by_month(runs):
        months[month].append(run)
    if not months:
        return 0
    await db.execute(ENSURE_PARTITIONS, min(months).first_day, max(months).first_day)
    new: ByMonth = months
    for _ in range(LOOKS):
        try:
            return await _add(db, new)
        except asyncpg.UniqueViolationError:
            new = {month: await _without_held(db, month, runs) for month, runs in months.items()}
    return await _add(db, new)


def partition(month: Month) -> str:
    return f"register_interval_hh_{month.year:04}_{month.month:02}"


async def _add(db: Connection, months: ByMonth) -> int:
    days = sum_days(run for runs in months.values() for run in runs)
    if not days:
        return 0
    async with db.transaction():
        for month, runs in months.items():
            data = chunks(encode_rows(runs))
            await db.copy_to_table(partition(month), schema_name="flows", columns=COLUMNS, source=data, format="binary")
        ids, dates, kwh, counts = zip(*days, strict=True)
        await db.execute(ADD_DAYS, ids, dates, kwh, counts)
        stored = [run for runs in months.values() for run in runs]
        await supersede_missing(db, set(ids), min(run.start for run in stored), max(run.end for run in stored))
    return sum(counts)


async def _without_held(db: Connection, month: Month, runs: Sequence[IntervalSeries]) -> list[IntervalSeries]:
    ids, starts, ends = zip(*((run.register_id, run.start, run.end) for run in runs), strict=True)
    rows = await db.fetch(HELD.format(partition=partition(month)), ids, starts, ends)
    held = {row["number"]: decode_timestamps(row["timestamps"]) for row in rows}
    return [run.without(held.get(number, ())) for number, run in enumerate(runs)]
