SELECT flows.adopt_table('public.invoice_reads', writers => '{}');
GRANT INSERT ON public.invoice_reads TO flows_billing;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.invoice_reads
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE POLICY with_parent ON public.invoice_reads TO customer, admin
    USING (EXISTS (SELECT FROM public.invoices AS parent WHERE parent.id = invoice_reads.invoice));
