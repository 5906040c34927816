-- Takes back 0009_meters.

-- 04_sources.sql
ALTER TABLE flows.meter_sources
    DROP CONSTRAINT meter_sources_url_check,
    ADD CONSTRAINT meter_sources_url_check CHECK (url ~ '^https?://');

-- 03_prices_with_vat.sql
CREATE OR REPLACE VIEW public.supply_tariffs WITH (security_invoker) AS
SELECT supply.meter, supply.serial, supply.esco, supply.customer, tariff.period_start, tariff.computed_unit_rate,
       coalesce(tariff.computed_unit_rate_b, tariff.computed_unit_rate) AS computed_unit_rate_b,
       tariff.computed_standing_charge
  FROM public.supply_payers AS supply
  JOIN LATERAL (
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
         FROM public.customer_tariffs WHERE customer = supply.customer AND superseded_by IS NULL
        UNION ALL
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
         FROM public.microgrid_tariffs AS community
        WHERE esco = supply.esco AND superseded_by IS NULL
          AND NOT EXISTS (SELECT FROM public.customer_tariffs AS own
                           WHERE own.customer = supply.customer AND own.period_start <= community.period_start)) AS tariff ON true;
DROP FUNCTION flows.supply_vat_rate;

-- 02_exchanges.sql
REVOKE INSERT ON flows.register_import, flows.register_export FROM admin;
DROP FUNCTION flows.exchange_meter, flows.check_exchange, flows.check_exchange_reads, flows.keep_read, flows.follow_elements;
CREATE FUNCTION flows.exchange_meter(old_meter uuid, new_meter uuid, exchanged_at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    ended record;
    follower uuid;
    next_half_hour timestamptz := to_timestamp(ceil(extract(epoch FROM exchanged_at) / 1800) * 1800);
BEGIN
    IF NOT EXISTS (SELECT FROM flows.meter_registers
                    WHERE meter_id = old_meter AND status = 'enabled' AND start_time < exchanged_at) THEN
        RAISE no_data_found USING MESSAGE = format('meter %s has no enabled register that began before %s', old_meter, exchanged_at);
    END IF;
    FOR ended IN
        UPDATE flows.meter_registers SET status = 'replaced', end_time = next_half_hour
         WHERE meter_id = old_meter AND status = 'enabled' AND start_time < exchanged_at
        RETURNING register_id, element, nature
    LOOP
        INSERT INTO flows.meter_registers (meter_id, element, nature, start_time, notes)
        VALUES (new_meter, ended.element, ended.nature, next_half_hour, format('follows register %s', ended.register_id))
        RETURNING register_id INTO follower;
        WITH closed AS (
            UPDATE flows.circuit_register SET end_time = next_half_hour
             WHERE register = ended.register_id AND coalesce(end_time, 'infinity') > next_half_hour AND start_time < next_half_hour
            RETURNING circuit
        )
        INSERT INTO flows.circuit_register (circuit, register, start_time)
        SELECT circuit, follower, next_half_hour FROM closed;
        RETURN NEXT follower;
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.exchange_meter IS 'End the registers of a meter and go on with those of another, in the same circuits; the ids of the new registers';
REVOKE EXECUTE ON FUNCTION flows.exchange_meter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.exchange_meter TO admin, service;
DROP TRIGGER move_wallet ON public.properties;
DROP POLICY earlier ON flows.meter_registers;
CREATE OR REPLACE FUNCTION flows.own_times() RETURNS flows.own_time[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(
        WITH tenure AS (
            SELECT account.property, daterange(account.start_date, account.end_date, '[]') AS days
              FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
             WHERE role.customer = me AND (account.status <> 'closed' OR account.end_date IS NOT NULL)
             UNION
            SELECT property, '(,)' FROM flows.properties_owned_by(me) AS property
        ), home AS (
            SELECT property.id, property.supply_meter, property.solar_meter, tenure.days,
                   tstzrange(lower(days)::timestamp AT TIME ZONE esco.time_zone,
                             upper(days)::timestamp AT TIME ZONE esco.time_zone) AS times
              FROM tenure
              JOIN public.properties AS property ON property.id = tenure.property
              JOIN flows.escos AS esco ON esco.id = property.esco
        ), meter AS (
            SELECT supply_meter AS id, days, times FROM home WHERE supply_meter IS NOT NULL
             UNION ALL
            SELECT solar_meter, days, times FROM home WHERE solar_meter IS NOT NULL
        ), register AS (
            SELECT register.register_id AS id, meter.days, meter.times
              FROM meter JOIN flows.meter_registers AS register ON register.meter_id = meter.id
        )
        SELECT ROW(id, days, times)::flows.own_time FROM home
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM meter
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM register
         UNION ALL
        SELECT ROW(link.circuit, register.days, register.times)::flows.own_time
          FROM register JOIN flows.circuit_register AS link ON link.register = register.id);
END
$$;
DROP TRIGGER check_follows ON flows.meter_registers;
DROP FUNCTION flows.move_wallet, flows.check_follows;
ALTER TABLE flows.meter_registers DROP COLUMN follows;

-- 01_given_up.sql
ALTER TABLE flows.register_interval_missing_reasons DROP COLUMN tries;
