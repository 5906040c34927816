CREATE OR REPLACE FUNCTION flows.keep_export() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.register_export (register_id, timestamp, read)
    SELECT register_id, now(), CASE TG_ARGV[0] WHEN 'B' THEN NEW.export_b ELSE NEW.export_a END
      FROM flows.meter_registers
     WHERE meter_id = NEW.id AND status = 'enabled' AND (element = 'B') = (TG_ARGV[0] = 'B')
        ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.keep_export()', '{}');
