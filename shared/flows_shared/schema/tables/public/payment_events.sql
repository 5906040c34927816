SELECT flows.adopt_table('public.payment_events', writers => '{service}', audited => true);
GRANT INSERT ON public.payment_events TO flows_billing;
CREATE POLICY with_parent ON public.payment_events TO admin, customer
    USING (EXISTS (SELECT FROM public.payments AS parent WHERE parent.id = payment_events.payment));
