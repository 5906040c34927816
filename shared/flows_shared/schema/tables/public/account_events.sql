SELECT flows.adopt_table('public.account_events', audited => true);
CREATE POLICY with_parent ON public.account_events TO admin, customer
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = account_events.account));
