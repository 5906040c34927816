SELECT flows.adopt_table(
    'public.back_bill_exceptions',
    readers => '{admin,service,reporting,flows_worker}',
    audited => true
);
CREATE POLICY with_parent ON public.back_bill_exceptions TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = back_bill_exceptions.account));
