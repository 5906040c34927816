SELECT flows.adopt_table(
    'flows.calendar_days',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{}'
);
CREATE POLICY everyone ON flows.calendar_days FOR SELECT TO admin, customer
    USING (true);
