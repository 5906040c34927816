SELECT flows.adopt_table('public.stale_invoices', readers => '{admin,service,reporting,flows_worker}', writers => '{}');
GRANT DELETE ON public.stale_invoices TO flows_billing;
CREATE POLICY with_parent ON public.stale_invoices TO admin
    USING (EXISTS (SELECT FROM public.invoices AS parent WHERE parent.id = stale_invoices.invoice));
