SELECT flows.adopt_table('public.invoices', writers => '{}', audited => true);
GRANT INSERT, UPDATE ON public.invoices TO flows_billing;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON public.invoices
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION flows.refuse_invoice_change();
CREATE TRIGGER seal AFTER INSERT ON public.invoices
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_invoices();
CREATE TRIGGER seal_issued AFTER UPDATE ON public.invoices
    FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status <> 'draft') EXECUTE FUNCTION flows.seal_issued();
CREATE POLICY with_parent ON public.invoices TO admin, customer
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = invoices.account));
