SELECT flows.adopt_table('public.closing_reads', writers => '{}', audited => true);
GRANT INSERT, UPDATE ON public.closing_reads TO flows_billing;
CREATE POLICY with_parent ON public.closing_reads TO customer, admin
    USING (EXISTS (SELECT FROM public.account_closings AS parent WHERE parent.account = closing_reads.account));
