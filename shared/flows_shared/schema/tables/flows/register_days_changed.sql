SELECT flows.adopt_table(
    'flows.register_days_changed',
    readers => '{admin,service,reporting,flows_worker,mediator}',
    writers => '{}'
);
GRANT DELETE ON flows.register_days_changed TO flows_billing;
CREATE TRIGGER note_sharing_insert
    AFTER INSERT ON flows.register_days_changed REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();
CREATE TRIGGER note_sharing_update
    AFTER UPDATE ON flows.register_days_changed REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();
CREATE POLICY with_parent ON flows.register_days_changed TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_days_changed.register_id));
