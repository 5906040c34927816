SELECT flows.adopt_table(
    'flows.service_head_registry',
    readers => '{admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}'
);
CREATE POLICY community ON flows.service_head_registry TO admin
    USING (EXISTS (SELECT FROM flows.feeder_registry WHERE feeder_registry.id = service_head_registry.feeder));
