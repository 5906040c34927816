SELECT flows.adopt_table(
    'public.bill_holds',
    readers => '{admin,service,reporting,flows_worker}',
    writers => '{}',
    audited => true
);
GRANT INSERT, UPDATE ON public.bill_holds TO flows_billing;
GRANT UPDATE (release_reason) ON public.bill_holds TO admin, service;
CREATE TRIGGER note_release BEFORE UPDATE ON public.bill_holds FOR EACH ROW EXECUTE FUNCTION flows.note_release();
CREATE POLICY with_parent ON public.bill_holds TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = bill_holds.account));
