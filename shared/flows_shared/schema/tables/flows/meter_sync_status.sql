SELECT flows.adopt_table(
    'flows.meter_sync_status',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,flows_meter_sync}'
);
CREATE POLICY with_parent ON flows.meter_sync_status TO admin, customer
    USING (EXISTS (SELECT FROM flows.meter_registry AS parent WHERE parent.id = meter_sync_status.meter_id));
