-- One row or twenty thousand: each call is planned for as many as it has.
CREATE OR REPLACE FUNCTION flows.post_money(source_table text, row_ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    events flows.money_events[];
BEGIN
    events := ARRAY(SELECT event FROM flows.money_events AS event
                     WHERE event.source = source_table AND event.id = ANY(row_ids)
                       AND NOT EXISTS (SELECT FROM public.ledger_entries AS entry
                                        WHERE entry.kind = event.kind AND entry.reference = event.reference));
    IF events = '{}' THEN
        RETURN;
    END IF;
    INSERT INTO public.ledger_accounts (esco, code, type, name, account)
    SELECT DISTINCT event.esco, code.code, code.type, code.name, side.account
      FROM unnest(events) AS event,
           LATERAL (VALUES (event.debit, event.debit_account), (event.credit, event.credit_account)) AS side (code, account)
      JOIN flows.ledger_codes() AS code ON code.code = side.code
     ORDER BY 1, 2, 5
        ON CONFLICT (esco, code, account) DO NOTHING;
    -- Of two transactions that bring the same event, the second waits here for the first, and then has nothing to post.
    WITH posted AS (
        INSERT INTO public.ledger_entries (esco, kind, reference, description, entry_date)
        SELECT event.esco, event.kind, event.reference, event.description, event.entry_date
          FROM unnest(events) AS event
         ORDER BY event.kind, event.reference
            ON CONFLICT (kind, reference) DO NOTHING
        RETURNING id, kind, reference
    )
    INSERT INTO public.ledger_postings (entry, ledger_account, amount_pence)
    SELECT posted.id, ledger.id, side.amount_pence
      FROM posted
      JOIN unnest(events) AS event ON event.kind = posted.kind AND event.reference = posted.reference
     CROSS JOIN LATERAL (VALUES (event.debit, event.debit_account, event.amount_pence),
                                (event.credit, event.credit_account, -event.amount_pence)) AS side (code, account, amount_pence)
      JOIN LATERAL (SELECT id FROM public.ledger_accounts AS own
                     WHERE own.esco = event.esco AND own.code = side.code AND own.account = side.account
                     UNION ALL
                    SELECT id FROM public.ledger_accounts AS own
                     WHERE own.esco = event.esco AND own.code = side.code AND own.account IS NULL
                       AND side.account IS NULL) AS ledger ON true;
END
$$;
COMMENT ON FUNCTION flows.post_money(text,uuid[]) IS 'Posts what these rows of a table have to stand for in the ledger and do not yet';
SELECT flows.allow_execute('flows.post_money(text,uuid[])', '{}');
