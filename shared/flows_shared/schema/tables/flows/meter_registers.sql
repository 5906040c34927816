SELECT flows.adopt_table(
    'flows.meter_registers',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}',
    audited => true
);
CREATE TRIGGER drop_intervals AFTER DELETE ON flows.meter_registers
    FOR EACH ROW EXECUTE FUNCTION flows.drop_intervals();
CREATE POLICY earlier ON flows.meter_registers FOR SELECT TO customer USING (register_id = ANY((SELECT flows.own_now())::uuid[]));
CREATE POLICY with_parent ON flows.meter_registers TO admin, customer
    USING (EXISTS (SELECT FROM flows.meter_registry AS parent WHERE parent.id = meter_registers.meter_id));
