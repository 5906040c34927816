-- What a bill needs so that it can be checked and paid: who to ask, where to pay, which meter, which reads, which tariff.
CREATE FUNCTION flows.is_iban(iban text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT CASE WHEN iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' THEN
           (SELECT string_agg(CASE WHEN sign ~ '[A-Z]' THEN (ascii(sign) - 55)::text ELSE sign END, '' ORDER BY place)::numeric % 97 = 1
              FROM regexp_split_to_table(substr(iban, 5) || left(iban, 4), '') WITH ORDINALITY AS signs (sign, place))
           ELSE false END;
$$;
COMMENT ON FUNCTION flows.is_iban IS 'ISO 13616: what is rotated by four and read as a number leaves 1 by 97';

ALTER TABLE flows.escos
    ADD COLUMN contact_email text CHECK (contact_email LIKE '%_@_%'),
    ADD COLUMN contact_phone text CHECK (contact_phone <> ''),
    ADD COLUMN contact_address text CHECK (contact_address <> ''),
    ADD COLUMN complaint_route text CHECK (complaint_route <> ''),
    ADD COLUMN redress_body text CHECK (redress_body <> ''),
    ADD COLUMN bank_account_name text CHECK (bank_account_name <> ''),
    ADD COLUMN bank_sort_code text CHECK (bank_sort_code ~ '^[0-9]{6}$'),
    ADD COLUMN bank_account_number text CHECK (bank_account_number ~ '^[0-9]{8}$'),
    ADD COLUMN bank_iban text CHECK (flows.is_iban(bank_iban)),
    ADD COLUMN bank_bic text CHECK (bank_bic ~ '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$'),
    ADD COLUMN payment_limit_pence integer NOT NULL DEFAULT 100000 CHECK (payment_limit_pence BETWEEN 1 AND 10000000);
COMMENT ON COLUMN flows.escos.complaint_route IS 'How to complain, in a sentence, as it stands on bills';
COMMENT ON COLUMN flows.escos.redress_body IS 'Who decides a complaint that the community does not settle, as it stands on bills';
COMMENT ON COLUMN flows.escos.payment_limit_pence IS 'The most that one payment or gift may be';

ALTER TABLE public.properties ADD COLUMN mpan text CHECK (
    CASE WHEN mpan ~ '^[0-9]{13}$' THEN
        (substr(mpan, 1, 1)::int * 3 + substr(mpan, 2, 1)::int * 5 + substr(mpan, 3, 1)::int * 7 + substr(mpan, 4, 1)::int * 13
         + substr(mpan, 5, 1)::int * 17 + substr(mpan, 6, 1)::int * 19 + substr(mpan, 7, 1)::int * 23 + substr(mpan, 8, 1)::int * 29
         + substr(mpan, 9, 1)::int * 31 + substr(mpan, 10, 1)::int * 37 + substr(mpan, 11, 1)::int * 41
         + substr(mpan, 12, 1)::int * 43) % 11 % 10 = substr(mpan, 13, 1)::int
    ELSE mpan IS NULL END);
COMMENT ON COLUMN public.properties.mpan IS 'Number of the supply point where the home has one of its own: 13 digits, the last checks the others';

-- ISO 11649: with R = 27, F = 15 and the check digits behind the number, it leaves 1 by 97.
ALTER TABLE public.accounts ADD COLUMN payment_reference text NOT NULL GENERATED ALWAYS AS (
    'RF' || lpad((98 - (account_number::numeric * 1000000 + 271500) % 97)::text, 2, '0') || account_number::text) STORED UNIQUE;
COMMENT ON COLUMN public.accounts.payment_reference IS 'What a transfer for the account is to name, with check digits (ISO 11649)';

ALTER TABLE public.microgrid_tariffs ADD COLUMN name text CHECK (name <> '');
ALTER TABLE public.customer_tariffs ADD COLUMN name text CHECK (name <> '');
COMMENT ON COLUMN public.microgrid_tariffs.name IS 'As bills call it; a new version keeps the name of the one before it';
COMMENT ON COLUMN public.customer_tariffs.name IS 'As bills call it; a new version keeps the name of the one before it';

CREATE FUNCTION flows.keep_microgrid_tariff_name() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.name := (SELECT name FROM microgrid_tariffs WHERE esco = NEW.esco AND period_start <= NEW.period_start
                  ORDER BY period_start DESC, superseded_by IS NULL DESC LIMIT 1);
    RETURN NEW;
END
$$;
CREATE FUNCTION flows.keep_customer_tariff_name() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.name := (SELECT name FROM customer_tariffs WHERE customer = NEW.customer AND period_start <= NEW.period_start
                  ORDER BY period_start DESC, superseded_by IS NULL DESC LIMIT 1);
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_name BEFORE INSERT ON public.microgrid_tariffs
    FOR EACH ROW WHEN (NEW.name IS NULL) EXECUTE FUNCTION flows.keep_microgrid_tariff_name();
CREATE TRIGGER keep_name BEFORE INSERT ON public.customer_tariffs
    FOR EACH ROW WHEN (NEW.name IS NULL) EXECUTE FUNCTION flows.keep_customer_tariff_name();

CREATE TABLE public.direct_debit_mandates (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    reference text NOT NULL UNIQUE CHECK (reference <> ''),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'active', 'cancelled', 'failed')),
    valid_from date NOT NULL DEFAULT current_date,
    valid_to date CHECK (valid_to >= valid_from),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX direct_debit_mandates_one_active ON public.direct_debit_mandates (account) WHERE status = 'active';
CREATE INDEX ON public.direct_debit_mandates (account);
COMMENT ON TABLE public.direct_debit_mandates IS 'Whether an account may be collected from: only an active one lets a bill say so';
COMMENT ON COLUMN public.direct_debit_mandates.valid_to IS 'Last day on which it may be used; null: it runs on';

CREATE FUNCTION flows.is_collected(account uuid, day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM public.accounts AS paying
                     JOIN public.direct_debit_mandates AS mandate ON mandate.account = paying.id
                    WHERE paying.id = $1 AND paying.payment_method = 'direct_debit' AND mandate.status = 'active'
                      AND mandate.valid_from <= $2 AND (mandate.valid_to IS NULL OR mandate.valid_to >= $2));
$$;
COMMENT ON FUNCTION flows.is_collected IS 'Whether what an account owes on a day is collected by Direct Debit';

-- Of several bills of an account, the one of the last days asks for the balance: what is put right before it is part of that.
CREATE FUNCTION flows.asked_for_by(invoice uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT later.number
      FROM public.invoices AS corrected
      JOIN public.invoices AS later ON later.account = corrected.account AND later.customer = corrected.customer
       AND later.status NOT IN ('draft', 'void') AND later.period_start > corrected.period_start
     WHERE corrected.id = $1
       AND EXISTS (SELECT FROM public.credit_notes AS note WHERE note.replacement = corrected.id)
     ORDER BY later.period_start DESC
     LIMIT 1;
$$;
COMMENT ON FUNCTION flows.asked_for_by IS 'The later bill that asks for the balance, where this one takes the place of another; null: it asks itself';

-- The last count before, and the half hours since; or the first one after, and the half hours until then.
CREATE FUNCTION flows.register_read_at(register uuid, at timestamptz) RETURNS TABLE (read numeric, source text)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT round(counted.read + coalesce(since.kwh, 0), 3),
           CASE WHEN since.measured >= floor(extract(epoch FROM $2 - counted.timestamp) / 1800) THEN 'meter' ELSE 'estimated' END
      FROM (SELECT held.read, held.timestamp FROM flows.register_import AS held
             WHERE held.register_id = $1 AND held.timestamp <= $2 ORDER BY held.timestamp DESC LIMIT 1) AS counted
     CROSS JOIN LATERAL (
           SELECT sum(hh.kwh * least(1, extract(epoch FROM hh.timestamp + interval '30 minutes' - counted.timestamp) / 1800)) AS kwh,
                  count(*) FILTER (WHERE NOT hh.estimated AND hh.timestamp >= counted.timestamp) AS measured
             FROM flows.register_intervals AS hh
            WHERE hh.register_id = $1 AND hh.timestamp > counted.timestamp - interval '30 minutes' AND hh.timestamp < $2) AS since
     UNION ALL
    SELECT greatest(0, round(counted.read - coalesce(until.kwh, 0), 3)),
           CASE WHEN until.measured >= floor(extract(epoch FROM counted.timestamp - $2) / 1800) THEN 'meter' ELSE 'estimated' END
      FROM (SELECT held.read, held.timestamp FROM flows.register_import AS held
             WHERE held.register_id = $1 AND held.timestamp > $2 ORDER BY held.timestamp LIMIT 1) AS counted
     CROSS JOIN LATERAL (
           SELECT sum(hh.kwh * least(1, extract(epoch FROM counted.timestamp - hh.timestamp) / 1800)) AS kwh,
                  count(*) FILTER (WHERE NOT hh.estimated AND hh.timestamp + interval '30 minutes' <= counted.timestamp) AS measured
             FROM flows.register_intervals AS hh
            WHERE hh.register_id = $1 AND hh.timestamp >= $2 AND hh.timestamp < counted.timestamp) AS until
     LIMIT 1;
$$;
COMMENT ON FUNCTION flows.register_read_at IS
    'What a register had counted in kWh at a time, from its reading next to it and the half hours between; no row: it was never read';

CREATE TABLE public.invoice_reads (
    invoice uuid NOT NULL REFERENCES public.invoices (id),
    register uuid NOT NULL REFERENCES flows.meter_registers (register_id),
    serial text NOT NULL,
    element text NOT NULL,
    opened_at timestamptz NOT NULL,
    opening_read numeric,
    opening_source text CHECK (opening_source IN ('meter', 'customer', 'estimated')),
    closed_at timestamptz NOT NULL CHECK (closed_at >= opened_at),
    closing_read numeric,
    closing_source text CHECK (closing_source IN ('meter', 'customer', 'estimated')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (invoice, register),
    CHECK ((opening_read IS NULL) = (opening_source IS NULL)),
    CHECK ((closing_read IS NULL) = (closing_source IS NULL))
);
CREATE INDEX ON public.invoice_reads (register);
COMMENT ON TABLE public.invoice_reads IS 'What the meters of an invoice had counted in kWh where its days begin and end, as known when it was issued; never changed';
COMMENT ON COLUMN public.invoice_reads.opening_read IS 'Null: the register was never read';
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.invoice_reads
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

-- The most that may be paid at once is a community's setting.
ALTER TABLE public.payments
    DROP CONSTRAINT payments_amount_pence_check,
    ADD CONSTRAINT payments_amount_pence_check CHECK (amount_pence >= 1);
CREATE FUNCTION flows.check_payment_limit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    most integer;
BEGIN
    SELECT esco.payment_limit_pence INTO most
      FROM accounts AS account
      JOIN properties AS property ON property.id = account.property
      JOIN flows.escos AS esco ON esco.id = property.esco
     WHERE account.id = NEW.account;
    IF NEW.amount_pence > most THEN
        RAISE check_violation USING
            MESSAGE = format('%s pence are more than the community''s limit for a payment, %s pence', NEW.amount_pence, most),
            HINT = 'The limit is payment_limit_pence of the community.';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_limit BEFORE INSERT OR UPDATE OF amount_pence ON public.payments
    FOR EACH ROW EXECUTE FUNCTION flows.check_payment_limit();
CREATE TRIGGER check_limit BEFORE INSERT OR UPDATE OF amount_pence ON public.gifts
    FOR EACH ROW WHEN (NEW.account IS NOT NULL) EXECUTE FUNCTION flows.check_payment_limit();

ALTER TABLE public.direct_debit_mandates ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invoice_reads ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON public.direct_debit_mandates TO service, flows_worker USING (true);
CREATE POLICY workers ON public.invoice_reads TO service, flows_worker USING (true);
CREATE POLICY reporting ON public.direct_debit_mandates FOR SELECT TO reporting USING (true);
CREATE POLICY reporting ON public.invoice_reads FOR SELECT TO reporting USING (true);
CREATE POLICY with_parent ON public.direct_debit_mandates TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = direct_debit_mandates.account));
CREATE POLICY with_parent ON public.invoice_reads TO customer, admin
    USING (EXISTS (SELECT FROM public.invoices AS parent WHERE parent.id = invoice_reads.invoice));
GRANT SELECT ON public.direct_debit_mandates, public.invoice_reads TO customer, admin, service, reporting, flows_worker;
GRANT INSERT, UPDATE, DELETE ON public.direct_debit_mandates TO admin, service;
GRANT INSERT ON public.invoice_reads TO flows_billing;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.direct_debit_mandates
    FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();
CREATE TRIGGER audit_insert AFTER INSERT ON public.direct_debit_mandates REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.direct_debit_mandates', 'id');
CREATE TRIGGER audit_update AFTER UPDATE ON public.direct_debit_mandates REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.direct_debit_mandates', 'id');
CREATE TRIGGER audit_delete AFTER DELETE ON public.direct_debit_mandates REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.direct_debit_mandates', 'id');

GRANT UPDATE (contact_email, contact_phone, contact_address, complaint_route, redress_body, bank_account_name, bank_sort_code,
              bank_account_number, bank_iban, bank_bic, payment_limit_pence) ON flows.escos TO admin;
REVOKE EXECUTE ON FUNCTION flows.is_iban, flows.keep_microgrid_tariff_name, flows.keep_customer_tariff_name,
    flows.is_collected, flows.asked_for_by, flows.register_read_at, flows.check_payment_limit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.is_iban TO admin, service, flows_worker;
GRANT EXECUTE ON FUNCTION flows.is_collected, flows.asked_for_by, flows.register_read_at TO admin, service, reporting, flows_worker;

-- In place of the one of 0008: neither the VAT upon what a customer exports nor a credit that is left out is of their supply.
DROP VIEW public.report_savings;
DROP MATERIALIZED VIEW reports.savings;
CREATE MATERIALIZED VIEW reports.savings AS
WITH taxed AS (
    SELECT invoice, sum(amount_pence) + CASE WHEN includes_vat THEN 0 ELSE round(sum(amount_pence) * vat_rate) END AS pence
      FROM public.invoice_lines
     WHERE kind NOT IN ('export_credit', 'solar_credit')
       AND coalesce(vat_reason NOT IN ('exporter_registered', 'exporter_not_registered', 'solar_credit'), true)
     GROUP BY invoice, vat_rate, includes_vat
), supplied AS (
    SELECT invoice, sum(pence)::bigint AS pence FROM taxed GROUP BY invoice
)
SELECT esco.code AS esco_code, esco.id AS esco, date_trunc('month', invoice.period_start::timestamp)::date AS month,
       account.account_number, account.id AS account, customer.id AS customer, customer.fullname,
       sum(supplied.pence) AS supply_pence, sum(invoice.benchmark_pence) AS benchmark_pence,
       sum(invoice.benchmark_pence - supplied.pence) AS saving_pence
  FROM public.invoices AS invoice
  JOIN supplied ON supplied.invoice = invoice.id
  JOIN flows.escos AS esco ON esco.id = invoice.esco
  JOIN public.accounts AS account ON account.id = invoice.account
  JOIN public.customers AS customer ON customer.id = invoice.customer
 WHERE invoice.status NOT IN ('draft', 'void') AND invoice.benchmark_pence IS NOT NULL
 GROUP BY esco.id, 3, account.id, customer.id;
CREATE UNIQUE INDEX ON reports.savings (account, customer, month);
CREATE VIEW public.report_savings WITH (security_barrier) AS
SELECT * FROM reports.savings WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_savings IS 'What each customer was billed for supply, what it costs at the benchmark, and the saving, with VAT';
GRANT SELECT ON public.report_savings TO admin, service, reporting, flows_worker;

SELECT flows.guard_writes();
