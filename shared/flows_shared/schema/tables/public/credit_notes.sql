SELECT flows.adopt_table('public.credit_notes', writers => '{}');
GRANT INSERT ON public.credit_notes TO flows_billing;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.credit_notes
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE TRIGGER seal AFTER INSERT ON public.credit_notes
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_credit_notes();
CREATE POLICY with_parent ON public.credit_notes TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = credit_notes.account));
