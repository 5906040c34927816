-- Another zone has other days: sums of the old ones would be billed as those of the new.
CREATE OR REPLACE FUNCTION flows.sum_esco_days(esco_in uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    DELETE FROM flows.calendar_bands WHERE profile IN (SELECT id FROM public.rate_profiles WHERE esco = esco_in);

    WITH own AS MATERIALIZED (
        SELECT register.register_id, esco.time_zone
          FROM flows.escos AS esco
          JOIN flows.meter_registry AS meter ON meter.esco = esco.id
          JOIN flows.meter_registers AS register ON register.meter_id = meter.id
         WHERE esco.id = esco_in
    ), days AS (
        SELECT register_id, flows.local_date(timestamp, time_zone) AS day FROM own JOIN flows.register_interval_hh USING (register_id)
         UNION
        SELECT register_id, day FROM own JOIN flows.register_interval_daily USING (register_id)
    )
    SELECT flows.sum_register_days(array_agg(ROW(register_id, day, 0, 0)::flows.register_interval_daily))
      FROM days HAVING count(*) > 0;
$$;
COMMENT ON FUNCTION flows.sum_esco_days(uuid) IS 'Sum all days of a community anew, and let its bands be put on the calendar again';
SELECT flows.allow_execute('flows.sum_esco_days(uuid)', '{}');
