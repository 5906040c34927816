"""Shared energy computed again in one statement: by other code than what billed it."""

from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.proof.finding import Check, Difference
from flows_shared.db import Connection
from flows_shared.time import Month

# The groups and months of the invoices chosen.
GROUPS: Final = """
    SELECT DISTINCT sharing.id, date_trunc('month', chosen.period_start)::date AS month, esco.time_zone
      FROM chosen
      JOIN public.accounts AS account ON account.id = chosen.account
      JOIN public.sharing_members AS member ON member.property = account.property
       AND member.start_date < chosen.period_end
       AND (member.end_date IS NULL OR member.end_date >= chosen.period_start)
      JOIN public.sharing_groups AS sharing ON sharing.id = member.sharing_group
      JOIN flows.escos AS esco ON esco.id = sharing.esco
"""
# $4 the group, [$5, $6) the month's time, $7 its zone. Weights and ratios are of 10^8, energy is in Wh. An amount goes
# by weight, cut; what is left over goes one by one to the largest remainders, of equals from the turn's place on.
BILLED_OTHERWISE: Final = """
    , half AS (
        SELECT timestamp, number / 48 + number % 48 AS turn, (timestamp AT TIME ZONE $7)::date AS day
          FROM generate_series($5::timestamptz, $6::timestamptz - interval '30 minutes', '30 minutes') AS timestamp,
               LATERAL (SELECT div(extract(epoch FROM timestamp), 1800)::bigint AS number) AS since
    ), counting AS MATERIALIZED (
        SELECT register.register_id, meter.valid_from, coalesce(meter.valid_to, 'infinity') AS valid_to,
               register.start_time, coalesce(register.end_time, 'infinity') AS end_time
          FROM public.sharing_meters AS meter
          JOIN flows.meter_registers AS register ON register.register_id = meter.register
         WHERE meter.sharing_group = $4 AND meter.role = 'generation'
    ), supplying AS MATERIALIZED (
        SELECT property.id AS property, line.register_id, line.start_time,
               coalesce(line.end_time, 'infinity') AS end_time
          FROM public.properties AS property
          JOIN flows.meter_line(ARRAY(SELECT home.supply_meter
                                        FROM public.sharing_members AS member
                                        JOIN public.properties AS home ON home.id = member.property
                                       WHERE member.sharing_group = $4)) AS line ON line.meter = property.supply_meter
         WHERE line.nature <> 'solar'
    ), measured AS MATERIALIZED (
        SELECT register_id, timestamp, floor(kwh * 1000)::bigint AS wh
          FROM flows.register_intervals
         WHERE timestamp >= $5 AND timestamp < $6
           AND register_id = ANY(ARRAY(SELECT register_id FROM counting UNION SELECT register_id FROM supplying))
    ), generated AS (
        SELECT half.timestamp, sum(wh)::bigint AS wh
          FROM half
          JOIN counting ON half.day >= valid_from AND half.day < valid_to
           AND half.timestamp > start_time - interval '30 minutes' AND half.timestamp < end_time
          LEFT JOIN measured ON measured.register_id = counting.register_id AND measured.timestamp = half.timestamp
         GROUP BY half.timestamp
        HAVING bool_and(wh IS NOT NULL
                        OR half.timestamp < start_time OR half.timestamp > end_time - interval '30 minutes')
    ), consumed AS (
        SELECT supplying.property, measured.timestamp, sum(wh)::bigint AS wh
          FROM measured
          JOIN supplying ON supplying.register_id = measured.register_id
           AND measured.timestamp > start_time - interval '30 minutes' AND measured.timestamp < end_time
         GROUP BY supplying.property, measured.timestamp
    ), asked AS (
        SELECT half.timestamp, half.turn, half.day, member.property, terms.method, terms.redistribute,
               (member.coefficient * 1e8)::bigint AS coefficient, (member.surplus_ratio * 1e8)::bigint AS surplus_ratio,
               CASE terms.method WHEN 'priority' THEN member.priority ELSE 1 END AS class,
               coalesce(generated.wh, 0) AS generation, coalesce(consumed.wh, 0) AS demand
          FROM half
          JOIN LATERAL (SELECT * FROM public.sharing_terms
                         WHERE sharing_group = $4 AND period_start <= half.day
                         ORDER BY period_start DESC LIMIT 1) AS terms ON true
          JOIN public.sharing_members AS member ON member.sharing_group = $4 AND member.start_date <= half.day
           AND (member.end_date IS NULL OR member.end_date >= half.day)
          LEFT JOIN generated ON generated.timestamp = half.timestamp
          LEFT JOIN consumed ON consumed.timestamp = half.timestamp AND consumed.property = member.property
    ), pooled AS (
        SELECT *, sum(demand) OVER class AS class_demand, count(*) OVER class AS places,
               row_number() OVER (class ORDER BY property) - 1 AS place,
               greatest(0, generation - (sum(demand) OVER (PARTITION BY timestamp ORDER BY class
                                                           RANGE UNBOUNDED PRECEDING) - sum(demand) OVER class)) AS pool
          FROM asked
        WINDOW class AS (PARTITION BY timestamp, class)
    ), weighted AS (
        SELECT *, CASE method WHEN 'fixed' THEN generation ELSE least(pool, class_demand) END AS units,
               CASE method WHEN 'fixed' THEN coefficient ELSE demand END AS weight,
               CASE method WHEN 'fixed' THEN 100000000 ELSE greatest(class_demand, 1) END AS whole
          FROM pooled
    ), cut AS (
        SELECT *, div(units * weight, whole) AS part, mod(units * weight, whole) AS remainder,
               mod(place - mod(turn, places) + places, places) AS queue
          FROM weighted
    ), handed AS (
        SELECT *, least(demand, part + CASE WHEN row_number() OVER (class ORDER BY remainder DESC, queue)
               <= div(units * sum(weight) OVER class, whole) - sum(part) OVER class THEN 1 ELSE 0 END) AS first
          FROM cut
        WINDOW class AS (PARTITION BY timestamp, class)
    ), lacking AS (
        SELECT *, CASE WHEN method = 'fixed' AND redistribute THEN demand - first ELSE 0 END AS lack,
               generation - sum(first) OVER (PARTITION BY timestamp) AS unused
          FROM handed
    ), more AS (
        SELECT *, greatest(sum(lack) OVER half, 1) AS lacked, least(unused, sum(lack) OVER half) AS given
          FROM lacking
        WINDOW half AS (PARTITION BY timestamp)
    ), allocated AS (
        SELECT *, first + div(given * lack, lacked)
               + CASE WHEN row_number() OVER (PARTITION BY timestamp ORDER BY mod(given * lack, lacked) DESC, queue)
                      <= given - sum(div(given * lack, lacked)) OVER half THEN 1 ELSE 0 END AS shared
          FROM more
        WINDOW half AS (PARTITION BY timestamp)
    ), left_over AS (
        SELECT *, generation - sum(shared) OVER half AS surplus,
               count(*) FILTER (WHERE surplus_ratio > 0) OVER half AS takers,
               count(*) FILTER (WHERE surplus_ratio > 0) OVER (half ORDER BY property) - 1 AS taker
          FROM allocated
        WINDOW half AS (PARTITION BY timestamp)
    ), taken AS (
        SELECT *, div(surplus * surplus_ratio, 100000000)
               + CASE WHEN surplus_ratio > 0
                       AND row_number() OVER (PARTITION BY timestamp
                                              ORDER BY surplus_ratio > 0 DESC,
                                                       mod(surplus * surplus_ratio, 100000000) DESC,
                                                       mod(taker - mod(turn, greatest(takers, 1)) + takers,
                                                           greatest(takers, 1)))
                           <= div(surplus * sum(surplus_ratio) OVER half, 100000000)
                              - sum(div(surplus * surplus_ratio, 100000000)) OVER half THEN 1 ELSE 0 END AS credited
          FROM left_over
        WINDOW half AS (PARTITION BY timestamp)
    ), daily AS MATERIALIZED (
        SELECT property, day, sum(shared) / 1000 AS shared, sum(credited) / 1000 AS credited
          FROM taken GROUP BY property, day
    ), billed AS (
        SELECT chosen.number, account.property, line.period_start, line.period_end,
               coalesce(sum(quantity) FILTER (WHERE terms.id IS NOT NULL AND kind = 'shared_energy'), 0) AS shared,
               coalesce(sum(quantity) FILTER (WHERE terms.id IS NOT NULL AND kind = 'export_credit'), 0) AS credited
          FROM chosen
          JOIN public.accounts AS account ON account.id = chosen.account
          JOIN public.invoice_lines AS line ON line.invoice = chosen.id
           -- Others may span several parts, or some days of one.
           AND line.kind IN ('energy', 'shared_energy', 'standing_charge', 'export_credit')
          LEFT JOIN public.sharing_terms AS terms ON terms.id = line.sharing_terms AND terms.sharing_group = $4
         WHERE chosen.status <> 'void'
           AND chosen.period_start < ($6 AT TIME ZONE $7)::date AND chosen.period_end > ($5 AT TIME ZONE $7)::date
         GROUP BY chosen.number, account.property, line.period_start, line.period_end
    )
    SELECT billed.number, 'shared energy from ' || billed.period_start,
           format('%s kWh shared, %s kWh of surplus', trim_scale(sums.shared), trim_scale(sums.credited)),
           format('%s kWh shared, %s kWh of surplus', trim_scale(billed.shared), trim_scale(billed.credited))
      FROM billed
      JOIN LATERAL (SELECT coalesce(sum(daily.shared), 0) AS shared, coalesce(sum(daily.credited), 0) AS credited
                      FROM daily
                     WHERE daily.property = billed.property
                       AND daily.day >= billed.period_start AND daily.day < billed.period_end) AS sums ON true
     WHERE (billed.shared, billed.credited) <> (sums.shared, sums.credited)
"""


async def shared_otherwise(
    db: Connection, chosen: str, arguments: tuple[UUID | None, date | None, str | None]
) -> list[Difference]:
    """Of the invoices that `chosen` selects with these arguments; late readings explain it, where they were noted."""
    check = Check(chosen + BILLED_OTHERWISE, field="quantity", subject="sharing")
    found: list[Difference] = []
    for group, first_day, zone in await db.fetch(chosen + GROUPS, *arguments):
        period = Month.of(first_day).period(ZoneInfo(zone))
        span: tuple[datetime, datetime] = (period.start, period.end)
        rows = await db.fetch(check.statement, *arguments, group, *span, zone)
        found += [check.difference(row) for row in rows]
    return found
