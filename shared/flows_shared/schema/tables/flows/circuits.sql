SELECT flows.adopt_table(
    'flows.circuits',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}',
    audited => true,
    linked => false
);
CREATE POLICY community ON flows.circuits TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY with_parent ON flows.circuits TO customer
    USING (EXISTS (SELECT FROM flows.circuit_register AS parent WHERE parent.circuit = circuits.id));
