SELECT flows.adopt_table(
    'flows.properties_service_head',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}'
);
CREATE POLICY community ON flows.properties_service_head TO admin
    USING (EXISTS (SELECT FROM public.properties WHERE properties.id = properties_service_head.property));
