-- Money is written by clients, by today's jobs and by the services; so the database itself posts it, in the same transaction.
CREATE FUNCTION flows.ledger_codes() RETURNS TABLE (code text, type text, name text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    VALUES ('receivable', 'asset', 'Owed by the customer'),
           ('sales', 'income', 'Energy sold'),
           ('vat', 'liability', 'VAT charged'),
           ('bank', 'asset', 'Money at the bank'),
           ('meter_credit', 'liability', 'Money on prepay meters'),
           ('solar_credits', 'expense', 'Solar credits given'),
           ('gifts', 'expense', 'Gifts given'),
           ('adjustments', 'expense', 'Balances of meters put right'),
           ('bad_debts', 'expense', 'Debts written off');
$$;
COMMENT ON FUNCTION flows.ledger_codes IS 'A community''s ledger accounts; there is a receivable for each customer account';

-- The one place that says what each event posts: the triggers post it, and the check compares the books with it.
CREATE VIEW flows.money_events WITH (security_invoker) AS
SELECT event.source, event.id, event.esco, event.kind, event.reference, event.description,
       coalesce(event.happened_on, (event.happened_at AT TIME ZONE esco.time_zone)::date) AS entry_date,
       event.amount_pence::bigint AS amount_pence, event.debit, event.debit_account, event.credit, event.credit_account
  FROM (SELECT 'payments' AS source, payment.id, property.esco, 'payment' AS kind, payment.id::text AS reference,
               coalesce(payment.description, 'Payment') AS description, payment.received_on AS happened_on,
               payment.updated_at AS happened_at, payment.amount_pence, 'bank' AS debit, NULL::uuid AS debit_account,
               'receivable' AS credit, payment.account AS credit_account
          FROM public.payments AS payment
          JOIN public.accounts AS account ON account.id = payment.account
          JOIN public.properties AS property ON property.id = account.property
         WHERE payment.status = 'succeeded' OR payment.reversed_at IS NOT NULL
         UNION ALL
        SELECT 'payments', payment.id, property.esco, 'payment', payment.id || ':reversal', 'Payment returned', NULL,
               payment.reversed_at, payment.amount_pence, 'receivable', payment.account, 'bank', NULL
          FROM public.payments AS payment
          JOIN public.accounts AS account ON account.id = payment.account
          JOIN public.properties AS property ON property.id = account.property
         WHERE payment.reversed_at IS NOT NULL
         UNION ALL
        SELECT 'refunds', refund.id, property.esco, 'refund', refund.id::text, 'Refund', refund.paid_on, NULL,
               refund.amount_pence, 'receivable', refund.account, 'bank', NULL
          FROM public.refunds AS refund
          JOIN public.accounts AS account ON account.id = refund.account
          JOIN public.properties AS property ON property.id = account.property
         UNION ALL
        SELECT 'write_offs', write_off.id, property.esco, 'write_off', write_off.id::text, 'Written off',
               write_off.written_off_on, NULL, write_off.amount_pence, 'bad_debts', NULL, 'receivable', write_off.account
          FROM public.write_offs AS write_off
          JOIN public.accounts AS account ON account.id = write_off.account
          JOIN public.properties AS property ON property.id = account.property
         UNION ALL
        SELECT 'gifts', gift.id, property.esco, 'gift', gift.id::text, concat_ws(': ', 'Gift', gift.reason), NULL,
               gift.updated_at, gift.amount_pence, 'gifts', NULL, 'receivable', gift.account
          FROM public.gifts AS gift
          JOIN public.accounts AS account ON account.id = gift.account
          JOIN public.properties AS property ON property.id = account.property
         UNION ALL
        -- A top-up from a payment that is known is taken from the account that was paid for; else it is money at the bank.
        SELECT 'topups', topup.id, meter.esco, 'topup', topup.id::text, 'Top-up of meter ' || meter.serial, NULL,
               coalesce(topup.used_at, topup.updated_at), topup.amount_pence,
               CASE topup.source WHEN 'gift' THEN 'gifts' WHEN 'solar_credit' THEN 'solar_credits'
                                 WHEN 'adjustment' THEN 'adjustments'
                                 ELSE CASE WHEN payment.id IS NULL THEN 'bank' ELSE 'receivable' END END,
               payment.account, 'meter_credit', NULL
          FROM public.topups AS topup
          JOIN flows.meter_registry AS meter ON meter.id = topup.meter
          LEFT JOIN public.topups_payments AS link ON link.topup_id = topup.id AND topup.source = 'payment'
          LEFT JOIN public.payments AS payment ON payment.id = link.payment_id
         WHERE topup.status = 'completed'
         UNION ALL
        -- Its payment became known after the top-up was posted.
        SELECT 'topups_payments', topup.id, meter.esco, 'topup', topup.id || ':payment', 'Top-up of meter ' || meter.serial,
               NULL, link.created_at, topup.amount_pence, 'receivable', payment.account, 'bank', NULL
          FROM public.topups_payments AS link
          JOIN public.topups AS topup ON topup.id = link.topup_id AND topup.source = 'payment'
          JOIN public.payments AS payment ON payment.id = link.payment_id
          JOIN flows.meter_registry AS meter ON meter.id = topup.meter
         WHERE topup.status = 'completed'
           AND EXISTS (SELECT FROM public.ledger_entries AS entry
                         JOIN public.ledger_postings AS posting ON posting.entry = entry.id
                         JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
                        WHERE entry.kind = 'topup' AND entry.reference = topup.id::text AND ledger.code = 'bank')) AS event
  JOIN flows.escos AS esco ON esco.id = event.esco;
COMMENT ON VIEW flows.money_events IS 'Every event that has to stand in the ledger, but invoices and credit notes, with the two postings that it makes';

-- One row or twenty thousand: each call is planned for as many as it has.
CREATE FUNCTION flows.post_money(source_table text, row_ids uuid[]) RETURNS void
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
COMMENT ON FUNCTION flows.post_money IS 'Posts what these rows of a table have to stand for in the ledger and do not yet';

CREATE FUNCTION flows.post_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.post_money(TG_TABLE_NAME, ARRAY(SELECT (to_jsonb(n) ->> TG_ARGV[0])::uuid FROM new_rows AS n));
    RETURN NULL;
END
$$;
DO $$
DECLARE
    posted record;
BEGIN
    FOR posted IN
        SELECT * FROM (VALUES ('payments', 'id', true), ('topups', 'id', true), ('gifts', 'id', true), ('refunds', 'id', false),
                              ('write_offs', 'id', false), ('topups_payments', 'topup_id', false)) AS of (name, key, changes)
    LOOP
        EXECUTE format('CREATE TRIGGER post_inserted AFTER INSERT ON public.%I REFERENCING NEW TABLE AS new_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows(%L)', posted.name, posted.key);
        CONTINUE WHEN NOT posted.changes;
        EXECUTE format('CREATE TRIGGER post_updated AFTER UPDATE ON public.%I REFERENCING NEW TABLE AS new_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows(%L)', posted.name, posted.key);
    END LOOP;
END
$$;

-- Of an account's invoices, its balance is what the newest still lack. Without a time, what is late stays late.
CREATE FUNCTION flows.judge_invoices(of_accounts uuid[], at timestamptz) RETURNS TABLE (id uuid, account uuid, status text)
LANGUAGE sql STABLE AS $$
    WITH owing AS MATERIALIZED (
        SELECT wanted.account,
               (SELECT coalesce(sum(posting.amount_pence), 0)
                  FROM public.ledger_accounts AS ledger
                  JOIN public.ledger_postings AS posting ON posting.ledger_account = ledger.id
                 WHERE ledger.account = wanted.account AND ledger.code = 'receivable') AS pence
          FROM (SELECT DISTINCT unnest(of_accounts) AS account) AS wanted
    ), open AS (
        SELECT invoice.id, invoice.account, invoice.status, invoice.total_pence,
               coalesce(invoice.due_date < (at AT TIME ZONE esco.time_zone)::date, invoice.status = 'overdue') AS is_late,
               owing.pence - coalesce(sum(invoice.total_pence) OVER newer, 0) AS left_over
          FROM owing
          JOIN public.invoices AS invoice
            ON invoice.account = owing.account AND invoice.status <> 'void' AND invoice.status <> 'draft'
          JOIN flows.escos AS esco ON esco.id = invoice.esco
        WINDOW newer AS (PARTITION BY invoice.account ORDER BY invoice.issue_date DESC, invoice.number DESC
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), judged AS (
        SELECT open.id, open.account, open.status AS before,
               CASE WHEN left_over <= 0 OR total_pence <= 0 THEN 'paid'
                    WHEN is_late THEN 'overdue'
                    WHEN left_over < total_pence THEN 'part_paid'
                    ELSE 'issued' END AS status
          FROM open
    )
    SELECT judged.id, judged.account, judged.status FROM judged WHERE judged.status <> judged.before;
$$;
COMMENT ON FUNCTION flows.judge_invoices IS 'Invoices of these accounts whose status is another by now, and which';

-- By the indexes, an account at a time: a plan made for the empty tables of a first run would read all of them for each.
CREATE FUNCTION flows.set_invoice_statuses(of_accounts uuid[], at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows SET enable_seqscan = off AS $$
DECLARE
    held uuid[] := of_accounts;
    changed integer;
BEGIN
    IF held IS NULL THEN
        held := ARRAY(SELECT DISTINCT account FROM public.invoices WHERE status NOT IN ('draft', 'void'));
        held := ARRAY(SELECT DISTINCT account FROM flows.judge_invoices(held, at));
    END IF;
    -- Held in order until the transaction ends, so that of two payments at once the second sees both.
    PERFORM FROM public.ledger_accounts
      WHERE account IN (SELECT unnest(held)) AND code = 'receivable' ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.invoices AS invoice SET status = judged.status
      FROM flows.judge_invoices(held, at) AS judged WHERE invoice.id = judged.id;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION flows.set_invoice_statuses IS
    'Lets the invoices of these accounts, or all, say whether they are paid, part paid or, at a time that is given, overdue; how many changed';

CREATE FUNCTION flows.follow_postings() RETURNS trigger
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
CREATE TRIGGER follow_postings AFTER INSERT ON public.ledger_postings
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_postings();

CREATE FUNCTION flows.hold_receivable(of_account uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    receivable uuid;
BEGIN
    INSERT INTO public.ledger_accounts (esco, code, type, name, account)
    SELECT property.esco, code.code, code.type, code.name, account.id
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property
      JOIN flows.ledger_codes() AS code ON code.code = 'receivable'
     WHERE account.id = of_account
        ON CONFLICT (esco, code, account) DO NOTHING;
    SELECT id INTO receivable FROM public.ledger_accounts
     WHERE account = of_account AND code = 'receivable' FOR NO KEY UPDATE;
    RETURN (SELECT coalesce(sum(amount_pence), 0) FROM public.ledger_postings WHERE ledger_account = receivable);
END
$$;
COMMENT ON FUNCTION flows.hold_receivable IS 'What the account owes, which nothing else changes until the transaction ends';

SELECT flows.post_money('payments', ARRAY(SELECT id FROM public.payments)),
       flows.post_money('topups', ARRAY(SELECT id FROM public.topups));
