SELECT flows.adopt_table('public.account_closings', writers => '{}', audited => true);
GRANT INSERT, UPDATE ON public.account_closings TO flows_billing;
CREATE POLICY with_parent ON public.account_closings TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = account_closings.account));
