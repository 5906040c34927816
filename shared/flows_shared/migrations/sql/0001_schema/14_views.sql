-- Every view runs with its reader's rights (security_invoker), so that row level security holds through it.
CREATE VIEW public.escos WITH (security_invoker) AS
SELECT id, name, code, app_url, region, created_at, updated_at FROM flows.escos;

CREATE VIEW public.regions WITH (security_invoker) AS
SELECT code, name, created_at, updated_at FROM flows.regions;

CREATE VIEW public.circuits WITH (security_invoker) AS
SELECT id, type, name, created_at, updated_at FROM flows.circuits;

CREATE VIEW public.circuit_meter WITH (security_invoker) AS
SELECT link.circuit AS circuit_id, register.meter_id, min(link.created_at) AS created_at, max(link.updated_at) AS updated_at
  FROM flows.circuit_register AS link
  JOIN flows.meter_registers AS register ON register.register_id = link.register
 GROUP BY link.circuit, register.meter_id;

CREATE VIEW flows.meter_shadows_tariffs WITH (security_invoker) AS
SELECT shadow.id,
       meter.serial,
       (shadow.tariffs_active ->> 'standing_charge')::numeric AS active_standing_charge,
       (shadow.tariffs_active ->> 'unit_rate_element_a')::numeric AS active_unit_rate_a,
       (shadow.tariffs_active ->> 'unit_rate_element_b')::numeric AS active_unit_rate_b,
       (shadow.tariffs_active ->> 'prepayment_ecredit_availability')::numeric AS active_ecredit_availability,
       (shadow.tariffs_active ->> 'prepayment_debt_recovery_rate')::numeric AS active_debt_recovery_rate,
       (shadow.tariffs_active ->> 'prepayment_emergency_credit')::numeric AS active_emergency_credit,
       shadow.tariffs_active -> 'threshold_mask' AS active_threshold_mask,
       shadow.tariffs_active -> 'threshold_values' AS active_threshold_values,
       (shadow.tariffs_future ->> 'standing_charge')::numeric AS future_standing_charge,
       (shadow.tariffs_future ->> 'unit_rate_element_a')::numeric AS future_unit_rate_a,
       (shadow.tariffs_future ->> 'unit_rate_element_b')::numeric AS future_unit_rate_b,
       (shadow.tariffs_future ->> 'prepayment_ecredit_availability')::numeric AS future_ecredit_availability,
       (shadow.tariffs_future ->> 'prepayment_debt_recovery_rate')::numeric AS future_debt_recovery_rate,
       (shadow.tariffs_future ->> 'prepayment_emergency_credit')::numeric AS future_emergency_credit,
       (shadow.tariffs_future ->> 'activation_datetime')::timestamptz AS future_activation_datetime,
       shadow.tariffs_future -> 'threshold_mask' AS future_threshold_mask,
       shadow.tariffs_future -> 'threshold_values' AS future_threshold_values
  FROM flows.meter_shadows AS shadow
  JOIN flows.meter_registry AS meter ON meter.id = shadow.id;

CREATE VIEW flows.meters_low_balance WITH (security_invoker) AS
SELECT meter.id, meter.serial, meter.name, esco.code AS esco, shadow.balance, shadow.health, shadow.updated_at
  FROM flows.meter_registry AS meter
  JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
  JOIN flows.escos AS esco ON esco.id = meter.esco
 WHERE meter.prepay_enabled AND shadow.balance < 15;

CREATE VIEW flows.meters_clock_drift WITH (security_invoker) AS
SELECT meter.id, meter.serial, meter.name, esco.code AS esco, shadow.clock_time_diff_seconds, shadow.clock_time_diff_synced_at
  FROM flows.meter_registry AS meter
  JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
  JOIN flows.escos AS esco ON esco.id = meter.esco
 WHERE abs(shadow.clock_time_diff_seconds) >= 60;

CREATE VIEW flows.meters_offline_all WITH (security_invoker) AS
SELECT meter.id, meter.serial, meter.name, esco.code AS esco, shadow.last_healthy_at AS last_online, shadow.health_details
  FROM flows.meter_registry AS meter
  JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
  JOIN flows.escos AS esco ON esco.id = meter.esco
 WHERE meter.installation_status = 'enabled'
   AND (shadow.last_healthy_at IS NULL OR shadow.last_healthy_at < now() - interval '3 hours');

CREATE VIEW flows.meters_offline_recently WITH (security_invoker) AS
SELECT * FROM flows.meters_offline_all WHERE last_online > now() - interval '24 hours';

CREATE VIEW flows.circuit_interval_hh WITH (security_invoker) AS
SELECT link.circuit AS circuit_id, interval_hh.timestamp, sum(interval_hh.kwh) AS kwh
  FROM flows.circuit_register AS link
  JOIN flows.register_interval_hh AS interval_hh ON interval_hh.register_id = link.register
   AND interval_hh.timestamp >= link.start_time
   AND (link.end_time IS NULL OR interval_hh.timestamp < link.end_time)
 GROUP BY link.circuit, interval_hh.timestamp;

-- Whole days come from the roll-ups; a day within which a register joins or leaves the circuit, from its half hours.
CREATE VIEW flows.circuit_interval_daily WITH (security_invoker) AS
WITH link AS (
    SELECT circuit_register.circuit, circuit_register.register, circuit_register.start_time,
           coalesce(circuit_register.end_time, 'infinity') AS end_time, esco.time_zone
      FROM flows.circuit_register
      JOIN flows.meter_registers AS register ON register.register_id = circuit_register.register
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
), edge AS (
    SELECT link.*, cut.day,
           cut.day::timestamp AT TIME ZONE time_zone AS starts_at, (cut.day + 1)::timestamp AT TIME ZONE time_zone AS ends_at
      FROM link, LATERAL (SELECT (start_time AT TIME ZONE time_zone)::date AS day
                           UNION
                          SELECT (end_time AT TIME ZONE time_zone)::date WHERE end_time < 'infinity') AS cut
)
SELECT circuit_id, day, sum(kwh) AS kwh
  FROM (SELECT link.circuit AS circuit_id, daily.day, daily.kwh
          FROM link
          JOIN flows.register_interval_daily AS daily ON daily.register_id = link.register
           AND daily.day::timestamp AT TIME ZONE link.time_zone >= link.start_time
           AND (daily.day + 1)::timestamp AT TIME ZONE link.time_zone <= link.end_time
         UNION ALL
        SELECT edge.circuit, edge.day, hh.kwh
          FROM edge
          JOIN flows.register_interval_hh AS hh ON hh.register_id = edge.register
           AND hh.timestamp >= greatest(edge.starts_at, edge.start_time)
           AND hh.timestamp < least(edge.ends_at, edge.end_time)
         WHERE edge.start_time > edge.starts_at OR edge.end_time < edge.ends_at) AS part
 GROUP BY circuit_id, day;

CREATE VIEW flows.circuit_interval_monthly WITH (security_invoker) AS
SELECT circuit_id, date_trunc('month', day::timestamp)::date AS month, sum(kwh) AS kwh
  FROM flows.circuit_interval_daily
 GROUP BY circuit_id, date_trunc('month', day::timestamp)::date;

CREATE VIEW flows.register_interval_hh_missing WITH (security_invoker) AS
SELECT day.register_id, day.day AS date, day.expected, coalesce(daily.intervals, 0) AS found,
       day.expected - coalesce(daily.intervals, 0) AS missing
  FROM (SELECT register.register_id, calendar.day,
               (ceil(extract(epoch FROM least(calendar.ends_at, register.end_time)) / 1800)
                - ceil(extract(epoch FROM greatest(calendar.starts_at, register.start_time)) / 1800))::integer AS expected
          FROM flows.meter_registers AS register
          JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
          JOIN flows.escos AS esco ON esco.id = meter.esco
          JOIN flows.calendar_days AS calendar ON calendar.time_zone = esco.time_zone
           AND calendar.ends_at > register.start_time
           AND calendar.starts_at < coalesce(register.end_time, 'infinity')
           AND calendar.ends_at <= now()) AS day
  LEFT JOIN flows.register_interval_daily AS daily ON daily.register_id = day.register_id AND daily.day = day.day
 WHERE day.expected > coalesce(daily.intervals, 0);
COMMENT ON VIEW flows.register_interval_hh_missing IS 'Whole local days of a register in which half hours are missing';

CREATE VIEW flows.register_import_missing WITH (security_invoker) AS
SELECT register.register_id, calendar.day AS date, 1 AS expected, 0 AS found, 1 AS missing
  FROM flows.meter_registers AS register
  JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
  JOIN flows.escos AS esco ON esco.id = meter.esco
  JOIN flows.calendar_days AS calendar ON calendar.time_zone = esco.time_zone
   AND calendar.starts_at >= register.start_time AND calendar.starts_at < coalesce(register.end_time, 'infinity')
   AND calendar.ends_at <= now()
 WHERE NOT EXISTS (SELECT FROM flows.register_import AS history
                    WHERE history.register_id = register.register_id
                      AND history.timestamp >= calendar.starts_at AND history.timestamp < calendar.ends_at);

CREATE VIEW flows.register_export_missing WITH (security_invoker) AS
SELECT register.register_id, calendar.day AS date, 1 AS expected, 0 AS found, 1 AS missing
  FROM flows.meter_registers AS register
  JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
  JOIN flows.escos AS esco ON esco.id = meter.esco
  JOIN flows.calendar_days AS calendar ON calendar.time_zone = esco.time_zone
   AND calendar.starts_at >= register.start_time AND calendar.starts_at < coalesce(register.end_time, 'infinity')
   AND calendar.ends_at <= now()
 WHERE NOT EXISTS (SELECT FROM flows.register_export AS history
                    WHERE history.register_id = register.register_id
                      AND history.timestamp >= calendar.starts_at AND history.timestamp < calendar.ends_at);

CREATE FUNCTION flows.get_meters_for_cli(esco_filter text DEFAULT NULL, feeder_filter text DEFAULT NULL)
RETURNS TABLE (id uuid, ip_address text, serial text, name text, single_meter_app boolean, esco text, csq smallint,
               health text, hardware text, feeder text)
LANGUAGE sql STABLE SET search_path = pg_catalog, flows AS $$
    SELECT meter.id, host(meter.ip_address), meter.serial, meter.name, meter.single_meter_app, esco.code, shadow.csq,
           shadow.health, meter.hardware, feeder.name
      FROM flows.meter_registry AS meter
      JOIN flows.escos AS esco ON esco.id = meter.esco
      JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
      LEFT JOIN flows.service_head_meter AS head_meter ON head_meter.meter = meter.id
      LEFT JOIN flows.service_head_registry AS head ON head.id = head_meter.service_head
      LEFT JOIN flows.feeder_registry AS feeder ON feeder.id = head.feeder
     WHERE (esco_filter IS NULL OR lower(esco.code) = lower(esco_filter))
       AND (feeder_filter IS NULL OR lower(feeder.name) = lower(feeder_filter))
     ORDER BY meter.serial;
$$;
COMMENT ON FUNCTION flows.get_meters_for_cli IS 'Meters for a list that people read, of one community or feeder or of all';

-- A home's account of each type as it is now, so that a home is one row: the open one, or else the latest.
CREATE VIEW public.current_accounts WITH (security_invoker) AS
SELECT DISTINCT ON (account.property, account.type)
       account.id, account.property, account.type, account.status, account.account_number, account.current_contract,
       account.start_date, account.end_date,
       (SELECT role.customer FROM public.customer_accounts AS role
         WHERE role.account = account.id AND role.role = 'owner' ORDER BY role.created_at, role.id LIMIT 1) AS owner,
       (SELECT role.customer FROM public.customer_accounts AS role
         WHERE role.account = account.id AND role.role = 'occupier' ORDER BY role.created_at, role.id LIMIT 1) AS occupier
  FROM public.accounts AS account
 ORDER BY account.property, account.type, account.status = 'open' DESC, account.status = 'pending' DESC,
          account.start_date DESC, account.id;

-- Who pays for a supply: the occupier, or the owner where nobody occupies.
CREATE VIEW public.supply_payers WITH (security_invoker) AS
SELECT property.id AS property, property.esco, property.supply_meter AS meter, meter.serial, account.id AS account,
       coalesce(account.occupier, account.owner) AS customer,
       CASE WHEN account.occupier IS NULL THEN 'owner' ELSE 'occupier' END AS role
  FROM public.properties AS property
  JOIN public.meters AS meter ON meter.id = property.supply_meter
  JOIN public.current_accounts AS account ON account.property = property.id AND account.type = 'supply'
 WHERE account.status <> 'closed' AND coalesce(account.occupier, account.owner) IS NOT NULL;

CREATE VIEW public.property_supply_view WITH (security_invoker) AS
SELECT property.id AS property_id, property.plot, property.description, property.esco, property.site, property.tenure,
       account.id AS supply_account_id, account.account_number AS supply_account_number, account.status AS supply_account_status,
       contract.id AS supply_contract_id, contract.type AS supply_contract_type, contract.terms AS supply_contract_terms,
       contract.signed AS supply_signed, contract.effective_date AS supply_contract_effective_date,
       owner.fullname AS supply_owner, owner.email AS supply_owner_email, owner.status AS supply_owner_status,
       owner.updated_at AS supply_owner_updated_at,
       occupier.fullname AS supply_occupier, occupier.email AS supply_occupier_email, occupier.status AS supply_occupier_status,
       occupier.updated_at AS supply_occupier_updated_at,
       meter.prepay_enabled AS supply_prepay_enabled, meter.balance AS supply_meter_balance
  FROM public.properties AS property
  LEFT JOIN public.meters AS meter ON meter.id = property.supply_meter
  LEFT JOIN public.current_accounts AS account ON account.property = property.id AND account.type = 'supply'
  LEFT JOIN public.contracts AS contract ON contract.id = account.current_contract
  LEFT JOIN public.customers AS owner ON owner.id = account.owner
  LEFT JOIN public.customers AS occupier ON occupier.id = account.occupier;

CREATE VIEW public.property_solar_view WITH (security_invoker) AS
SELECT property.id AS property_id, property.plot, property.description, property.esco, property.site, property.tenure,
       installation.mcs AS solar_mcs, installation.declared_net_capacity AS solar_declared_net_capacity,
       installation.commissioning_date AS solar_commissioning_date,
       account.id AS solar_account_id, account.account_number AS solar_account_number, account.status AS solar_account_status,
       contract.id AS solar_contract_id, contract.type AS solar_contract_type, contract.terms AS solar_contract_terms,
       contract.signed AS solar_signed, contract.effective_date AS solar_contract_effective_date,
       owner.fullname AS solar_owner, owner.email AS solar_owner_email, owner.status AS solar_owner_status,
       owner.updated_at AS solar_owner_updated_at,
       occupier.fullname AS solar_occupier, occupier.email AS solar_occupier_email, occupier.status AS solar_occupier_status,
       occupier.updated_at AS solar_occupier_updated_at
  FROM public.properties AS property
  LEFT JOIN public.solar_installation AS installation ON installation.property = property.id
  LEFT JOIN public.current_accounts AS account ON account.property = property.id AND account.type = 'solar'
  LEFT JOIN public.contracts AS contract ON contract.id = account.current_contract
  LEFT JOIN public.customers AS owner ON owner.id = account.owner
  LEFT JOIN public.customers AS occupier ON occupier.id = account.occupier
 WHERE property.solar_meter IS NOT NULL OR installation.property IS NOT NULL OR account.id IS NOT NULL;

CREATE VIEW public.customer_supply_status WITH (security_invoker) AS
SELECT customer.id AS customer, customer.fullname, customer.email, customer.status, supply.property, property.plot,
       supply.account, account.account_number, account.status AS account_status, supply.meter AS supply_meter, supply.serial,
       shadow.health, shadow.last_healthy_at, meter.prepay_enabled, meter.balance
  FROM public.customers AS customer
  LEFT JOIN public.supply_payers AS supply ON supply.customer = customer.id
  LEFT JOIN public.properties AS property ON property.id = supply.property
  LEFT JOIN public.accounts AS account ON account.id = supply.account
  LEFT JOIN public.meters AS meter ON meter.id = supply.meter
  LEFT JOIN flows.meter_shadows AS shadow ON shadow.id = supply.meter;

-- A customer's own tariffs hold from the first one on; until then, and where they have none, their community's do.
CREATE VIEW public.supply_tariffs WITH (security_invoker) AS
SELECT supply.meter, supply.serial, supply.esco, supply.customer, tariff.period_start, tariff.computed_unit_rate,
       coalesce(tariff.computed_unit_rate_b, tariff.computed_unit_rate) AS computed_unit_rate_b,
       tariff.computed_standing_charge
  FROM public.supply_payers AS supply
  JOIN LATERAL (
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
         FROM public.customer_tariffs WHERE customer = supply.customer
        UNION ALL
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
         FROM public.microgrid_tariffs AS community
        WHERE esco = supply.esco
          AND NOT EXISTS (SELECT FROM public.customer_tariffs AS own
                           WHERE own.customer = supply.customer AND own.period_start <= community.period_start)) AS tariff ON true;
COMMENT ON VIEW public.supply_tariffs IS 'Every price that a supply has had, has and will have, each until the next one''s period_start';

CREATE VIEW public.meter_tariffs WITH (security_invoker) AS
SELECT supply.meter AS meter_id, supply.serial, esco.code AS esco_code, supply.customer,
       tariff.period_start AS tariff_period_start,
       tariff.computed_unit_rate AS customer_unit_rate,
       tariff.computed_standing_charge AS customer_standing_charge,
       active.active_unit_rate_a, active.active_unit_rate_b, active.active_standing_charge,
       tariff.computed_unit_rate_b AS customer_unit_rate_b
  FROM public.supply_payers AS supply
  JOIN flows.escos AS esco ON esco.id = supply.esco
  JOIN flows.meter_shadows_tariffs AS active ON active.id = supply.meter
  LEFT JOIN LATERAL (
       SELECT *
         FROM public.supply_tariffs AS tariff
        WHERE tariff.meter = supply.meter AND tariff.period_start <= (now() AT TIME ZONE esco.time_zone)::date
        ORDER BY tariff.period_start DESC
        LIMIT 1) AS tariff ON true;

CREATE VIEW public.meters_with_incorrect_tariffs WITH (security_invoker) AS
SELECT * FROM public.meter_tariffs
 WHERE tariff_period_start IS NOT NULL
   AND (customer_unit_rate, customer_unit_rate_b, customer_standing_charge)
       IS DISTINCT FROM
       (active_unit_rate_a, coalesce(active_unit_rate_b, customer_unit_rate_b), active_standing_charge);

CREATE FUNCTION public.meters_missing_future_tariffs(esco_code_in text DEFAULT NULL)
RETURNS TABLE (serial text, meter_id uuid, customer_id uuid, customer_email text, esco_code text, tariff_period_start date,
               customer_unit_rate numeric, customer_standing_charge numeric, emergency_credit numeric,
               debt_recovery_rate numeric, ecredit_button_threshold numeric, current_future_standing_charge numeric,
               current_future_unit_rate_a numeric, current_future_unit_rate_b numeric,
               current_future_activation_datetime timestamptz, customer_unit_rate_b numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    WITH next AS (
        SELECT DISTINCT ON (tariff.meter) tariff.*, esco.code, esco.time_zone
          FROM public.supply_tariffs AS tariff
          JOIN flows.escos AS esco ON esco.id = tariff.esco
         WHERE tariff.period_start > (now() AT TIME ZONE esco.time_zone)::date
           AND (esco_code_in IS NULL OR lower(esco.code) = lower(esco_code_in))
         ORDER BY tariff.meter, tariff.period_start
    ), due AS (
        SELECT next.*, coalesce(community.emergency_credit, 0) AS emergency_credit,
               coalesce(community.debt_recovery_rate, 0) AS debt_recovery_rate,
               coalesce(community.ecredit_button_threshold, 0) AS ecredit_button_threshold
          FROM next
          LEFT JOIN LATERAL (
               SELECT tariff.emergency_credit, tariff.debt_recovery_rate, tariff.ecredit_button_threshold
                 FROM public.microgrid_tariffs AS tariff
                WHERE tariff.esco = next.esco AND tariff.period_start <= next.period_start
                ORDER BY tariff.period_start DESC
                LIMIT 1) AS community ON true
    )
    SELECT due.serial, due.meter, due.customer, customer.email, due.code, due.period_start, due.computed_unit_rate,
           due.computed_standing_charge, due.emergency_credit, due.debt_recovery_rate, due.ecredit_button_threshold,
           held.future_standing_charge, held.future_unit_rate_a, held.future_unit_rate_b, held.future_activation_datetime,
           due.computed_unit_rate_b
      FROM due
      JOIN public.customers AS customer ON customer.id = due.customer
      JOIN flows.meter_registry AS registry ON registry.id = due.meter
      JOIN flows.meter_shadows_tariffs AS held ON held.id = due.meter
     WHERE registry.mode = 'active' AND registry.installation_status = 'enabled'
       AND ((held.future_standing_charge, held.future_unit_rate_a, held.future_activation_datetime)
            IS DISTINCT FROM
            (due.computed_standing_charge, due.computed_unit_rate, due.period_start::timestamp AT TIME ZONE due.time_zone)
            -- Not every writer of shadows tells these; what it does not tell is not wrong.
            OR held.future_unit_rate_b <> due.computed_unit_rate_b
            OR held.future_emergency_credit <> due.emergency_credit
            OR held.future_debt_recovery_rate <> due.debt_recovery_rate
            OR held.future_ecredit_availability <> due.ecredit_button_threshold)
     ORDER BY due.serial;
$$;
COMMENT ON FUNCTION public.meters_missing_future_tariffs IS
    'Meters whose future tariff is absent, for another date, or of other values than their customer''s next tariff; null = all communities';

CREATE FUNCTION public.submittable_payments() RETURNS SETOF public.payments
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT * FROM public.payments
     WHERE status = 'pending' AND submitted_at IS NULL AND scheduled_at <= now()
     ORDER BY scheduled_at;
$$;
COMMENT ON FUNCTION public.submittable_payments IS 'Payments that are due and not yet with the payment provider';

-- The customer's statement: what the ledger says of the receivable of an account. GBP.
CREATE VIEW public.transactions WITH (security_invoker) AS
SELECT posting.id, entry.created_at AS timestamp, entry.kind AS type, entry.description AS name, entry.reference,
       posting.amount_pence / 100.0 AS amount,
       sum(posting.amount_pence) OVER (PARTITION BY receivable.account ORDER BY posting.id) / 100.0 AS balance,
       receivable.account, entry.created_at, entry.created_at AS updated_at
  FROM public.ledger_postings AS posting
  JOIN public.ledger_entries AS entry ON entry.id = posting.entry
  JOIN public.ledger_accounts AS receivable ON receivable.id = posting.ledger_account
 WHERE receivable.account IS NOT NULL;
COMMENT ON COLUMN public.transactions.balance IS 'Owed after this transaction; negative: in credit';

CREATE VIEW public.transaction_statuses WITH (security_invoker) AS
SELECT posting.id AS transaction, coalesce(invoice.status, 'settled') AS status,
       entry.created_at, coalesce(invoice.updated_at, entry.created_at) AS updated_at
  FROM public.ledger_postings AS posting
  JOIN public.ledger_entries AS entry ON entry.id = posting.entry
  JOIN public.ledger_accounts AS receivable ON receivable.id = posting.ledger_account
  LEFT JOIN public.invoices AS invoice ON invoice.id = entry.invoice
 WHERE receivable.account IS NOT NULL;
