"""Sharing: a month of half hours of 2,000 members, read and allocated by each method."""

import os
from dataclasses import replace
from statistics import median
from time import perf_counter

from benchmarks.harness import Environment, Figure, benchmark
from flows_billing.sharing.allocation import Readings, allocate_month
from flows_billing.sharing.methods import METHODS
from flows_billing.sharing.terms import Group
from flows_billing.stores.communities import find_escos
from flows_billing.stores.sharing import read_series, sharing_in
from flows_shared.db import Connection, connect
from flows_shared.time import HALF_HOUR, LONDON, Month, local_date, utc_now
from flows_shared.vocabulary.billing import SharingMethod

MEMBERS = int(os.environ.get("FLOWS_BENCH_MEMBERS", "2000"))
MOST_KWH = 0.6 * MEMBERS
ROUNDS = 3

COMMUNITY = f"""
    INSERT INTO flows.escos (code, name) VALUES ('BENCH', 'Benchmark');
    INSERT INTO flows.meter_registry (id, serial, esco)
    SELECT gen_random_uuid(), number::text, id FROM flows.escos, generate_series(0, {MEMBERS}) AS number;
    INSERT INTO flows.meter_registers (register_id, meter_id, element, nature, start_time)
    SELECT id, id, 'SINGLE', CASE serial WHEN '0' THEN 'solar' ELSE 'power' END, '2020-01-01' FROM flows.meter_registry;
    INSERT INTO public.properties (id, plot, esco, supply_meter)
    SELECT id, serial, esco, id FROM flows.meter_registry WHERE serial <> '0';
    INSERT INTO public.sharing_groups (esco, name) SELECT id, 'Benchmark' FROM flows.escos;
    INSERT INTO public.sharing_meters (sharing_group, register, role)
    SELECT sharing.id, meter.id, 'generation'
      FROM public.sharing_groups AS sharing, flows.meter_registry AS meter WHERE serial = '0';
    INSERT INTO public.sharing_members (sharing_group, property, start_date, coefficient, priority)
    SELECT sharing.id, home.id, '2020-01-01', {1 / MEMBERS}, 1 + home.plot::integer % 3
      FROM public.sharing_groups AS sharing, public.properties AS home;
    INSERT INTO public.sharing_terms (sharing_group, period_start, method, internal_rate, redistribute)
    SELECT id, '2020-01-01', 'proportional', 0.12, true FROM public.sharing_groups;
"""
# The generation of a day: nothing at night, at noon more than all consume.
HALF_HOURS = f"""
    INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)
    SELECT id, half_hour,
           CASE serial WHEN '0'
                THEN greatest(0, round((sin((extract(hour FROM half_hour) - 6) / 12 * pi()) * {MOST_KWH})::numeric, 3))
                ELSE round((random() * 0.7)::numeric, 3) END
      FROM flows.meter_registry, generate_series($1::timestamptz, $2, '30 minutes'::interval) AS half_hour
"""
AGGREGATE = """
    SELECT timestamp, sum(kwh), count(*) FROM flows.register_interval_hh
     WHERE timestamp >= $1 AND timestamp < $2 GROUP BY timestamp
"""


@benchmark("sharing")
async def sharing(environment: Environment) -> list[Figure]:
    """Seconds of reading, and of allocating by each method; the reference is one sum by half hour in the database."""
    owner = await connect(await environment.database(), name="bench")
    month = Month.of(local_date(utc_now(), LONDON)).previous()
    try:
        await _fill(owner, month)
        [esco] = await find_escos(owner, None)
        [group] = (await sharing_in(owner, esco.id, month)).groups
        reading, aggregate = [], []
        for _ in range(ROUNDS):
            started = perf_counter()
            readings = await read_series(owner, group, month, LONDON)
            reading.append(perf_counter() - started)
            started = perf_counter()
            await owner.fetch(AGGREGATE, readings.period.start, readings.period.end)
            aggregate.append(perf_counter() - started)
    finally:
        await owner.close()
    return [_figure(method, group, readings, month, median(reading), median(aggregate)) for method in METHODS]


async def _fill(owner: Connection, month: Month) -> None:
    period = month.period(LONDON)
    await owner.execute("SELECT flows.ensure_interval_partitions($1, $2)", period.start.date(), period.end.date())
    await owner.execute(COMMUNITY)
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(HALF_HOURS, period.start, period.end - HALF_HOUR)
    await owner.execute("RESET session_replication_role")
    await owner.execute("VACUUM ANALYZE")


def _figure(
    method: SharingMethod, group: Group, readings: Readings, month: Month, reading: float, aggregate: float
) -> Figure:
    [terms] = group.terms
    chosen = Group(group.id, group.name, None, (replace(terms, method=method),), group.members, group.meters)
    seconds = []
    for _ in range(ROUNDS):
        started = perf_counter()
        found = allocate_month(chosen, readings, month, LONDON)
        seconds.append(perf_counter() - started)
    assert 0 < sum(found.shared) < sum(found.generation)
    intervals, whole = MEMBERS * readings.half_hours, reading + median(seconds)
    said = f"read {reading:.2f} s, allocate {median(seconds):.2f} s; one sum in the database: {aggregate:.2f} s"
    name = f"sharing by {method}, {intervals / 1e6:.1f} million half hours"
    return Figure(name, intervals / whole, "half hours a second", said, intervals / whole / 300_000, 1, "at least")
