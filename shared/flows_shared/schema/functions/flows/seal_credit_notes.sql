CREATE OR REPLACE FUNCTION flows.seal_credit_notes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'credit_note', id, esco, number, flows.digest(flows.sealed_text(ROW(added.*)::public.credit_notes)) FROM added;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.seal_credit_notes()', '{}');
