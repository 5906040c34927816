SELECT flows.adopt_table('public.invoice_lines', writers => '{}');
GRANT INSERT ON public.invoice_lines TO flows_billing;
CREATE TRIGGER refuse_change
    BEFORE DELETE OR UPDATE OR TRUNCATE ON public.invoice_lines FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE TRIGGER seal AFTER INSERT ON public.invoice_lines
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_lines();
CREATE POLICY with_parent ON public.invoice_lines TO admin, customer
    USING (EXISTS (SELECT FROM public.invoices AS parent WHERE parent.id = invoice_lines.invoice));
