SELECT flows.adopt_table(
    'flows.meter_metrics',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,mediator}',
    audited => true
);
CREATE POLICY everyone ON flows.meter_metrics FOR SELECT TO admin, customer
    USING (true);
