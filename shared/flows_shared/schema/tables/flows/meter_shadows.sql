SELECT flows.adopt_table(
    'flows.meter_shadows',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{}'
);
GRANT UPDATE ON flows.meter_shadows TO service, flows_meter_sync, mediator;
CREATE TRIGGER derive_status AFTER UPDATE ON flows.meter_shadows
    FOR EACH ROW WHEN ((OLD.last_healthy_at IS NULL) <> (NEW.last_healthy_at IS NULL))
    EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER keep_histories AFTER UPDATE ON flows.meter_shadows
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.keep_histories();
CREATE TRIGGER named_3p_voltage BEFORE UPDATE OF "3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3" ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('3p_voltage');
CREATE TRIGGER named_balance BEFORE UPDATE OF balance ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('balance');
CREATE TRIGGER named_csq BEFORE UPDATE OF csq ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('csq');
CREATE TRIGGER named_export_a BEFORE UPDATE OF export_a ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('export_a');
CREATE TRIGGER named_export_b BEFORE UPDATE OF export_b ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('export_b');
CREATE TRIGGER named_health BEFORE UPDATE OF health ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('health');
CREATE TRIGGER named_import_a BEFORE UPDATE OF import_a ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('import_a');
CREATE TRIGGER named_import_b BEFORE UPDATE OF import_b ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('import_b');
CREATE TRIGGER named_voltage BEFORE UPDATE OF voltage ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('voltage');
CREATE TRIGGER note_health BEFORE UPDATE OF health ON flows.meter_shadows
    FOR EACH ROW EXECUTE FUNCTION flows.note_health();
ALTER POLICY scope_delete ON flows.meter_shadows TO customer, admin, service, mediator;
ALTER POLICY scope_insert ON flows.meter_shadows TO customer, admin, service, mediator;
ALTER POLICY scope_update ON flows.meter_shadows TO customer, admin, service, mediator;
CREATE POLICY with_parent ON flows.meter_shadows TO admin, customer
    USING (EXISTS (SELECT FROM flows.meter_registry AS parent WHERE parent.id = meter_shadows.id));
