CREATE OR REPLACE FUNCTION flows.note_changed_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    -- Other accounts of the home have more or fewer days with it.
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'days')
       FROM old_rows AS previous
       JOIN new_rows AS changed USING (id)
       JOIN public.accounts AS account ON account.property IN (previous.property, changed.property)
       JOIN public.invoices AS invoice ON invoice.account = account.id
        AND (changed.start_date <> previous.start_date
             AND invoice.period_start < greatest(changed.start_date, previous.start_date)
             OR changed.end_date IS DISTINCT FROM previous.end_date
             AND invoice.period_end > least(changed.end_date, previous.end_date) + 1)
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_account()', '{}');
