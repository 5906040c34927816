-- By the indexes, whatever the statistics of a first run say.
CREATE OR REPLACE FUNCTION flows.seal_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows SET enable_seqscan = off AS $$
DECLARE
    sealed bigint;
    refused text;
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'lines', lines.invoice, issued.esco, issued.name, lines.sha256
      FROM (SELECT invoice, flows.digest(string_agg(flows.sealed_text(ROW(added.*)::public.invoice_lines), ''
                                                    ORDER BY position, id)) AS sha256
              FROM added GROUP BY invoice) AS lines
     CROSS JOIN LATERAL (SELECT seal.esco, seal.name FROM flows.seals AS seal
                          WHERE seal.kind = 'invoice' AND seal.subject = lines.invoice
                            AND seal.made_in = pg_current_xact_id()::text::bigint
                          LIMIT 1) AS issued  -- looked up one by one, by the key
        ON CONFLICT (kind, subject) DO UPDATE
       SET sha256 = (SELECT flows.digest(string_agg(flows.sealed_text(line), '' ORDER BY line.position, line.id))
                       FROM public.invoice_lines AS line WHERE line.invoice = excluded.subject)
     WHERE seals.made_in = excluded.made_in;
    GET DIAGNOSTICS sealed = ROW_COUNT;
    IF sealed = (SELECT count(DISTINCT invoice) FROM added) THEN
        RETURN NULL;
    END IF;
    SELECT invoice.number INTO refused
      FROM added JOIN public.invoices AS invoice ON invoice.id = added.invoice AND invoice.status <> 'draft'
     WHERE NOT EXISTS (SELECT FROM flows.seals AS issued
                        WHERE issued.kind = 'invoice' AND issued.subject = invoice.id
                          AND issued.made_in = pg_current_xact_id()::text::bigint)
        OR EXISTS (SELECT FROM flows.seals AS held
                    WHERE held.kind = 'lines' AND held.subject = invoice.id
                      AND held.made_in <> pg_current_xact_id()::text::bigint)
     LIMIT 1;
    IF FOUND THEN
        RAISE restrict_violation USING
            MESSAGE = format('invoice %s is issued: its lines are inserted with it, in its transaction', refused);
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.seal_lines()', '{}');
