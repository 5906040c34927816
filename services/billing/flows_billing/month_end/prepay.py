"""Prepay meters at a month's end: the ledger knows what was put on them, and they report what they hold."""

from typing import Final

ABOUT: Final = "Prepay meters: what they reported, what was put on them, and what their energy should have used"

# $1 is the community, $2 the month's first day, $3 the next month's.
PREPAY = """
    WITH metered AS (
        SELECT meter.id, meter.serial, esco.time_zone,
               flows.local_midnight($2, esco.time_zone) AS starts_at,
               flows.local_midnight($3, esco.time_zone) AS ends_at
          FROM flows.meter_registry AS meter JOIN flows.escos AS esco ON esco.id = meter.esco
         WHERE meter.esco = $1
           AND (meter.prepay_enabled OR EXISTS (SELECT FROM public.topups
                                                 WHERE topups.meter = meter.id AND topups.status = 'completed'))
    ), price AS MATERIALIZED (
        SELECT DISTINCT ON (meter) meter, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
          FROM public.supply_tariffs WHERE period_start < $3 ORDER BY meter, period_start DESC
    ), topped AS (
        SELECT topup.meter, sum(-posting.amount_pence) AS ledger_pence,
               coalesce(sum(-posting.amount_pence) FILTER (WHERE entry.entry_date >= $2), 0) AS month_pence
          FROM public.topups AS topup
          JOIN public.ledger_entries AS entry ON entry.kind = 'topup' AND entry.reference = topup.id::text
           AND entry.esco = $1 AND entry.entry_date < $3
          JOIN public.ledger_postings AS posting ON posting.entry = entry.id
          JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account AND ledger.code = 'meter_credit'
         GROUP BY topup.meter
    ), valued AS (
        SELECT metered.*, round(100 * opening.balance) AS opening_pence, round(100 * closing.balance) AS closing_pence,
               coalesce(topped.month_pence, 0) AS topups_pence, coalesce(topped.ledger_pence, 0) AS ledger_pence,
               used.kwh, round(100 * (coalesce(used.cost, 0) + ($3::date - $2::date) * price.computed_standing_charge))
               AS energy_pence
          FROM metered
          LEFT JOIN topped ON topped.meter = metered.id
          LEFT JOIN LATERAL (SELECT balance FROM flows.meter_prepay_balance AS reported
                              WHERE reported.meter_id = metered.id AND reported.timestamp < metered.starts_at
                              ORDER BY reported.timestamp DESC LIMIT 1) AS opening ON true
          LEFT JOIN LATERAL (SELECT balance FROM flows.meter_prepay_balance AS reported
                              WHERE reported.meter_id = metered.id AND reported.timestamp < metered.ends_at
                              ORDER BY reported.timestamp DESC LIMIT 1) AS closing ON true
          LEFT JOIN price ON price.meter = metered.id
          LEFT JOIN LATERAL (SELECT coalesce(sum(daily.kwh), 0) AS kwh,
                                    sum(daily.kwh * CASE register.element WHEN 'B' THEN price.computed_unit_rate_b
                                                                          ELSE price.computed_unit_rate END) AS cost
                               FROM flows.meter_registers AS register
                               JOIN flows.register_interval_daily AS daily ON daily.register_id = register.register_id
                                AND daily.day >= $2 AND daily.day < $3
                              WHERE register.meter_id = metered.id AND register.nature <> 'solar') AS used ON true
    )
    SELECT serial, opening_pence, topups_pence, closing_pence,
           opening_pence + topups_pence - closing_pence AS used_pence, kwh, energy_pence,
           opening_pence + topups_pence - closing_pence - energy_pence AS difference_pence,
           ledger_pence AS ledger_topups_pence
      FROM valued ORDER BY serial
"""
