-- The postings of an entry come together: later ones, however balanced, would change what is in the books.
CREATE OR REPLACE FUNCTION flows.refuse_late_postings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows SET enable_seqscan = off AS $$
DECLARE
    late record;
BEGIN
    SELECT entry.kind, entry.reference INTO late
      FROM (SELECT entry, count(*) AS added, min(id) AS first FROM posted GROUP BY entry) AS own
      JOIN public.ledger_entries AS entry ON entry.id = own.entry
     WHERE EXISTS (SELECT FROM public.ledger_postings AS before WHERE before.entry = own.entry AND before.id < own.first)
        OR (SELECT count(*) FROM public.ledger_postings AS held WHERE held.entry = own.entry) <> own.added
     LIMIT 1;
    IF FOUND THEN
        RAISE restrict_violation USING
            MESSAGE = format('ledger entry %s %s is posted: its postings are inserted by one statement', late.kind, late.reference);
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.refuse_late_postings()', '{}');
