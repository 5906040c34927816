-- Tariffs: a row of microgrid_tariffs or customer_tariffs is a version with a start date; components refine its flat price.
CREATE TABLE public.rate_profiles (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    name text NOT NULL CHECK (name <> ''),
    holidays text NOT NULL DEFAULT 'GB-ENG' CHECK (holidays ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (esco, name)
);
COMMENT ON TABLE public.rate_profiles IS 'Times of use: which band each half hour of a community''s local time is in';
COMMENT ON COLUMN public.rate_profiles.holidays IS 'Country and part of it whose public holidays count, as the Python package holidays names them';

CREATE TABLE public.rate_bands (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    profile uuid NOT NULL REFERENCES public.rate_profiles (id) ON DELETE CASCADE,
    position smallint NOT NULL,
    band text NOT NULL CHECK (band <> ''),
    days text[] NOT NULL DEFAULT '{weekday,weekend,holiday}' CHECK (days <@ '{weekday,weekend,holiday}' AND days <> '{}'),
    starts_at time NOT NULL DEFAULT '00:00' CHECK (extract(epoch FROM starts_at)::integer % 1800 = 0),
    ends_at time NOT NULL DEFAULT '00:00' CHECK (extract(epoch FROM ends_at)::integer % 1800 = 0),
    season_start text CHECK (season_start ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'),
    season_end text CHECK (season_end ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (profile, position),
    CHECK ((season_start IS NULL) = (season_end IS NULL))
);
COMMENT ON TABLE public.rate_bands IS 'The first of a profile''s rows that matches a half hour names its band; where none does, it is in band "standard"';
COMMENT ON COLUMN public.rate_bands.ends_at IS 'Local time, not included; at or before starts_at: past midnight';
COMMENT ON COLUMN public.rate_bands.season_end IS 'MM-DD, included; before season_start: past the new year';

CREATE TABLE flows.calendar_bands (
    profile uuid NOT NULL REFERENCES public.rate_profiles (id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    day date NOT NULL,
    band text NOT NULL,
    PRIMARY KEY (profile, timestamp)
);
COMMENT ON TABLE flows.calendar_bands IS 'Local day and band of every half hour, filled from a profile''s rules by whole months';

CREATE FUNCTION flows.analyze_calendar_bands() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    ANALYZE flows.calendar_bands;
END
$$;
COMMENT ON FUNCTION flows.analyze_calendar_bands IS 'For the billing service, which does not own the table, after it has filled it';

CREATE TABLE flows.register_interval_bands (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    profile uuid NOT NULL REFERENCES public.rate_profiles (id) ON DELETE CASCADE,
    day date NOT NULL,
    band text NOT NULL,
    kwh numeric NOT NULL,
    intervals smallint NOT NULL,
    PRIMARY KEY (register_id, profile, day, band)
);
CREATE INDEX ON flows.register_interval_bands (profile);
COMMENT ON TABLE flows.register_interval_bands IS 'Half hours summed by local day and band; a day goes when its half hours change, and is summed again';

ALTER TABLE public.microgrid_tariffs
    ADD COLUMN discount_rate_basis_points_b integer CHECK (discount_rate_basis_points_b BETWEEN 0 AND 10000),
    ADD COLUMN rate_profile uuid REFERENCES public.rate_profiles (id),
    ADD COLUMN benchmark uuid REFERENCES public.benchmark_tariffs (id);
ALTER TABLE public.customer_tariffs
    ADD COLUMN discount_rate_basis_points_b integer CHECK (discount_rate_basis_points_b BETWEEN 0 AND 10000),
    ADD COLUMN rate_profile uuid REFERENCES public.rate_profiles (id),
    ADD COLUMN benchmark uuid REFERENCES public.benchmark_tariffs (id);
CREATE INDEX ON public.microgrid_tariffs (rate_profile);
CREATE INDEX ON public.customer_tariffs (rate_profile);
CREATE INDEX ON public.microgrid_tariffs (benchmark);
CREATE INDEX ON public.customer_tariffs (benchmark);
COMMENT ON COLUMN public.microgrid_tariffs.discount_rate_basis_points_b IS 'Element B''s own discount; null: its rate goes on as it is';
COMMENT ON COLUMN public.microgrid_tariffs.benchmark IS 'The benchmark that this price was computed from';

CREATE TABLE public.tariff_components (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    microgrid_tariff uuid REFERENCES public.microgrid_tariffs (id) ON DELETE CASCADE,
    customer_tariff uuid REFERENCES public.customer_tariffs (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('unit_rate', 'export_credit', 'minimum_charge')),
    element text CHECK (element IN ('A', 'B', 'SINGLE')),
    band text,
    from_kwh numeric NOT NULL DEFAULT 0 CHECK (from_kwh >= 0),
    threshold_period text CHECK (threshold_period IN ('day', 'month')),
    rate numeric(10, 5) NOT NULL CHECK (rate >= 0),
    includes_vat boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (microgrid_tariff, customer_tariff, kind, element, band, from_kwh),
    CHECK (num_nonnulls(microgrid_tariff, customer_tariff) = 1),
    CHECK (kind = 'unit_rate' OR (element IS NULL AND band IS NULL AND from_kwh = 0)),
    CHECK (from_kwh = 0 OR threshold_period IS NOT NULL)
);
CREATE INDEX ON public.tariff_components (customer_tariff);
COMMENT ON TABLE public.tariff_components IS 'What a version charges or credits beside its flat rates: by element, band and block';
COMMENT ON COLUMN public.tariff_components.rate IS 'GBP a kWh; of a minimum charge GBP a month, pro rata';
COMMENT ON COLUMN public.tariff_components.from_kwh IS 'The block that starts here; thresholds of a month are pro rata by days, those of a day are judged day by day';

-- (1 - discount) x benchmark, cut to five decimals, for every community of the region and every customer with a price of
-- their own: the discounts, bands and components of the version before go on. What was used on a bill stays.
CREATE FUNCTION public.prepare_tariffs(benchmark uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH cap AS (
        SELECT cap.*, esco.id AS esco
          FROM benchmark_tariffs AS cap JOIN flows.escos AS esco ON esco.region = cap.region
         WHERE cap.id = $1
    ), made AS (
        INSERT INTO microgrid_tariffs AS tariff (
            esco, period_start, discount_rate_basis_points, discount_rate_basis_points_b, computed_unit_rate,
            computed_unit_rate_b, computed_standing_charge, includes_vat, emergency_credit, debt_recovery_rate,
            ecredit_button_threshold, rate_profile, benchmark)
        SELECT cap.esco, cap.period_start, last.discount_rate_basis_points, last.discount_rate_basis_points_b,
               trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points) / 10000, 5),
               CASE WHEN last.discount_rate_basis_points_b IS NULL THEN last.computed_unit_rate_b
                    ELSE trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points_b) / 10000, 5) END,
               trunc(cap.standing_charge * (10000 - last.discount_rate_basis_points) / 10000, 5),
               cap.includes_vat, last.emergency_credit, last.debt_recovery_rate, last.ecredit_button_threshold,
               last.rate_profile, cap.id
          FROM cap
          JOIN LATERAL (SELECT * FROM microgrid_tariffs AS earlier
                         WHERE earlier.esco = cap.esco AND earlier.period_start < cap.period_start
                         ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
            ON CONFLICT (esco, period_start) DO UPDATE
           SET computed_unit_rate = excluded.computed_unit_rate, computed_unit_rate_b = excluded.computed_unit_rate_b,
               computed_standing_charge = excluded.computed_standing_charge, includes_vat = excluded.includes_vat
         WHERE tariff.benchmark = excluded.benchmark
           AND NOT EXISTS (SELECT FROM invoice_lines AS line WHERE line.microgrid_tariff = tariff.id)
        RETURNING tariff.id, tariff.esco, tariff.period_start
    )
    INSERT INTO tariff_components (microgrid_tariff, kind, element, band, from_kwh, threshold_period, rate, includes_vat)
    SELECT made.id, part.kind, part.element, part.band, part.from_kwh, part.threshold_period, part.rate, part.includes_vat
      FROM made
      JOIN LATERAL (SELECT id FROM microgrid_tariffs AS earlier
                     WHERE earlier.esco = made.esco AND earlier.period_start < made.period_start
                     ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
      JOIN tariff_components AS part ON part.microgrid_tariff = last.id
        ON CONFLICT DO NOTHING;

    WITH cap AS (
        SELECT cap.*, customer.id AS customer
          FROM benchmark_tariffs AS cap
          JOIN flows.escos AS esco ON esco.region = cap.region
          JOIN customers AS customer ON customer.esco = esco.id
         WHERE cap.id = $1
    ), made AS (
        INSERT INTO customer_tariffs AS tariff (
            customer, period_start, discount_rate_basis_points, discount_rate_basis_points_b, computed_unit_rate,
            computed_unit_rate_b, computed_standing_charge, includes_vat, rate_profile, benchmark)
        SELECT cap.customer, cap.period_start, last.discount_rate_basis_points, last.discount_rate_basis_points_b,
               trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points) / 10000, 5),
               CASE WHEN last.discount_rate_basis_points_b IS NULL THEN last.computed_unit_rate_b
                    ELSE trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points_b) / 10000, 5) END,
               trunc(cap.standing_charge * (10000 - last.discount_rate_basis_points) / 10000, 5),
               cap.includes_vat, last.rate_profile, cap.id
          FROM cap
          JOIN LATERAL (SELECT * FROM customer_tariffs AS earlier
                         WHERE earlier.customer = cap.customer AND earlier.period_start < cap.period_start
                         ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
            ON CONFLICT (customer, period_start) DO UPDATE
           SET computed_unit_rate = excluded.computed_unit_rate, computed_unit_rate_b = excluded.computed_unit_rate_b,
               computed_standing_charge = excluded.computed_standing_charge, includes_vat = excluded.includes_vat
         WHERE tariff.benchmark = excluded.benchmark
           AND NOT EXISTS (SELECT FROM invoice_lines AS line WHERE line.customer_tariff = tariff.id)
        RETURNING tariff.id, tariff.customer, tariff.period_start
    )
    INSERT INTO tariff_components (customer_tariff, kind, element, band, from_kwh, threshold_period, rate, includes_vat)
    SELECT made.id, part.kind, part.element, part.band, part.from_kwh, part.threshold_period, part.rate, part.includes_vat
      FROM made
      JOIN LATERAL (SELECT id FROM customer_tariffs AS earlier
                     WHERE earlier.customer = made.customer AND earlier.period_start < made.period_start
                     ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
      JOIN tariff_components AS part ON part.customer_tariff = last.id
        ON CONFLICT DO NOTHING;
$$;
COMMENT ON FUNCTION public.prepare_tariffs IS 'The prices that a benchmark makes, from its period_start on';

CREATE FUNCTION flows.follow_benchmark() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM public.prepare_tariffs(NEW.id);
    RETURN NULL;
END
$$;
-- The cap for direct debit and a single rate is the one that communities discount.
CREATE TRIGGER follow_benchmark AFTER INSERT OR UPDATE ON public.benchmark_tariffs
    FOR EACH ROW WHEN (NEW.payment_method = 'direct_debit' AND NEW.rate_type = 'single')
    EXECUTE FUNCTION flows.follow_benchmark();

-- A price that stands on a bill is never changed; a new one is a new version.
CREATE FUNCTION flows.refuse_used_tariff() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    free text[] := ARRAY['updated_at', 'emergency_credit', 'debt_recovery_rate', 'ecredit_button_threshold'];
    tariffs uuid[];
    profiles uuid[];
BEGIN
    IF old_row - free IS NOT DISTINCT FROM new_row - free THEN
        RETURN NEW;
    END IF;
    CASE TG_TABLE_NAME
    WHEN 'tariff_components' THEN
        tariffs := ARRAY[old_row ->> 'microgrid_tariff', old_row ->> 'customer_tariff',
                         new_row ->> 'microgrid_tariff', new_row ->> 'customer_tariff']::uuid[];
    WHEN 'rate_profiles' THEN
        profiles := ARRAY[old_row ->> 'id']::uuid[];
    WHEN 'rate_bands' THEN
        profiles := ARRAY[old_row ->> 'profile', new_row ->> 'profile']::uuid[];
    ELSE
        tariffs := ARRAY[old_row ->> 'id']::uuid[];
    END CASE;
    IF profiles IS NOT NULL THEN
        tariffs := ARRAY(SELECT id FROM public.microgrid_tariffs WHERE rate_profile = ANY(profiles)
                         UNION ALL SELECT id FROM public.customer_tariffs WHERE rate_profile = ANY(profiles));
    END IF;
    IF EXISTS (SELECT FROM public.invoice_lines WHERE microgrid_tariff = ANY(tariffs))
       OR EXISTS (SELECT FROM public.invoice_lines WHERE customer_tariff = ANY(tariffs)) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s: this price was used on a bill, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Add a version with a later period_start.';
    END IF;
    IF profiles IS NOT NULL THEN
        DELETE FROM flows.calendar_bands WHERE profile = ANY(profiles);
        DELETE FROM flows.register_interval_bands WHERE profile = ANY(profiles);
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.microgrid_tariffs
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.customer_tariffs
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();
CREATE TRIGGER refuse_used BEFORE INSERT OR UPDATE OR DELETE ON public.tariff_components
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.rate_profiles
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();
CREATE TRIGGER refuse_used BEFORE INSERT OR UPDATE OR DELETE ON public.rate_bands
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();

-- A day's sum is written with its half hours, by whoever writes them: then its sums by band are out of date.
CREATE FUNCTION flows.drop_band_sums() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    DELETE FROM flows.register_interval_bands AS sums
     USING changed WHERE sums.register_id = changed.register_id AND sums.day = changed.day;
    RETURN NULL;
END
$$;
CREATE TRIGGER drop_band_sums_inserted AFTER INSERT ON flows.register_interval_daily
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.drop_band_sums();
CREATE TRIGGER drop_band_sums_updated AFTER UPDATE ON flows.register_interval_daily
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.drop_band_sums();
CREATE TRIGGER drop_band_sums_deleted AFTER DELETE ON flows.register_interval_daily
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.drop_band_sums();

CREATE VIEW flows.estimated_intervals WITH (security_invoker) AS
SELECT register_id, timestamp, kwh FROM flows.register_interval_estimates;
COMMENT ON VIEW flows.estimated_intervals IS 'Half hours whose energy was estimated, not measured';
