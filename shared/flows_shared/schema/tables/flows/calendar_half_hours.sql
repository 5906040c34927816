SELECT flows.adopt_table(
    'flows.calendar_half_hours',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{}'
);
CREATE POLICY everyone ON flows.calendar_half_hours FOR SELECT TO admin, customer
    USING (true);
