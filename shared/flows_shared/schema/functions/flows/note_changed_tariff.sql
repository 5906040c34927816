CREATE OR REPLACE FUNCTION flows.note_changed_tariff() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF TG_TABLE_NAME = 'microgrid_tariffs' THEN
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'tariff')
           FROM changed
           JOIN public.invoices AS invoice ON invoice.esco = changed.esco AND invoice.period_end > changed.period_start
           JOIN public.invoice_lines AS line ON line.invoice = invoice.id AND line.microgrid_tariff IS NOT NULL
            AND line.period_end > changed.period_start
          WHERE NOT EXISTS (SELECT FROM public.microgrid_tariffs AS later
                             WHERE later.esco = changed.esco AND later.period_start > changed.period_start
                               AND later.period_start <= line.period_start AND later.superseded_by IS NULL)
         HAVING count(*) > 0;
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'tariff')
           FROM changed
           JOIN public.invoices AS invoice ON invoice.customer = changed.customer AND invoice.period_end > changed.period_start
          WHERE NOT EXISTS (SELECT FROM public.customer_tariffs AS later
                             WHERE later.customer = changed.customer AND later.period_start > changed.period_start
                               AND later.period_start <= invoice.period_start AND later.superseded_by IS NULL)
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_tariff()', '{}');
