SELECT flows.adopt_table(
    'flows.service_head_meter',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}'
);
CREATE POLICY with_parent ON flows.service_head_meter TO admin, customer
    USING (EXISTS (SELECT FROM flows.meter_registry AS parent WHERE parent.id = service_head_meter.meter));
