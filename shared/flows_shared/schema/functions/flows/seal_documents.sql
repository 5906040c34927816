CREATE OR REPLACE FUNCTION flows.seal_documents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'document', added.id, coalesce(invoice.esco, note.esco), added.file_name,
           flows.digest(flows.sealed_text(ROW(added.*)::public.documents))
      FROM added
      LEFT JOIN public.invoices AS invoice ON invoice.id = added.invoice
      LEFT JOIN public.credit_notes AS note ON note.id = added.credit_note;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.seal_documents()', '{}');
