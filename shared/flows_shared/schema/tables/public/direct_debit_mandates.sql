SELECT flows.adopt_table('public.direct_debit_mandates', audited => true, linked => false);
CREATE POLICY with_parent ON public.direct_debit_mandates TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = direct_debit_mandates.account));
