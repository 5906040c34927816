-- What makes an issued bill wrong is noted as it is written. Readings by day: whoever writes half hours writes the day's sum.
CREATE FUNCTION flows.billed_until() RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT greatest((SELECT (max(month) + interval '1 month')::date FROM public.billing_runs),
                    (SELECT max(last_day) + 1 FROM public.account_closings));
$$;
COMMENT ON FUNCTION flows.billed_until IS 'Days before this one may have been billed, or are being billed now';

CREATE TABLE flows.register_days_changed (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    day date NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (register_id, day)
);
COMMENT ON TABLE flows.register_days_changed IS 'Days whose half hours or estimates changed when they may have been billed; gone when no bill differs from them';

CREATE FUNCTION flows.note_changed_days() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    until date := flows.billed_until();
BEGIN
    -- The sync's own days are of this month: then this is all that it pays.
    IF NOT EXISTS (SELECT FROM changed WHERE day < until) THEN
        RETURN NULL;
    END IF;
    INSERT INTO flows.register_days_changed AS noted (register_id, day)
    SELECT DISTINCT register_id, day
      FROM changed
     WHERE day < until
       -- A register that is deleted takes its days along.
       AND EXISTS (SELECT FROM flows.meter_registers AS register WHERE register.register_id = changed.register_id)
     ORDER BY register_id, day
        ON CONFLICT (register_id, day) DO UPDATE SET changed_at = excluded.changed_at;
    RETURN NULL;
END
$$;
CREATE FUNCTION flows.note_changed_estimates() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.register_days_changed AS noted (register_id, day)
    SELECT DISTINCT changed.register_id, (changed.timestamp AT TIME ZONE esco.time_zone)::date AS day
      FROM changed
      JOIN flows.meter_registers AS register ON register.register_id = changed.register_id
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
     WHERE (changed.timestamp AT TIME ZONE esco.time_zone)::date < flows.billed_until()
     ORDER BY 1, 2
        ON CONFLICT (register_id, day) DO UPDATE SET changed_at = excluded.changed_at;
    RETURN NULL;
END
$$;

-- Everything else by invoice.
CREATE TABLE public.stale_invoices (
    invoice uuid NOT NULL REFERENCES public.invoices (id) ON DELETE CASCADE,
    cause text NOT NULL CHECK (cause IN ('tariff', 'vat', 'payer', 'days')),
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (invoice, cause)
);
COMMENT ON TABLE public.stale_invoices IS 'Issued invoices whose price, VAT, payer or days were changed afterwards; gone when they are corrected, or found right';

CREATE FUNCTION flows.note_stale(invoices uuid[], cause text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO public.stale_invoices AS noted (invoice, cause)
    SELECT id, $2 FROM public.invoices WHERE id = ANY($1) AND status NOT IN ('draft', 'void') ORDER BY id
        ON CONFLICT (invoice, cause) DO UPDATE SET noted_at = excluded.noted_at;
$$;

CREATE FUNCTION flows.note_changed_tariff() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF TG_TABLE_NAME = 'microgrid_tariffs' THEN
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'tariff')
           FROM changed
           JOIN public.invoices AS invoice ON invoice.esco = changed.esco AND invoice.period_end > changed.period_start
           JOIN public.invoice_lines AS line ON line.invoice = invoice.id AND line.microgrid_tariff IS NOT NULL
            AND line.period_end > changed.period_start
          WHERE NOT EXISTS (SELECT FROM public.microgrid_tariffs AS later
                             WHERE later.esco = changed.esco AND later.period_start > changed.period_start
                               AND later.period_start <= line.period_start AND later.superseded_by IS NULL)
         HAVING count(*) > 0;
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'tariff')
           FROM changed
           JOIN public.invoices AS invoice ON invoice.customer = changed.customer AND invoice.period_end > changed.period_start
          WHERE NOT EXISTS (SELECT FROM public.customer_tariffs AS later
                             WHERE later.customer = changed.customer AND later.period_start > changed.period_start
                               AND later.period_start <= invoice.period_start AND later.superseded_by IS NULL)
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION flows.note_changed_vat() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF TG_TABLE_NAME = 'vat_statuses' THEN
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'vat')
           FROM changed
           LEFT JOIN public.accounts AS account ON account.property = changed.property
           JOIN public.invoices AS invoice ON invoice.period_end > changed.valid_from
            AND (invoice.account = account.id OR invoice.customer = changed.customer)
         HAVING count(*) > 0;
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'vat')
           FROM changed
           JOIN public.invoices AS invoice ON invoice.customer = changed.customer AND invoice.period_end > changed.valid_from
           JOIN public.invoice_lines AS line ON line.invoice = invoice.id AND line.kind = 'export_credit'
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
-- A party without dates is one more name on the bill; one with dates moves who pays.
CREATE FUNCTION flows.note_changed_payer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'payer')
       FROM changed
       JOIN public.invoices AS invoice ON invoice.account = changed.account
        AND (invoice.period_end > changed.start_date OR invoice.period_end > changed.end_date + 1)
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;
CREATE FUNCTION flows.note_changed_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    -- Other accounts of the home have more or fewer days with it.
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'days')
       FROM old_rows AS previous
       JOIN new_rows AS changed USING (id)
       JOIN public.accounts AS account ON account.property IN (previous.property, changed.property)
       JOIN public.invoices AS invoice ON invoice.account = account.id
        AND (changed.start_date <> previous.start_date
             AND invoice.period_start < greatest(changed.start_date, previous.start_date)
             OR changed.end_date IS DISTINCT FROM previous.end_date
             AND invoice.period_end > least(changed.end_date, previous.end_date) + 1)
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;
CREATE FUNCTION flows.note_changed_supplier() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'days')
       FROM changed
       JOIN public.invoices AS invoice ON invoice.account = changed.account AND invoice.period_end > changed.valid_from
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;
DO $$
DECLARE
    watched record;
BEGIN
    FOR watched IN
        SELECT place, function, operation, CASE operation WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END AS version
          FROM (VALUES ('flows.register_interval_daily', 'note_changed_days', 'INSERT,UPDATE,DELETE'),
                       ('flows.register_interval_estimates', 'note_changed_estimates', 'INSERT,UPDATE,DELETE'),
                       ('public.microgrid_tariffs', 'note_changed_tariff', 'INSERT,UPDATE'),
                       ('public.customer_tariffs', 'note_changed_tariff', 'INSERT,UPDATE'),
                       ('public.vat_statuses', 'note_changed_vat', 'INSERT,UPDATE,DELETE'),
                       ('public.vat_registrations', 'note_changed_vat', 'INSERT,UPDATE,DELETE'),
                       ('public.customer_accounts', 'note_changed_payer', 'INSERT,UPDATE,DELETE'),
                       ('public.account_suppliers', 'note_changed_supplier', 'INSERT,UPDATE,DELETE')
               ) AS followed (place, function, operations),
               unnest(string_to_array(operations, ',')) AS operation
    LOOP
        EXECUTE format('CREATE TRIGGER note_changes_%s AFTER %s ON %s REFERENCING %s TABLE AS changed
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.%I()', lower(watched.operation), watched.operation,
                       watched.place, watched.version, watched.function);
    END LOOP;
END
$$;
CREATE TRIGGER note_changes_update AFTER UPDATE ON public.accounts
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_account();

-- What needs a correction. Readings: what the lines of a register, part and band were billed for, and what is known now.
CREATE VIEW public.corrections_due WITH (security_invoker) AS
WITH touched AS MATERIALIZED (
    SELECT line.invoice, line.register, line.period_start, min(changed.changed_at) AS noted_at
      FROM flows.register_days_changed AS changed
      JOIN public.invoice_lines AS line ON line.register = changed.register_id AND line.kind = 'energy'
       AND changed.day >= line.period_start AND changed.day < line.period_end
      JOIN public.invoices AS invoice ON invoice.id = line.invoice AND invoice.status NOT IN ('draft', 'void')
     GROUP BY line.invoice, line.register, line.period_start
), billed AS (
    SELECT touched.invoice, touched.register, touched.period_start, line.period_end, touched.noted_at, line.band,
           coalesce(own.rate_profile, community.rate_profile) AS profile, min(line.position) AS position,
           sum(line.quantity) AS kwh, max(line.intervals) AS intervals
      FROM touched
      JOIN public.invoice_lines AS line ON line.invoice = touched.invoice AND line.register = touched.register
       AND line.period_start = touched.period_start AND line.kind = 'energy'
      LEFT JOIN public.customer_tariffs AS own ON own.id = line.customer_tariff
      LEFT JOIN public.microgrid_tariffs AS community ON community.id = line.microgrid_tariff
     GROUP BY touched.invoice, touched.register, touched.period_start, line.period_end, touched.noted_at, line.band,
              own.rate_profile, community.rate_profile
)
SELECT invoice.esco, invoice.account, invoice.customer, invoice.id AS invoice, invoice.number, 'readings' AS cause,
       billed.noted_at, billed.position AS line, billed.register, billed.band, billed.period_start, billed.period_end,
       billed.kwh AS billed_kwh, billed.intervals AS billed_intervals,
       known.kwh, known.intervals::integer AS intervals
  FROM billed
  JOIN public.invoices AS invoice ON invoice.id = billed.invoice
  JOIN flows.escos AS esco ON esco.id = invoice.esco
  JOIN flows.meter_registers AS register ON register.register_id = billed.register
  JOIN LATERAL (
       SELECT coalesce(sum(hh.kwh), 0) AS kwh, count(*) AS intervals
         FROM flows.register_intervals AS hh
        WHERE hh.register_id = billed.register
          AND hh.timestamp >= greatest(billed.period_start::timestamp AT TIME ZONE esco.time_zone,
                                       date_bin('30 minutes', register.start_time, '2000-01-01Z'))
          AND hh.timestamp < least(billed.period_end::timestamp AT TIME ZONE esco.time_zone,
                                   date_bin('30 minutes', register.end_time + interval '29 minutes 59.999999 seconds', '2000-01-01Z'))
          AND (billed.band IS NULL
               OR EXISTS (SELECT FROM flows.calendar_bands AS calendar
                           WHERE calendar.profile = billed.profile AND calendar.timestamp = hh.timestamp
                             AND calendar.band = billed.band))) AS known
    ON (known.kwh, known.intervals) <> (billed.kwh, billed.intervals)
 UNION ALL
SELECT invoice.esco, invoice.account, invoice.customer, invoice.id, invoice.number, stale.cause, stale.noted_at,
       NULL::smallint, NULL::uuid, NULL::text, invoice.period_start, invoice.period_end, NULL::numeric, NULL::integer,
       NULL::numeric, NULL::integer
  FROM public.stale_invoices AS stale
  JOIN public.invoices AS invoice ON invoice.id = stale.invoice
 WHERE invoice.status NOT IN ('draft', 'void');
COMMENT ON VIEW public.corrections_due IS 'Issued invoices that would be others today, and why: by line where readings changed, by invoice otherwise';
