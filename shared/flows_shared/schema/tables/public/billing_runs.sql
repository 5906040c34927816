SELECT flows.adopt_table(
    'public.billing_runs',
    readers => '{admin,service,reporting,flows_worker}',
    writers => '{flows_billing}',
    audited => true
);
CREATE POLICY community ON public.billing_runs TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
