-- 500 accounts of twelve kinds: 462 homes, of which 38 have a household that moves out and one that moves in.
-- Prices differ by home; every third holds no VAT.
INSERT INTO flows.regions (code, name) VALUES ('Z', 'Test') ON CONFLICT DO NOTHING;
UPDATE flows.escos SET region = 'Z';
INSERT INTO public.benchmark_tariffs (region, period_start, rate_type, unit_rate, standing_charge) VALUES
    ('Z', '2026-04-01', 'single', 0.31111, 0.61111), ('Z', '2026-10-01', 'single', 0.26353, 0.53687),
    ('Z', '2026-10-01', 'multi', 0.27979, 0.55555);
INSERT INTO public.rate_profiles (esco, name) SELECT id, 'times' FROM flows.escos;
INSERT INTO public.rate_bands (profile, position, band, days, starts_at, ends_at, season_start, season_end)
SELECT profile.id, band.* FROM public.rate_profiles AS profile, (VALUES
    (1, 'weekend', '{weekend}'::text[], time '00:00', time '00:00', NULL, NULL),
    (2, 'night', '{weekday,weekend,holiday}', '22:30', '06:30', NULL, NULL),
    (3, 'winter peak', '{weekday}', '16:00', '19:00', '10-20', '03-31')) AS band;

CREATE TABLE home AS
SELECT number, gen_random_uuid() AS id, ('{flat,two elements,times of use,monthly blocks,daily blocks,export,
                     business,mixed,estimated,exchanged,idle,moved}'::text[])[number % 12 + 1] AS kind,
       round(0.1 + number / 3000.0, 5) AS rate, round(0.3 + number / 2000.0, 5) AS standing,
       number % 3 > 0 AS includes_vat, esco.id AS esco
  FROM flows.escos AS esco, generate_series(1, 462) AS number;
INSERT INTO flows.meter_registry (id, serial, esco) SELECT id, number, esco FROM home;
INSERT INTO flows.meter_registers (meter_id, element, nature, start_time)
SELECT id, element, 'power', '2020-01-01'
  FROM home, unnest(CASE kind WHEN 'two elements' THEN '{A,B}'::text[] ELSE '{SINGLE}' END) AS element;
INSERT INTO public.properties (id, plot, esco, supply_meter) SELECT id, number, esco, id FROM home;

-- A hundred homes share what four roofs generate: one whose meter is exchanged, one that is added, one that is taken away, one
-- that is there all along. What the two measure on other days is not the group's.
CREATE TABLE roof AS
SELECT gen_random_uuid() AS id, gen_random_uuid() AS meter, roof.name, esco.id AS esco
  FROM flows.escos AS esco, unnest('{exchanged,added,taken,steady}'::text[]) AS roof (name);
INSERT INTO flows.meter_registry (id, serial, esco) SELECT meter, name, esco FROM roof;
INSERT INTO flows.meter_registers (register_id, meter_id, element, nature, start_time)
SELECT id, meter, 'SINGLE', 'solar', '2020-01-01' FROM roof;
INSERT INTO public.sharing_groups (esco, name) SELECT id, 'Roofs' FROM flows.escos;
INSERT INTO public.sharing_terms (sharing_group, period_start, method, internal_rate, includes_vat)
SELECT id, '2026-01-01', 'proportional', 0.08765, false FROM public.sharing_groups;
INSERT INTO public.sharing_meters (sharing_group, register, role, valid_from, valid_to)
SELECT sharing.id, roof.id, 'generation', CASE roof.name WHEN 'added' THEN '2026-10-12' ELSE '2000-01-01' END::date,
       CASE roof.name WHEN 'taken' THEN date '2026-10-23' END
  FROM public.sharing_groups AS sharing, roof;
INSERT INTO public.sharing_members (sharing_group, property, start_date)
SELECT sharing.id, home.id, '2026-01-01'
  FROM public.sharing_groups AS sharing, home WHERE kind NOT IN ('export', 'idle') AND number <= 120;
-- Within a day.
INSERT INTO flows.meter_registry (serial, esco)
SELECT 'new ' || serial, esco FROM flows.meter_registry
 WHERE serial = 'exchanged' OR id IN (SELECT id FROM home WHERE kind = 'exchanged');
SELECT flows.exchange_meter(old.id, new.id, CASE old.serial WHEN 'exchanged' THEN '2026-10-20 11:10Z'
                                                            ELSE '2026-10-14 10:30Z' END::timestamptz)
  FROM flows.meter_registry AS old JOIN flows.meter_registry AS new ON new.serial = 'new ' || old.serial;

CREATE TABLE household AS
SELECT home.*, gen_random_uuid() AS customer, gen_random_uuid() AS account,
       CASE WHEN kind = 'flat' AND number % 24 = 0 THEN date '2026-10-01' + number % 29 ELSE date '2020-01-01' END AS start_date,
       CASE kind WHEN 'moved' THEN date '2026-10-01' + number % 30 END AS end_date
  FROM home
 UNION ALL
SELECT home.*, gen_random_uuid(), gen_random_uuid(), date '2026-10-01' + number % 30, NULL FROM home WHERE kind = 'moved';
INSERT INTO public.customers (id, fullname, esco) SELECT customer, number, esco FROM household;
INSERT INTO public.accounts (id, property, type, status, start_date, end_date)
SELECT account, id, 'supply', CASE WHEN end_date IS NULL THEN 'open' ELSE 'closed' END, start_date, end_date FROM household;
INSERT INTO public.customer_accounts (customer, account, role) SELECT customer, account, 'occupier' FROM household;

INSERT INTO public.customer_tariffs (
    customer, period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat, rate_profile)
SELECT customer, date '2026-01-01', rate, CASE kind WHEN 'two elements' THEN rate / 2 END, standing, includes_vat, profile.id
  FROM household LEFT JOIN public.rate_profiles AS profile ON kind = 'times of use'
 UNION ALL
SELECT customer, '2026-10-11', rate + 0.05, NULL, standing + 0.1, includes_vat, NULL
  FROM household WHERE kind IN ('monthly blocks', 'estimated');
INSERT INTO public.tariff_components (
    customer_tariff, kind, band, from_kwh, threshold_period, rate, includes_vat)
SELECT tariff.id, part.kind, part.band, part.from_kwh, part.threshold_period,
       round(tariff.computed_unit_rate * part.factor, 5), tariff.includes_vat
  FROM household
  JOIN public.customer_tariffs AS tariff ON tariff.customer = household.customer
  JOIN (VALUES
      ('times of use', 'unit_rate', 'night', 0, NULL, 0.4), ('times of use', 'unit_rate', 'winter peak', 0, NULL, 1.7),
      ('times of use', 'unit_rate', 'night', 60, 'month', 0.45),
      ('monthly blocks', 'unit_rate', NULL, 0, NULL, 0.8), ('monthly blocks', 'unit_rate', NULL, 155, 'month', 1.1),
      ('monthly blocks', 'unit_rate', NULL, 333, 'month', 1.4),
      ('daily blocks', 'unit_rate', NULL, 0, NULL, 0.9), ('daily blocks', 'unit_rate', NULL, 16.5, 'day', 1.3),
      ('export', 'export_credit', NULL, 0, NULL, 0.3), ('idle', 'minimum_charge', NULL, 0, NULL, 120)
  ) AS part (of_kind, kind, band, from_kwh, threshold_period, factor) ON part.of_kind = household.kind;
INSERT INTO public.vat_statuses (property, valid_from, use) SELECT id, '2026-01-01', 'business' FROM home WHERE kind = 'business';
INSERT INTO public.vat_statuses (customer, valid_from, use, qualifying_percent, certificate, certificate_from, certificate_to)
SELECT customer, '2026-01-01', 'mixed', 20 + number % 5 * 15, 'C', '2026-01-01',
       CASE WHEN number % 24 = 7 THEN date '2026-09-30' END
  FROM household WHERE kind = 'mixed';
INSERT INTO public.vat_registrations (customer, valid_from, vat_number)
SELECT customer, '2026-01-01', 'GB' || number FROM household WHERE kind = 'export' AND number % 24 = 5;

SET LOCAL session_replication_role = replica;
INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)
SELECT register_id, half_hour,
       abs(hashtext(register_id::text || half_hour::text)) % 700 / 1000.0
       * CASE WHEN kind = 'idle' THEN 0 WHEN kind IN ('business', 'mixed') AND number % 36 < 24 THEN 3 ELSE 1 END
  FROM flows.meter_registers AS register
  JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
  JOIN home ON home.number::text = replace(meter.serial, 'new ', ''),
       generate_series('2026-09-30 23:00Z'::timestamptz, '2026-10-31 23:30Z', '30 minutes') AS half_hour
 WHERE half_hour >= start_time AND half_hour < coalesce(end_time, 'infinity');
INSERT INTO flows.register_interval_hh (register_id, timestamp, kwh)
SELECT register_id, half_hour, abs(hashtext(register_id::text || half_hour::text)) % 25000 / 1000.0
  FROM flows.meter_registers AS register,
       generate_series('2026-09-30 23:00Z'::timestamptz, '2026-10-31 23:30Z', '30 minutes') AS half_hour
 WHERE nature = 'solar' AND half_hour >= start_time AND half_hour < coalesce(end_time, 'infinity');
WITH gone AS (
    DELETE FROM flows.register_interval_hh
     USING flows.meter_registers AS register JOIN home ON home.id = register.meter_id AND home.kind = 'estimated'
     WHERE register.register_id = register_interval_hh.register_id
       AND abs(hashtext(timestamp::text || number)) % 40 = 0
    RETURNING register_interval_hh.register_id, timestamp
)
INSERT INTO flows.register_interval_estimates (register_id, timestamp, kwh, method)
SELECT register_id, timestamp, 0.123, 'linear' FROM gone;
INSERT INTO flows.register_export (register_id, timestamp, read)
SELECT register_id, read_at, number + read
  FROM flows.meter_registers AS register
  JOIN home ON home.id = register.meter_id AND kind = 'export',
       (VALUES ('2026-09-30 22:10Z'::timestamptz, 10), ('2026-10-20 12:00Z', 77.7), ('2026-10-31 23:50Z', 140.321),
               ('2026-11-01 01:00Z', 141)) AS history (read_at, read);
