CREATE OR REPLACE FUNCTION flows.note_changed_supplier() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'days')
       FROM changed
       JOIN public.invoices AS invoice ON invoice.account = changed.account AND invoice.period_end > changed.valid_from
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_supplier()', '{}');
