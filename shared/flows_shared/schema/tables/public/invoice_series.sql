SELECT flows.adopt_table(
    'public.invoice_series',
    readers => '{admin,service,reporting,flows_worker}',
    writers => '{flows_billing}'
);
CREATE TRIGGER refuse_back BEFORE UPDATE OR DELETE ON public.invoice_series
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_series_back();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.invoice_series
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE POLICY community ON public.invoice_series TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
