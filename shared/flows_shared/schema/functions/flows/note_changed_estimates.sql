CREATE OR REPLACE FUNCTION flows.note_changed_estimates() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.register_days_changed AS noted (register_id, day)
    SELECT DISTINCT changed.register_id, (changed.timestamp AT TIME ZONE esco.time_zone)::date AS day
      FROM changed
      JOIN flows.meter_registers AS register ON register.register_id = changed.register_id
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
     WHERE (changed.timestamp AT TIME ZONE esco.time_zone)::date < flows.billed_until()
     ORDER BY 1, 2
        ON CONFLICT (register_id, day) DO UPDATE SET changed_at = excluded.changed_at;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_estimates()', '{}');
