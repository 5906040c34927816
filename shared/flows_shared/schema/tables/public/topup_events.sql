SELECT flows.adopt_table('public.topup_events', writers => '{service}', audited => true);
GRANT INSERT ON public.topup_events TO flows_meter_sync;
CREATE POLICY with_parent ON public.topup_events TO admin, customer
    USING (EXISTS (SELECT FROM public.topups AS parent WHERE parent.id = topup_events.topup));
