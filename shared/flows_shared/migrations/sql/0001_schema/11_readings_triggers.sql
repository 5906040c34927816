-- Histories and roll-ups follow from what is written, whoever writes it.
CREATE FUNCTION flows.make_shadow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_shadows (id, health_details) VALUES (NEW.id, 'not read yet');
    INSERT INTO public.meters (id, serial, prepay_enabled) VALUES (NEW.id, NEW.serial, NEW.prepay_enabled);
    RETURN NULL;
END
$$;
CREATE TRIGGER make_shadow AFTER INSERT ON flows.meter_registry
    FOR EACH ROW EXECUTE FUNCTION flows.make_shadow();

CREATE FUNCTION flows.follow_registry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    UPDATE public.meters SET serial = NEW.serial, prepay_enabled = NEW.prepay_enabled WHERE id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER follow_registry AFTER UPDATE OF serial, prepay_enabled ON flows.meter_registry
    FOR EACH ROW WHEN ((OLD.serial, OLD.prepay_enabled) IS DISTINCT FROM (NEW.serial, NEW.prepay_enabled))
    EXECUTE FUNCTION flows.follow_registry();

CREATE FUNCTION flows.note_health() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.health = 'healthy' THEN
        NEW.last_healthy_at := now();
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER note_health BEFORE UPDATE OF health ON flows.meter_shadows
    FOR EACH ROW EXECUTE FUNCTION flows.note_health();

-- The triggers name their columns: a history gets a row when a sync has written the value, also an unchanged one.
CREATE FUNCTION flows.keep_import() RETURNS trigger
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
CREATE TRIGGER keep_import_a AFTER UPDATE OF import_a ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.import_a IS NOT NULL) EXECUTE FUNCTION flows.keep_import('A');
CREATE TRIGGER keep_import_b AFTER UPDATE OF import_b ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.import_b IS NOT NULL) EXECUTE FUNCTION flows.keep_import('B');

CREATE FUNCTION flows.keep_export() RETURNS trigger
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
CREATE TRIGGER keep_export_a AFTER UPDATE OF export_a ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.export_a IS NOT NULL) EXECUTE FUNCTION flows.keep_export('A');
CREATE TRIGGER keep_export_b AFTER UPDATE OF export_b ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.export_b IS NOT NULL) EXECUTE FUNCTION flows.keep_export('B');

CREATE FUNCTION flows.keep_csq() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_csq (meter_id, timestamp, csq) VALUES (NEW.id, now(), NEW.csq)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET csq = EXCLUDED.csq;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_csq AFTER UPDATE OF csq ON flows.meter_shadows
    FOR EACH ROW EXECUTE FUNCTION flows.keep_csq();

CREATE FUNCTION flows.keep_voltage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_voltage (meter_id, timestamp, voltage) VALUES (NEW.id, now(), NEW.voltage)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage = EXCLUDED.voltage;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_voltage AFTER UPDATE OF voltage ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.voltage IS NOT NULL) EXECUTE FUNCTION flows.keep_voltage();

CREATE FUNCTION flows.keep_3p_voltage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_3p_voltage (meter_id, timestamp, voltage_l1, voltage_l2, voltage_l3)
    VALUES (NEW.id, now(), NEW."3p_voltage_l1", NEW."3p_voltage_l2", NEW."3p_voltage_l3")
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage_l1 = EXCLUDED.voltage_l1,
            voltage_l2 = EXCLUDED.voltage_l2, voltage_l3 = EXCLUDED.voltage_l3;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_3p_voltage AFTER UPDATE OF "3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3" ON flows.meter_shadows
    FOR EACH ROW WHEN (coalesce(NEW."3p_voltage_l1", NEW."3p_voltage_l2", NEW."3p_voltage_l3") IS NOT NULL)
    EXECUTE FUNCTION flows.keep_3p_voltage();

CREATE FUNCTION flows.keep_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_prepay_balance (meter_id, timestamp, balance) VALUES (NEW.id, now(), NEW.balance)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET balance = EXCLUDED.balance;
    UPDATE public.meters SET balance = NEW.balance WHERE id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_balance AFTER UPDATE OF balance ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.balance IS NOT NULL) EXECUTE FUNCTION flows.keep_balance();

CREATE FUNCTION flows.keep_health() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_health_history (meter_id, timestamp, health, health_details)
    VALUES (NEW.id, now(), NEW.health, NEW.health_details)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET health = EXCLUDED.health, health_details = EXCLUDED.health_details;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_health AFTER UPDATE OF health ON flows.meter_shadows
    FOR EACH ROW EXECUTE FUNCTION flows.keep_health();

CREATE FUNCTION flows.sum_register_days(touched flows.register_interval_daily[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    -- Two writers of one day sum it one after the other, so that the second sees what the first has written.
    SELECT FROM flows.meter_registers
     WHERE register_id = ANY(ARRAY(SELECT register_id FROM unnest(touched)))
     ORDER BY register_id FOR NO KEY UPDATE;

    DELETE FROM flows.register_interval_daily AS daily
     USING unnest(touched) AS t
     WHERE daily.register_id = t.register_id AND daily.day = t.day;

    INSERT INTO flows.register_interval_daily (register_id, day, kwh, intervals)
    SELECT t.register_id, t.day, sum(hh.kwh), count(*)
      FROM unnest(touched) AS t
      JOIN flows.meter_registers AS register ON register.register_id = t.register_id
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
      JOIN flows.register_interval_hh AS hh ON hh.register_id = t.register_id
       AND hh.timestamp >= t.day::timestamp AT TIME ZONE esco.time_zone
       AND hh.timestamp < (t.day + 1)::timestamp AT TIME ZONE esco.time_zone
     GROUP BY t.register_id, t.day;
$$;
COMMENT ON FUNCTION flows.sum_register_days IS 'Sum the days named (register_id and day count) anew from their half hours';

-- Meter-sync copies into the partitions themselves and keeps the roll-ups with its rows; this serves every other writer.
CREATE FUNCTION flows.follow_intervals() RETURNS trigger
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
CREATE TRIGGER follow_inserted_intervals AFTER INSERT ON flows.register_interval_hh
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();
CREATE TRIGGER follow_updated_intervals AFTER UPDATE ON flows.register_interval_hh
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();
CREATE TRIGGER follow_moved_intervals AFTER UPDATE ON flows.register_interval_hh
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();
CREATE TRIGGER follow_deleted_intervals AFTER DELETE ON flows.register_interval_hh
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();

-- The half hours have no foreign key, so this is their ON DELETE CASCADE.
CREATE FUNCTION flows.drop_intervals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    DELETE FROM flows.register_interval_hh WHERE register_id = OLD.register_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER drop_intervals AFTER DELETE ON flows.meter_registers
    FOR EACH ROW EXECUTE FUNCTION flows.drop_intervals();
