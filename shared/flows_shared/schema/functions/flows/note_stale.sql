CREATE OR REPLACE FUNCTION flows.note_stale(invoices uuid[], cause text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO public.stale_invoices AS noted (invoice, cause)
    SELECT id, $2 FROM public.invoices WHERE id = ANY($1) AND status NOT IN ('draft', 'void') ORDER BY id
        ON CONFLICT (invoice, cause) DO UPDATE SET noted_at = excluded.noted_at;
$$;
SELECT flows.allow_execute('flows.note_stale(uuid[],text)', '{}');
