CREATE OR REPLACE FUNCTION flows.note_changed_vat() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF TG_TABLE_NAME = 'vat_statuses' THEN
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'vat')
           FROM changed
           LEFT JOIN public.accounts AS account ON account.property = changed.property
           JOIN public.invoices AS invoice ON invoice.period_end > changed.valid_from
            AND (invoice.account = account.id OR invoice.customer = changed.customer)
         HAVING count(*) > 0;
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'vat')
           FROM changed
           JOIN public.invoices AS invoice ON invoice.customer = changed.customer AND invoice.period_end > changed.valid_from
           JOIN public.invoice_lines AS line ON line.invoice = invoice.id AND line.kind = 'export_credit'
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_vat()', '{}');
