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
