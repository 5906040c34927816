SELECT flows.adopt_table('public.ledger_entries', writers => '{}');
GRANT INSERT ON public.ledger_entries TO flows_billing;
CREATE TRIGGER refuse_change
    BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE POLICY with_parent ON public.ledger_entries TO admin, customer
    USING (EXISTS (SELECT FROM public.ledger_postings AS parent WHERE parent.entry = ledger_entries.id));
