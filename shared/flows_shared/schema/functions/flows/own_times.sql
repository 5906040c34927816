CREATE OR REPLACE FUNCTION flows.own_times() RETURNS flows.own_time[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(
        WITH RECURSIVE tenure AS (
            SELECT account.property, daterange(account.start_date, account.end_date, '[]') AS days
              FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
             WHERE role.customer = me AND (account.status <> 'closed' OR account.end_date IS NOT NULL)
             UNION
            SELECT property, '(,)' FROM flows.properties_owned_by(me) AS property
        ), home AS (
            SELECT property.id, property.supply_meter, property.solar_meter, tenure.days,
                   tstzrange(flows.local_midnight(lower(days), esco.time_zone),
                             flows.local_midnight(upper(days), esco.time_zone)) AS times
              FROM tenure
              JOIN public.properties AS property ON property.id = tenure.property
              JOIN flows.escos AS esco ON esco.id = property.esco
        ), meter AS (
            SELECT supply_meter AS id, days, times FROM home WHERE supply_meter IS NOT NULL
             UNION ALL
            SELECT solar_meter, days, times FROM home WHERE solar_meter IS NOT NULL
        ), register AS (
            SELECT register.register_id AS id, register.meter_id, register.start_time, meter.days, meter.times
              FROM meter JOIN flows.meter_registers AS register ON register.meter_id = meter.id AND register.replaced_by IS NULL
             UNION
            SELECT earlier.register_id, earlier.meter_id, earlier.start_time, register.days, register.times
              FROM register
              JOIN flows.meter_registers AS last ON last.replaced_by = register.meter_id AND last.end_time = register.start_time
              JOIN flows.meter_registers AS earlier ON earlier.replaced_by = register.meter_id AND earlier.meter_id = last.meter_id
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
SELECT flows.allow_execute('flows.own_times()', '{anon,customer,admin,service,reporting,flows_worker}');
