SELECT flows.adopt_table(
    'public.billing_run_accounts',
    readers => '{admin,service,reporting,flows_worker}',
    writers => '{flows_billing}'
);
CREATE POLICY community ON public.billing_run_accounts TO admin
    USING (EXISTS (SELECT FROM public.billing_runs WHERE billing_runs.id = billing_run_accounts.run));
