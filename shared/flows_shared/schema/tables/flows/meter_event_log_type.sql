SELECT flows.adopt_table(
    'flows.meter_event_log_type',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,mediator}'
);
CREATE POLICY everyone ON flows.meter_event_log_type FOR SELECT TO admin, customer
    USING (true);
