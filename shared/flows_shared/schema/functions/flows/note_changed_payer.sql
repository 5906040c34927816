-- A party without dates is one more name on the bill; one with dates moves who pays.
CREATE OR REPLACE FUNCTION flows.note_changed_payer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'payer')
       FROM changed
       JOIN public.invoices AS invoice ON invoice.account = changed.account
        AND (invoice.period_end > changed.start_date OR invoice.period_end > changed.end_date + 1)
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_payer()', '{}');
