"""Half hours through the sync's write path, against COPY of the same rows into a plain table without keys."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from random import Random
from statistics import median
from time import perf_counter
from typing import TypeAlias
from uuid import UUID

from benchmarks.harness import Environment, Figure, benchmark
from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.intervals.series import MISSING, IntervalSeries
from flows_meter_sync.intervals.store import store_intervals
from flows_shared.db import Connection, connect
from flows_shared.time import HALF_HOUR, LONDON, Month

REGISTERS = 1_000
DAYS = 10
BATCH_REGISTERS = 42  # 20,160 rows: what the writer stores at once
ROUNDS = 5

Rows: TypeAlias = list[tuple[UUID, datetime, Decimal]]

ADD_REGISTERS = f"""
    INSERT INTO flows.escos (name, code) VALUES ('Bench', 'BENCH');
    INSERT INTO flows.meter_registry (serial, esco)
    SELECT 'EML' || number, id FROM flows.escos, generate_series(1, {REGISTERS}) AS number;
    INSERT INTO flows.meter_registers (meter_id, element, nature)
    SELECT id, 'SINGLE', 'power' FROM flows.meter_registry;
    CREATE TABLE plain (register_id uuid, timestamp timestamptz, kwh numeric);
"""
EMPTY = "TRUNCATE plain, flows.register_interval_hh, flows.register_interval_daily; CHECKPOINT"
CHECK = """
    SELECT (SELECT count(*) FROM flows.register_interval_hh) AS stored,
           (SELECT sum(kwh) FROM flows.register_interval_hh) AS kwh,
           (SELECT sum(intervals) FROM flows.register_interval_daily) AS day_intervals,
           (SELECT sum(kwh) FROM flows.register_interval_daily) AS day_kwh
"""


@benchmark("store")
async def store(environment: Environment) -> list[Figure]:
    """New rows; rows of which every second one is held; and rows of which the last half is held, found out late."""
    url = await environment.database()
    admin = await connect(url, name="bench")
    own = await connect(url.replace("//postgres@", "//flows_meter_sync@"), name="bench meter-sync")
    await admin.execute(ADD_REGISTERS)
    runs = _runs([row["register_id"] for row in await admin.fetch("SELECT register_id FROM flows.meter_registers")])
    rows = _rows(runs)
    held_before: dict[str, list[IntervalSeries]] = {
        "new": [],
        "every second one there": [_keep(run, slice(1, None, 2)) for run in runs],
        "the last half of each batch there": [run for batch in _batches(runs) for run in batch[len(batch) // 2 :]],
    }
    copied: list[float] = []
    stored: dict[str, list[float]] = {case: [] for case in held_before}
    for _ in range(ROUNDS):
        await admin.execute(EMPTY)
        copied.append(await _seconds(lambda: _copy(admin, rows)))
        for case, held in held_before.items():
            await admin.execute(EMPTY)
            await _store(own, held)
            stored[case].append(await _seconds(lambda: _store(own, runs)))
            await _check(admin, runs)
    await own.close()
    await admin.close()
    return [_figure(case, len(rows), median(copied), median(seconds)) for case, seconds in stored.items()]


def _figure(case: str, rows: int, copy_seconds: float, seconds: float) -> Figure:
    reference = f"copy_records_to_table, no keys: {rows / copy_seconds:,.0f} rows/s"
    goal = 0.75 if case == "new" else 0.5
    return Figure(
        f"half hours stored: {case}", rows / seconds, "rows/s", reference, copy_seconds / seconds, goal, "at least"
    )


def _runs(registers: Sequence[UUID]) -> list[IntervalSeries]:
    """What a home's half hours look like, to the Wh."""
    random = Random(7)
    start = datetime.combine(Month.of(datetime.now(UTC).date()).first_day, time(), UTC)
    return [
        IntervalSeries(
            UUID(bytes=register.bytes), LONDON, start, tuple(10 * random.randrange(1_500) for _ in range(48 * DAYS))
        )
        for register in registers
    ]


def _rows(runs: Sequence[IntervalSeries]) -> Rows:
    return [
        (run.register_id, run.start + number * HALF_HOUR, Decimal(energy) / KWH_STEPS)
        for run in runs
        for number, energy in enumerate(run.energy)
    ]


def _keep(run: IntervalSeries, part: slice) -> IntervalSeries:
    kept = set(range(len(run.energy))[part])
    energy = tuple(value if number in kept else MISSING for number, value in enumerate(run.energy))
    return IntervalSeries(run.register_id, run.zone, run.start, energy)


def _batches(runs: Sequence[IntervalSeries]) -> list[Sequence[IntervalSeries]]:
    return [runs[start : start + BATCH_REGISTERS] for start in range(0, len(runs), BATCH_REGISTERS)]


async def _copy(db: Connection, rows: Rows) -> None:
    await db.copy_records_to_table("plain", records=rows, columns=("register_id", "timestamp", "kwh"))


async def _store(db: Connection, runs: Sequence[IntervalSeries]) -> None:
    for batch in _batches(runs):
        async with db.transaction():
            await store_intervals(db, batch)


async def _check(db: Connection, runs: Sequence[IntervalSeries]) -> None:
    """All is there, and the days say the same."""
    found = await db.fetchrow(CHECK)
    assert found is not None
    assert found["stored"] == found["day_intervals"] == sum(len(run.energy) for run in runs)
    assert found["kwh"] == found["day_kwh"] == Decimal(sum(sum(run.energy) for run in runs)) / KWH_STEPS


async def _seconds(work: Callable[[], Awaitable[None]]) -> float:
    started = perf_counter()
    await work()
    return perf_counter() - started
