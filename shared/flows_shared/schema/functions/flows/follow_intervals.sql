-- Meter-sync copies into the partitions themselves and keeps the roll-ups with its rows; this serves every other writer.
CREATE OR REPLACE FUNCTION flows.follow_intervals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    unknown uuid;
BEGIN
    SELECT changed.register_id INTO unknown FROM changed
     WHERE NOT EXISTS (SELECT FROM flows.meter_registers AS register WHERE register.register_id = changed.register_id)
     LIMIT 1;
    IF unknown IS NOT NULL AND TG_OP <> 'DELETE' THEN
        RAISE foreign_key_violation USING MESSAGE = format('register %s is not in flows.meter_registers', unknown);
    END IF;
    PERFORM flows.sum_register_days(ARRAY(
        SELECT ROW(touched.register_id, touched.day, 0, 0)::flows.register_interval_daily
          FROM (SELECT DISTINCT changed.register_id, (changed.timestamp AT TIME ZONE esco.time_zone)::date AS day
                  FROM changed
                  JOIN flows.meter_registers AS register ON register.register_id = changed.register_id
                  JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
                  JOIN flows.escos AS esco ON esco.id = meter.esco) AS touched));
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.follow_intervals()', '{}');
