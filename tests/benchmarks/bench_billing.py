"""The whole billing run of 5,000 accounts against one hand-written aggregate over the same half hours."""

from statistics import median
from time import perf_counter
from uuid import UUID

from benchmarks.harness import Environment, Figure, benchmark
from flows_billing.runs.execute import execute_run
from flows_billing.runs.request import request_runs
from flows_billing.settings import RunSettings
from flows_shared.db import Connection, Database, connect
from flows_shared.time import LONDON, Month, local_date, utc_now

ACCOUNTS = 5_000
ROUNDS = 5
GOAL = 1.5

COMMUNITY = f"""
    INSERT INTO flows.escos (code, name) VALUES ('BENCH', 'Benchmark');
    INSERT INTO public.microgrid_tariffs (esco, period_start, computed_unit_rate, computed_standing_charge)
    SELECT id, '2020-01-01', 0.24567, 0.51234 FROM flows.escos;
    INSERT INTO flows.meter_registry (serial, esco)
    SELECT number, id FROM flows.escos, generate_series(1, {ACCOUNTS}) AS number;
    INSERT INTO flows.meter_registers (meter_id, element, nature, start_time)
    SELECT id, 'SINGLE', 'power', '2020-01-01' FROM flows.meter_registry;
    INSERT INTO flows.circuits (id, type) SELECT register_id, 'power' FROM flows.meter_registers;
    INSERT INTO flows.circuit_register (circuit, register, start_time)
    SELECT register_id, register_id, start_time FROM flows.meter_registers;
    INSERT INTO public.customers (id, fullname, email, esco)
    SELECT id, 'Customer ' || serial, serial || '@example.org', esco FROM flows.meter_registry;
    INSERT INTO public.properties (id, plot, esco, supply_meter)
    SELECT id, serial, esco, id FROM flows.meter_registry;
    INSERT INTO public.accounts (id, property, type, status, start_date)
    SELECT id, id, 'supply', 'open', '2020-01-01' FROM flows.meter_registry;
    INSERT INTO public.customer_accounts (customer, account, role)
    SELECT id, id, 'occupier' FROM flows.meter_registry;
"""
# As the sync leaves them: day by day, meter by meter.
HALF_HOURS = """
    INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)
    SELECT register_id, half_hour, round((random() * 0.7)::numeric, 3)
      FROM flows.calendar_days AS calendar,
           flows.meter_registers,
           generate_series(calendar.starts_at, calendar.ends_at - interval '30 minutes', '30 minutes') AS half_hour
     WHERE calendar.day = $1
"""
DAILY_SUMS = """
    INSERT INTO flows.register_interval_daily (register_id, day, kwh, intervals)
    SELECT register_id, $1, sum(kwh), count(*)
      FROM flows.calendar_days AS calendar
      JOIN flows.register_interval_hh AS hh ON hh.timestamp >= calendar.starts_at AND hh.timestamp < calendar.ends_at
     WHERE calendar.day = $1
     GROUP BY register_id
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
FORGET_BILLS = """
    SET session_replication_role = replica;
    TRUNCATE public.billing_runs, public.billing_run_accounts, public.invoices, public.invoice_lines,
             public.documents, public.messages, public.invoice_series, public.ledger_accounts, public.ledger_entries,
             public.ledger_postings, public.monthly_usage, flows.outbox, flows.audit_log;
    RESET session_replication_role;
"""


@benchmark("billing_run")
async def billing_run(environment: Environment) -> list[Figure]:
    """Both read 5,000 registers' half hours of a month; the run also rates, stores and posts the invoices."""
    url = await environment.database()
    month = Month.of(local_date(utc_now(), LONDON)).previous()
    owner = await connect(url, name="bench")
    worker = await Database.open(url.replace("postgres@", "flows_billing@"), name="bench", size=2)
    try:
        intervals = await _fill(owner, month)
        aggregates, runs = [], []
        for _ in range(ROUNDS):
            await owner.execute(FORGET_BILLS)
            aggregates.append(await _time_aggregate(worker, month))
            runs.append(await _time_run(worker, month))
    finally:
        await worker.close()
        await owner.close()
    ratio = median(runs) / median(aggregates)
    name = f"billing run, {ACCOUNTS:,} accounts, {intervals / 1e6:.1f} million half hours"
    reference = f"one aggregate over them: {median(aggregates):.2f} s"
    return [Figure(name, median(runs), "s", reference, ratio, GOAL, "at most")]


async def _fill(owner: Connection, month: Month) -> int:
    await owner.execute(COMMUNITY)
    await owner.execute("SET session_replication_role = replica")
    for day in month.days():
        await owner.execute(HALF_HOURS, day)
        await owner.execute(DAILY_SUMS, day)
    await owner.execute("RESET session_replication_role")
    await owner.execute("VACUUM ANALYZE")
    await owner.execute("CHECKPOINT")
    count: int = await owner.fetchval("SELECT count(*) FROM flows.register_interval_hh")
    return count


async def _time_aggregate(db: Database, month: Month) -> float:
    period = month.period(LONDON)
    started = perf_counter()
    async with db.transaction() as transaction:
        await transaction.execute("SET LOCAL work_mem = '256MB'")
        rows = await transaction.fetch(REFERENCE, period.start, period.end, month.first_day, month.next().first_day)
    assert len(rows) == 2 * ACCOUNTS
    return perf_counter() - started


async def _time_run(db: Database, month: Month) -> float:
    started = perf_counter()
    run_id = await _request(db, month)
    run = await execute_run(db, run_id, RunSettings(), utc_now())
    assert (run.status, run.billed) == ("completed", ACCOUNTS), run
    return perf_counter() - started


async def _request(db: Database, month: Month) -> UUID:
    async with db.transaction() as transaction:
        requested = await request_runs(transaction, month, None, requested_by="bench", now=utc_now())
    return requested.runs[0].id
