"""Billing: a run against one hand-written aggregate, from half hours and from roll-ups, its growth and memory; PDFs."""

import asyncio
import os
import resource
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from statistics import median
from time import perf_counter, process_time
from uuid import UUID

from benchmarks.harness import Environment, Figure, benchmark
from flows_billing.bills.judge import load_terms, measure, plans_of, sum_ahead
from flows_billing.invoices.documents import PrintedInvoice, printed_invoice
from flows_billing.invoices.pdf import render
from flows_billing.rating.plan import plan_account
from flows_billing.runs.execute import execute_run
from flows_billing.runs.request import request_runs
from flows_billing.settings import RunSettings
from flows_billing.stores.accounts import supply_accounts
from flows_billing.stores.communities import find_escos
from flows_shared.db import Connection, Database, connect
from flows_shared.memory import collector_paused
from flows_shared.time import LONDON, Month, local_date, utc_now

# The sizes that a run is measured at, each with its own aggregate; the other figures are of the last. The whole series,
# 5000,10000,20000, takes some minutes and 5 GB.
SIZES = [int(size) for size in os.environ.get("FLOWS_BENCH_ACCOUNTS", "2500,5000").split(",")]
ROUNDS = 3
PDFS = 300
MIB = 1024  # ru_maxrss is in KiB

COMMUNITY = """
    INSERT INTO flows.escos (code, name, vat_number) VALUES ('BENCH', 'Benchmark', 'GB123456789');
    INSERT INTO public.microgrid_tariffs (esco, period_start, computed_unit_rate, computed_standing_charge)
    SELECT id, '2020-01-01', 0.24567, 0.51234 FROM flows.escos;
    INSERT INTO public.rate_profiles (esco, name) SELECT id, 'night and day' FROM flows.escos;
    INSERT INTO public.rate_bands (profile, position, band, ends_at)
    SELECT id, 1, 'night', '07:00' FROM public.rate_profiles;
"""
# Every second customer has a price by time of use.
HOMES = """
    CREATE TEMP TABLE new ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, number::text AS serial, esco.id AS esco
      FROM flows.escos AS esco, generate_series({first}, {last}) AS number;
    INSERT INTO flows.meter_registry (id, serial, esco) SELECT id, serial, esco FROM new;
    INSERT INTO flows.meter_registers (register_id, meter_id, element, nature, start_time)
    SELECT id, id, 'SINGLE', 'power', '2020-01-01' FROM new;
    INSERT INTO flows.circuits (id, type) SELECT id, 'power' FROM new;
    INSERT INTO flows.circuit_register (circuit, register, start_time) SELECT id, id, '2020-01-01' FROM new;
    INSERT INTO public.customers (id, fullname, email, esco)
    SELECT id, 'Customer ' || serial, serial || '@example.org', esco FROM new;
    INSERT INTO public.properties (id, plot, esco, supply_meter) SELECT id, serial, esco, id FROM new;
    INSERT INTO public.accounts (id, property, type, status, start_date)
    SELECT id, id, 'supply', 'open', '2020-01-01' FROM new;
    INSERT INTO public.customer_accounts (customer, account, role) SELECT id, id, 'occupier' FROM new;
    INSERT INTO public.customer_tariffs (
        id, customer, period_start, computed_unit_rate, computed_standing_charge, rate_profile)
    SELECT new.id, new.id, '2020-01-01', 0.29, 0.5, profile.id
      FROM new, public.rate_profiles AS profile WHERE serial::integer % 2 = 0;
    INSERT INTO public.tariff_components (customer_tariff, kind, band, rate, includes_vat)
    SELECT id, 'unit_rate', 'night', 0.11, true FROM new WHERE serial::integer % 2 = 0;
"""
# As the sync leaves them: day by day, meter by meter.
HALF_HOURS = """
    INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)
    SELECT register_id, half_hour, round((random() * 0.7)::numeric, 3)
      FROM flows.calendar_days AS calendar,
           flows.meter_registers AS register
           JOIN flows.meter_registry AS meter
             ON meter.id = register.meter_id AND meter.serial::integer BETWEEN $2 AND $3,
           generate_series(calendar.starts_at, calendar.ends_at - interval '30 minutes', '30 minutes') AS half_hour
     WHERE calendar.day = $1
"""
DAILY_SUMS = """
    INSERT INTO flows.register_interval_daily (register_id, day, kwh, intervals)
    SELECT hh.register_id, $1, sum(kwh), count(*)
      FROM flows.calendar_days AS calendar
      JOIN flows.register_interval_hh AS hh ON hh.timestamp >= calendar.starts_at AND hh.timestamp < calendar.ends_at
      JOIN flows.meter_registry AS meter ON meter.id = hh.register_id AND meter.serial::integer BETWEEN $2 AND $3
     WHERE calendar.day = $1
     GROUP BY hh.register_id
"""
# What a bill of two rates needs: the calendar says which local day and rate a half hour belongs to.
REFERENCE = """
    SELECT register_id, calendar.rate, sum(kwh), count(*)
      FROM flows.register_interval_hh AS interval_hh
      JOIN (SELECT timestamp, day, CASE WHEN local_time < '07:00' THEN 'night' ELSE 'day' END AS rate
              FROM flows.calendar_half_hours
             WHERE time_zone = 'Europe/London') AS calendar ON calendar.timestamp = interval_hh.timestamp
     WHERE interval_hh.timestamp >= $1 AND interval_hh.timestamp < $2
       AND calendar.day >= $3 AND calendar.day < $4
     GROUP BY register_id, calendar.rate
"""
BILLS = "SELECT account, net_pence, vat_pence, total_pence FROM public.invoices ORDER BY account"
FORGET_BILLS = """
    SET session_replication_role = replica;
    TRUNCATE public.billing_runs, public.billing_run_accounts, public.invoices, public.invoice_lines,
             public.documents, public.messages, public.invoice_series, public.ledger_accounts, public.ledger_entries,
             public.ledger_postings, public.monthly_usage, flows.outbox, flows.audit_log, flows.seals CASCADE;
    RESET session_replication_role;
"""


@benchmark("billing_run")
async def billing_run(environment: Environment) -> list[Figure]:
    """The month of flat and time of use bills, read, rated, stored and posted, at each size."""
    url = await environment.database()
    month = Month.of(local_date(utc_now(), LONDON)).previous()
    owner = await connect(url, name="bench")
    worker = await Database.open(_as_billing(url), name="bench", size=2)
    runs: dict[int, float] = {}
    aggregates: dict[int, float] = {}
    try:
        await owner.execute(COMMUNITY)
        for before, size in zip([0, *SIZES], SIZES, strict=False):
            await _fill(owner, month, before + 1, size)
            runs[size], aggregates[size] = await _in_turns(owner, worker, month, size)
        figures = await _at_full_size(owner, worker, url, month, runs[SIZES[-1]], aggregates[SIZES[-1]])
        figures += [await _pdfs(worker)]
    finally:
        await worker.close()
        await owner.close()
    growth = (runs[SIZES[-1]] / SIZES[-1]) / (runs[SIZES[0]] / SIZES[0])
    each = ", ".join(
        f"{size:,}: {seconds:.2f} s ({seconds / aggregates[size]:.2f} x the aggregate)"
        for size, seconds in runs.items()
    )
    return [*figures, Figure("seconds an account, largest to smallest size", growth, "", each, growth, 1.25, "at most")]


async def _in_turns(owner: Connection, worker: Database, month: Month, size: int) -> tuple[float, float]:
    """Run and aggregate one after the other, so that what else the machine does slows both."""
    runs, aggregates = [], []
    for _ in range(ROUNDS):
        aggregates.append(await _time_aggregate(worker, month, size))
        await owner.execute(FORGET_BILLS)
        runs.append(await _time_run(worker, month, "half_hours"))
    return median(runs), median(aggregates)


async def _at_full_size(
    owner: Connection, worker: Database, url: str, month: Month, run: float, aggregate: float
) -> list[Figure]:
    size, intervals = SIZES[-1], await owner.fetchval("SELECT count(*) FROM flows.register_interval_hh")
    bills = await owner.fetch(BILLS)
    await _sum_ahead(worker, month)
    rolled = await _median(owner, lambda: _time_run(worker, month, "roll_ups"))
    assert await owner.fetch(BILLS) == bills, "bills from roll-ups differ"
    usage = [
        median([await _time_usage(worker, month, source) for _ in range(ROUNDS)])
        for source in ("half_hours", "roll_ups")
    ]
    await owner.execute(FORGET_BILLS)
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        loop = asyncio.get_running_loop()
        memory = await loop.run_in_executor(process, partial(_run_alone, _as_billing(url), month))
    of = f"{size:,} accounts, {intervals / 1e6:.1f} million half hours"
    return [
        Figure(f"billing run, {of}", run, "s", f"one aggregate: {aggregate:.2f} s", run / aggregate, 1.4, "at most"),
        Figure("memory of the run's process", memory, "MiB", "300 MiB", memory / 300, 1, "at most"),
        Figure(
            "usage from roll-ups", usage[1], "s", f"half hours: {usage[0]:.2f} s", usage[0] / usage[1], 8, "at least"
        ),
        Figure("billing run from roll-ups", rolled, "s", f"half hours: {run:.2f} s", run / rolled, 4, "at least"),
    ]


async def _pdfs(worker: Database) -> Figure:
    """In seconds of one core's time."""
    async with worker.connection() as connection:
        numbers = await connection.fetch("SELECT number FROM public.invoices ORDER BY number LIMIT $1", PDFS)
        invoices = [await printed_invoice(connection, row["number"]) for row in numbers]
    printed = [invoice for invoice in invoices if invoice]
    speed = len(printed) / _cpu_seconds(printed)
    return Figure("PDFs of invoices", speed, "a second and core", "100", speed / 100, 1, "at least")


def _cpu_seconds(invoices: list[PrintedInvoice]) -> float:
    started = process_time()
    for invoice in invoices:
        render(invoice)
    return process_time() - started


async def _fill(owner: Connection, month: Month, first: int, last: int) -> None:
    async with owner.transaction():
        await owner.execute(HOMES.format(first=first, last=last))
    await owner.execute("SET session_replication_role = replica")
    for day in month.days():
        await owner.execute(HALF_HOURS, day, first, last)
        await owner.execute(DAILY_SUMS, day, first, last)
    await owner.execute("RESET session_replication_role")
    await owner.execute("VACUUM ANALYZE")
    await owner.execute("CHECKPOINT")


async def _median(owner: Connection, time: Callable[[], Awaitable[float]]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        await owner.execute(FORGET_BILLS)
        seconds.append(await time())
    return median(seconds)


async def _time_aggregate(db: Database, month: Month, size: int) -> float:
    period = month.period(LONDON)
    started = perf_counter()
    async with db.transaction() as transaction:
        await transaction.execute("SET LOCAL work_mem = '256MB'")
        rows = await transaction.fetch(REFERENCE, period.start, period.end, month.first_day, month.next().first_day)
    assert len(rows) == 2 * size
    return perf_counter() - started


async def _time_run(db: Database, month: Month, source: str) -> float:
    started = perf_counter()
    run_id = await _request(db, month)
    run = await execute_run(db, run_id, _settings(source), utc_now(), lambda _done, _of: None)
    assert (run.status, run.failed) == ("completed", 0), run
    return perf_counter() - started


async def _time_usage(db: Database, month: Month, source: str) -> float:
    """The step that the two sources differ in."""
    async with db.connection() as connection:
        [esco] = await find_escos(connection, None)
        accounts = await supply_accounts(connection, esco.id, month, billed_too=True)
        terms = await load_terms(connection, esco, month, accounts)
        planned = [plan_account(account, terms) for account in accounts]
        assert plans_of(planned), planned
        with collector_paused():
            started = perf_counter()
            await measure(connection, planned, terms, _settings(source))
            return perf_counter() - started


async def _sum_ahead(db: Database, month: Month) -> None:
    """As every night."""
    async with db.connection() as connection:
        [esco] = await find_escos(connection, None)
        await sum_ahead(connection, esco, month, _settings("roll_ups"))


def _run_alone(url: str, month: Month) -> float:
    """MiB at most, in a process that does nothing else."""
    asyncio.run(_run_once(url, month))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB


async def _run_once(url: str, month: Month) -> None:
    db = await Database.open(url, name="bench", size=2)
    await _time_run(db, month, "half_hours")
    await db.close()


async def _request(db: Database, month: Month) -> UUID:
    async with db.transaction() as transaction:
        requested = await request_runs(transaction, month, None, requested_by="bench", now=utc_now())
    return requested.runs[0].id


def _settings(source: str) -> RunSettings:
    return RunSettings.model_validate({"billing_usage_source": source})


def _as_billing(url: str) -> str:
    return url.replace("postgres@", "flows_billing@")
