-- Takes back 0002_sync.

-- 03_commands.sql
DROP TRIGGER push_topup ON public.topups;
DROP FUNCTION flows.push_topups, flows.note_request;
DROP TABLE flows.meter_commands, flows.meter_proxies, flows.meter_sources;
DROP FUNCTION flows.audit_but_secrets;
REVOKE UPDATE (status, notes, used_at) ON public.topups FROM flows_meter_sync;
REVOKE INSERT ON public.topup_events FROM flows_meter_sync;
DROP TRIGGER keep_histories ON flows.meter_shadows;
DROP TRIGGER named_import_a ON flows.meter_shadows;
DROP TRIGGER named_import_b ON flows.meter_shadows;
DROP TRIGGER named_export_a ON flows.meter_shadows;
DROP TRIGGER named_export_b ON flows.meter_shadows;
DROP TRIGGER named_csq ON flows.meter_shadows;
DROP TRIGGER named_voltage ON flows.meter_shadows;
DROP TRIGGER named_3p_voltage ON flows.meter_shadows;
DROP TRIGGER named_balance ON flows.meter_shadows;
DROP TRIGGER named_health ON flows.meter_shadows;
DROP FUNCTION flows.keep_histories, flows.note_named;
CREATE TRIGGER keep_import_a AFTER UPDATE OF import_a ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.import_a IS NOT NULL) EXECUTE FUNCTION flows.keep_import('A');
CREATE TRIGGER keep_import_b AFTER UPDATE OF import_b ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.import_b IS NOT NULL) EXECUTE FUNCTION flows.keep_import('B');
CREATE TRIGGER keep_export_a AFTER UPDATE OF export_a ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.export_a IS NOT NULL) EXECUTE FUNCTION flows.keep_export('A');
CREATE TRIGGER keep_export_b AFTER UPDATE OF export_b ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.export_b IS NOT NULL) EXECUTE FUNCTION flows.keep_export('B');
CREATE TRIGGER keep_csq AFTER UPDATE OF csq ON flows.meter_shadows
    FOR EACH ROW EXECUTE FUNCTION flows.keep_csq();
CREATE TRIGGER keep_voltage AFTER UPDATE OF voltage ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.voltage IS NOT NULL) EXECUTE FUNCTION flows.keep_voltage();
CREATE TRIGGER keep_3p_voltage AFTER UPDATE OF "3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3" ON flows.meter_shadows
    FOR EACH ROW WHEN (coalesce(NEW."3p_voltage_l1", NEW."3p_voltage_l2", NEW."3p_voltage_l3") IS NOT NULL)
    EXECUTE FUNCTION flows.keep_3p_voltage();
CREATE TRIGGER keep_balance AFTER UPDATE OF balance ON flows.meter_shadows
    FOR EACH ROW WHEN (NEW.balance IS NOT NULL) EXECUTE FUNCTION flows.keep_balance();
CREATE TRIGGER keep_health AFTER UPDATE OF health ON flows.meter_shadows
    FOR EACH ROW EXECUTE FUNCTION flows.keep_health();


-- 02_intervals.sql
CREATE OR REPLACE VIEW flows.circuit_interval_hh WITH (security_invoker) AS
SELECT link.circuit AS circuit_id, interval_hh.timestamp, sum(interval_hh.kwh) AS kwh
  FROM flows.circuit_register AS link
  JOIN flows.register_interval_hh AS interval_hh ON interval_hh.register_id = link.register
   AND interval_hh.timestamp >= link.start_time
   AND (link.end_time IS NULL OR interval_hh.timestamp < link.end_time)
 GROUP BY link.circuit, interval_hh.timestamp;

-- Whole days come from the roll-ups; a day within which a register joins or leaves the circuit, from its half hours.
CREATE OR REPLACE VIEW flows.circuit_interval_daily WITH (security_invoker) AS
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

DROP VIEW flows.register_intervals;
DROP TRIGGER supersede_missing_inserted ON flows.register_interval_hh;
DROP TRIGGER supersede_missing_updated ON flows.register_interval_hh;
DROP TRIGGER note_edited_readings ON flows.register_interval_hh;
DROP TRIGGER forget_deleted_readings ON flows.register_interval_hh;
DROP FUNCTION flows.follow_readings, flows.note_edited_readings, flows.forget_deleted_readings, flows.exchange_meter,
    flows.store_estimates, flows.supersede_missing;
DROP TABLE flows.register_interval_flags, flows.register_interval_sources, flows.register_interval_estimates,
    flows.register_counts, flows.register_interval_missing_reasons;
