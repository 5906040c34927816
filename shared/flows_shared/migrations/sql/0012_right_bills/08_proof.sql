-- What was issued is sealed as it is written: a digest that nobody can write, of every column that is never to change.
CREATE TABLE flows.seals (
    kind text NOT NULL CHECK (kind IN ('invoice', 'lines', 'credit_note', 'document')),
    subject uuid NOT NULL,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    name text NOT NULL,
    sha256 bytea NOT NULL,
    made_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, subject)
);
COMMENT ON TABLE flows.seals IS 'Digests of what was issued, made by the database as it is stored: whatever is changed, removed or added past it no longer agrees';
COMMENT ON COLUMN flows.seals.subject IS 'The invoice, also of its lines, the credit note or the document';
COMMENT ON COLUMN flows.seals.name IS 'The number, or the document''s file name: said of what is gone';
COMMENT ON COLUMN flows.seals.made_in IS 'The transaction that issued it: lines are added in no other';

ALTER TABLE public.credit_notes ADD COLUMN changed_days jsonb;
COMMENT ON COLUMN public.credit_notes.changed_days IS 'By register, the days whose readings had changed, where some days of the replacement were too old to be charged for';

-- Named columns, so that a column that is added later changes no digest; JSON, so that no session's settings do.
CREATE FUNCTION flows.sealed_text(public.invoices) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_array($1.id, $1.number, $1.esco, $1.account, $1.customer, $1.run, $1.period_start, $1.period_end,
                            $1.issue_date, $1.due_date, $1.tax_point, $1.vat_number, $1.net_pence, $1.vat_pence,
                            $1.total_pence, $1.previous_balance_pence, $1.payments_pence, $1.amount_due_pence,
                            $1.benchmark_pence)::text;
$$;
CREATE FUNCTION flows.sealed_text(public.invoice_lines) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_array($1.id, $1.invoice, $1.position, $1.kind, $1.description, $1.quantity, $1.unit, $1.rate,
                            $1.amount_pence, $1.includes_vat, $1.vat_rate, $1.period_start, $1.period_end,
                            $1.customer_tariff, $1.microgrid_tariff, $1.register, $1.first_interval AT TIME ZONE 'UTC',
                            $1.last_interval AT TIME ZONE 'UTC', $1.intervals, $1.estimated, $1.element, $1.band,
                            $1.block_from_kwh, $1.component, $1.vat_reason, $1.sharing_terms, $1.basis)::text;
$$;
CREATE FUNCTION flows.sealed_text(public.credit_notes) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_array($1.id, $1.number, $1.esco, $1.account, $1.customer, $1.invoice, $1.replacement, $1.causes,
                            $1.reason, $1.issue_date, $1.tax_point, $1.vat_number, $1.net_pence, $1.vat_pence,
                            $1.total_pence, $1.requested_by, $1.changed_days)::text;
$$;
CREATE FUNCTION flows.sealed_text(public.documents) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_array($1.id, $1.invoice, $1.credit_note, $1.file_name, $1.media_type,
                            encode(sha256($1.content), 'hex'))::text;
$$;
CREATE FUNCTION flows.digest(sealed text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(convert_to(sealed, 'UTF8'));
$$;

CREATE FUNCTION flows.seal_invoices() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'invoice', id, esco, number, flows.digest(flows.sealed_text(ROW(added.*)::public.invoices)) FROM added
     WHERE status <> 'draft';
    RETURN NULL;
END
$$;
CREATE TRIGGER seal AFTER INSERT ON public.invoices
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_invoices();
-- A draft is sealed when it is issued.
CREATE FUNCTION flows.seal_issued() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    VALUES ('invoice', NEW.id, NEW.esco, NEW.number, flows.digest(flows.sealed_text(NEW)));
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'lines', NEW.id, NEW.esco, NEW.number,
           flows.digest(string_agg(flows.sealed_text(line), '' ORDER BY line.position, line.id))
      FROM public.invoice_lines AS line WHERE line.invoice = NEW.id HAVING count(*) > 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER seal_issued AFTER UPDATE ON public.invoices
    FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status <> 'draft') EXECUTE FUNCTION flows.seal_issued();

-- By the indexes, whatever the statistics of a first run say.
CREATE FUNCTION flows.seal_lines() RETURNS trigger
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
CREATE TRIGGER seal AFTER INSERT ON public.invoice_lines
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_lines();

CREATE FUNCTION flows.seal_credit_notes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'credit_note', id, esco, number, flows.digest(flows.sealed_text(ROW(added.*)::public.credit_notes)) FROM added;
    RETURN NULL;
END
$$;
CREATE TRIGGER seal AFTER INSERT ON public.credit_notes
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_credit_notes();

CREATE FUNCTION flows.seal_documents() RETURNS trigger
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
CREATE TRIGGER seal AFTER INSERT ON public.documents
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_documents();

-- The audit log is not for workers: of what they issued they may ask how it was.
CREATE FUNCTION flows.issued_as(invoice uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT after - '{status,created_at,updated_at}'::text[] FROM flows.audit_log
     WHERE table_name = 'public.invoices' AND row_id = invoice::text AND action = 'insert' ORDER BY id LIMIT 1;
$$;
COMMENT ON FUNCTION flows.issued_as IS 'The invoice as it was when it was stored, by the audit log';

-- What was issued before there were seals is sealed as it is found.
INSERT INTO flows.seals (kind, subject, esco, name, sha256)
SELECT 'invoice', id, esco, number, flows.digest(flows.sealed_text(invoice)) FROM public.invoices AS invoice
 WHERE status <> 'draft'
 UNION ALL
SELECT 'lines', invoice.id, invoice.esco, invoice.number,
       flows.digest(string_agg(flows.sealed_text(line), '' ORDER BY line.position, line.id))
  FROM public.invoices AS invoice JOIN public.invoice_lines AS line ON line.invoice = invoice.id
 WHERE invoice.status <> 'draft'
 GROUP BY invoice.id
 UNION ALL
SELECT 'credit_note', id, esco, number, flows.digest(flows.sealed_text(note)) FROM public.credit_notes AS note
 UNION ALL
SELECT 'document', document.id, coalesce(invoice.esco, note.esco), document.file_name,
       flows.digest(flows.sealed_text(document))
  FROM public.documents AS document
  LEFT JOIN public.invoices AS invoice ON invoice.id = document.invoice
  LEFT JOIN public.credit_notes AS note ON note.id = document.credit_note;

CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON flows.seals
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
-- Lines that come by several statements are sealed anew, in the transaction that issues them alone.
CREATE TRIGGER refuse_update BEFORE UPDATE ON flows.seals
    FOR EACH ROW WHEN (OLD.made_in <> pg_current_xact_id()::text::bigint) EXECUTE FUNCTION flows.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.documents
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

-- The postings of an entry come together: later ones, however balanced, would change what is in the books.
CREATE FUNCTION flows.refuse_late_postings() RETURNS trigger
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
CREATE TRIGGER refuse_late AFTER INSERT ON public.ledger_postings
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_late_postings();

-- Numbers that were taken stay taken.
CREATE FUNCTION flows.refuse_series_back() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.esco = OLD.esco AND NEW.last_number >= OLD.last_number
       AND NEW.last_credit_note >= OLD.last_credit_note
       AND (NEW.prefix = OLD.prefix OR (OLD.last_number, OLD.last_credit_note) = (0, 0)) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND (OLD.last_number, OLD.last_credit_note) = (0, 0) THEN
        RETURN OLD;
    END IF;
    RAISE restrict_violation USING MESSAGE = format('numbers of series %s only go on', OLD.prefix);
END
$$;
CREATE TRIGGER refuse_back BEFORE UPDATE OR DELETE ON public.invoice_series
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_series_back();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.invoice_series
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

-- A person leaves an invoice as it is, though it would be another today: too old to be charged for, or not worth it.
CREATE TABLE public.correction_decisions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES public.accounts (id),
    invoice uuid NOT NULL REFERENCES public.invoices (id),
    reason text NOT NULL CHECK (reason <> ''),
    approved_by text NOT NULL CHECK (approved_by <> ''),
    recorded_by text NOT NULL DEFAULT flows.actor(),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON public.correction_decisions (invoice);
CREATE INDEX ON public.correction_decisions (account);
COMMENT ON TABLE public.correction_decisions IS 'Invoices that are left as they are, though they would be others today: until something of them changes again';
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.correction_decisions
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE FUNCTION flows.check_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.invoices WHERE id = NEW.invoice AND account = NEW.account) THEN
        RAISE foreign_key_violation USING MESSAGE = 'the invoice is not of this account';
    END IF;
    NEW.created_at := now();
    NEW.recorded_by := flows.actor();
    RETURN NEW;
END
$$;
CREATE TRIGGER check_decision BEFORE INSERT ON public.correction_decisions
    FOR EACH ROW EXECUTE FUNCTION flows.check_decision();

-- A key stands for one whole request of one caller, whatever it asks for.
CREATE TABLE flows.money_requests (
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request jsonb NOT NULL,
    made uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, key)
);
COMMENT ON TABLE flows.money_requests IS 'What money was asked to be recorded with an idempotency key: asked again with it, it is the same request or refused';
COMMENT ON COLUMN flows.money_requests.request IS 'The caller, what was to be recorded, and everything that was said of it';
COMMENT ON COLUMN flows.money_requests.made IS 'The payment, refund, write-off or gift';
CREATE TRIGGER refuse_change BEFORE UPDATE OR TRUNCATE ON flows.money_requests
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

DO $$
DECLARE
    made text;
BEGIN
    FOREACH made IN ARRAY ARRAY['flows.seals', 'flows.money_requests', 'public.correction_decisions'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made);
        EXECUTE format('CREATE POLICY workers ON %s TO service, flows_worker USING (true)', made);
        EXECUTE format('CREATE POLICY reporting ON %s FOR SELECT TO reporting USING (true)', made);
        EXECUTE format('GRANT SELECT ON %s TO admin, service, reporting, flows_worker', made);
    END LOOP;
END
$$;
CREATE POLICY community ON flows.seals FOR SELECT TO admin USING (esco = ANY((SELECT flows.admin_escos())::uuid[]));
CREATE POLICY with_parent ON flows.money_requests FOR SELECT TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = money_requests.account));
GRANT INSERT ON flows.money_requests TO flows_billing;
GRANT INSERT ON public.correction_decisions TO admin, service;
CREATE POLICY with_parent ON public.correction_decisions TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = correction_decisions.account));
REVOKE EXECUTE ON FUNCTION flows.sealed_text(public.invoices), flows.sealed_text(public.invoice_lines),
    flows.sealed_text(public.credit_notes), flows.sealed_text(public.documents), flows.digest, flows.seal_invoices,
    flows.seal_issued, flows.seal_lines, flows.seal_credit_notes, flows.seal_documents, flows.refuse_late_postings,
    flows.refuse_series_back, flows.check_decision, flows.issued_as FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.sealed_text(public.invoices), flows.sealed_text(public.invoice_lines),
    flows.sealed_text(public.credit_notes), flows.sealed_text(public.documents), flows.digest, flows.issued_as TO flows_worker;

SELECT flows.guard_writes();
