SELECT flows.adopt_table(
    'flows.properties',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,mediator}'
);
CREATE POLICY with_parent ON flows.properties TO admin, customer
    USING (EXISTS (SELECT FROM public.properties AS parent WHERE parent.id = properties.id));
