CREATE OR REPLACE FUNCTION flows.seal_invoices() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'invoice', id, esco, number, flows.digest(flows.sealed_text(ROW(added.*)::public.invoices)) FROM added
     WHERE status <> 'draft';
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.seal_invoices()', '{}');
