SELECT flows.adopt_table(
    'flows.circuit_register',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}',
    audited => true
);
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE ON flows.circuit_register
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();
CREATE POLICY with_parent ON flows.circuit_register TO admin, customer
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = circuit_register.register));
