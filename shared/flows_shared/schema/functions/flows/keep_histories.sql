CREATE OR REPLACE FUNCTION flows.keep_histories() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    named text[] := string_to_array(current_setting('flows.named', true), ' ');
BEGIN
    PERFORM set_config('flows.named', '', true);
    IF named && ARRAY['import_a', 'import_b'] THEN
        INSERT INTO flows.register_import (register_id, timestamp, read)
        SELECT register_id, now(), CASE element WHEN 'B' THEN import_b ELSE import_a END
          FROM new_rows JOIN flows.meter_registers AS register ON register.meter_id = new_rows.id AND register.status = 'enabled'
         WHERE CASE element WHEN 'B' THEN 'import_b' ELSE 'import_a' END = ANY(named)
           AND CASE element WHEN 'B' THEN import_b ELSE import_a END IS NOT NULL
            ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    END IF;
    IF named && ARRAY['export_a', 'export_b'] THEN
        INSERT INTO flows.register_export (register_id, timestamp, read)
        SELECT register_id, now(), CASE element WHEN 'B' THEN export_b ELSE export_a END
          FROM new_rows JOIN flows.meter_registers AS register ON register.meter_id = new_rows.id AND register.status = 'enabled'
         WHERE CASE element WHEN 'B' THEN 'export_b' ELSE 'export_a' END = ANY(named)
           AND CASE element WHEN 'B' THEN export_b ELSE export_a END IS NOT NULL
            ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    END IF;
    IF 'csq' = ANY(named) THEN
        INSERT INTO flows.meter_csq (meter_id, timestamp, csq) SELECT id, now(), csq FROM new_rows
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET csq = EXCLUDED.csq;
    END IF;
    IF 'voltage' = ANY(named) THEN
        INSERT INTO flows.meter_voltage (meter_id, timestamp, voltage)
        SELECT id, now(), voltage FROM new_rows WHERE voltage IS NOT NULL
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage = EXCLUDED.voltage;
    END IF;
    IF '3p_voltage' = ANY(named) THEN
        INSERT INTO flows.meter_3p_voltage (meter_id, timestamp, voltage_l1, voltage_l2, voltage_l3)
        SELECT id, now(), "3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3" FROM new_rows
         WHERE coalesce("3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3") IS NOT NULL
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage_l1 = EXCLUDED.voltage_l1,
                voltage_l2 = EXCLUDED.voltage_l2, voltage_l3 = EXCLUDED.voltage_l3;
    END IF;
    IF 'balance' = ANY(named) THEN
        INSERT INTO flows.meter_prepay_balance (meter_id, timestamp, balance)
        SELECT id, now(), balance FROM new_rows WHERE balance IS NOT NULL
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET balance = EXCLUDED.balance;
        UPDATE public.meters AS meter SET balance = new_rows.balance
          FROM new_rows
         WHERE meter.id = new_rows.id AND meter.balance IS DISTINCT FROM new_rows.balance;
    END IF;
    IF 'health' = ANY(named) THEN
        INSERT INTO flows.meter_health_history (meter_id, timestamp, health, health_details)
        SELECT id, now(), health, health_details FROM new_rows
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET health = EXCLUDED.health, health_details = EXCLUDED.health_details;
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.keep_histories()', '{}');
