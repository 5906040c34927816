SELECT flows.adopt_table(
    'flows.regions',
    readers => '{anon,customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,mediator}'
);
CREATE POLICY everyone ON flows.regions FOR SELECT TO anon, customer, admin USING (true);
