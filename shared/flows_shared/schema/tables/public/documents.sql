SELECT flows.adopt_table('public.documents', writers => '{}');
GRANT INSERT ON public.documents TO flows_billing;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.documents
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE TRIGGER seal AFTER INSERT ON public.documents
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_documents();
CREATE POLICY with_credit_note ON public.documents TO customer, admin
    USING (EXISTS (SELECT FROM public.credit_notes AS parent WHERE parent.id = documents.credit_note));
CREATE POLICY with_parent ON public.documents TO admin, customer
    USING (EXISTS (SELECT FROM public.invoices AS parent WHERE parent.id = documents.invoice));
