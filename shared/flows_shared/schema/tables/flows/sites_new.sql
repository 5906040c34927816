SELECT flows.adopt_table(
    'flows.sites_new',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}',
    audited => true,
    linked => false
);
CREATE POLICY community ON flows.sites_new TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY own ON flows.sites_new TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.site = sites_new.id));
