CREATE OR REPLACE FUNCTION flows.follow_postings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows SET enable_seqscan = off AS $$
DECLARE
    touched uuid[] := ARRAY(SELECT account FROM public.ledger_accounts
                             WHERE id IN (SELECT ledger_account FROM posted) AND code = 'receivable');
BEGIN
    IF touched <> '{}' THEN
        PERFORM flows.set_invoice_statuses(touched, NULL);
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.follow_postings()', '{}');
