SELECT flows.adopt_table(
    'flows.feeder_registry',
    readers => '{admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}',
    linked => false
);
CREATE POLICY community ON flows.feeder_registry TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
