-- The triggers name their columns: a history gets a row when a sync has written the value, also an unchanged one.
CREATE OR REPLACE FUNCTION flows.keep_import() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.register_import (register_id, timestamp, read)
    SELECT register_id, now(), CASE TG_ARGV[0] WHEN 'B' THEN NEW.import_b ELSE NEW.import_a END
      FROM flows.meter_registers
     WHERE meter_id = NEW.id AND status = 'enabled' AND (element = 'B') = (TG_ARGV[0] = 'B')
        ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.keep_import()', '{}');
