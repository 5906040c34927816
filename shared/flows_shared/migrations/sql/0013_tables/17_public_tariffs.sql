CREATE TABLE public.benchmark_tariffs (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    region text NOT NULL REFERENCES flows.regions (code),
    period_start date NOT NULL,
    payment_method text DEFAULT 'direct_debit' NOT NULL,
    rate_type text DEFAULT 'single' NOT NULL CHECK (rate_type IN ('single', 'multi')),
    unit_rate numeric(10,5) NOT NULL CHECK (unit_rate >= (0)::numeric),
    standing_charge numeric(10,5) NOT NULL CHECK (standing_charge >= (0)::numeric),
    includes_vat boolean DEFAULT true NOT NULL,
    source text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT benchmark_tariffs_region_period_start_payment_method_rate_t_key UNIQUE (region, period_start, payment_method, rate_type),
    CONSTRAINT benchmark_tariffs_payment_method_check CHECK (payment_method IN ('direct_debit', 'standard_credit', 'prepay')),
    CONSTRAINT unit_rate_from_0_to_10000 CHECK ((unit_rate >= (0)::numeric) AND (unit_rate <= (10000)::numeric)),
    CONSTRAINT standing_charge_from_0_to_10000 CHECK ((standing_charge >= (0)::numeric) AND (standing_charge <= (10000)::numeric))
);

CREATE TABLE public.rate_profiles (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    name text NOT NULL CHECK (name <> ''),
    holidays text DEFAULT 'GB-ENG' NOT NULL CHECK (holidays ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (esco, name)
);
COMMENT ON TABLE public.rate_profiles IS 'Times of use: which band each half hour of a community''s local time is in';
COMMENT ON COLUMN public.rate_profiles.holidays IS 'Country and part of it whose public holidays count, as the Python package holidays names them';

CREATE TABLE public.microgrid_tariffs (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    period_start date NOT NULL,
    discount_rate_basis_points integer DEFAULT 0 NOT NULL,
    computed_unit_rate numeric(10,5) NOT NULL CHECK (computed_unit_rate >= (0)::numeric),
    computed_unit_rate_b numeric(10,5) CHECK (computed_unit_rate_b >= (0)::numeric),
    computed_standing_charge numeric(10,5) NOT NULL CHECK (computed_standing_charge >= (0)::numeric),
    includes_vat boolean DEFAULT true NOT NULL,
    emergency_credit numeric(10,5) DEFAULT 15 NOT NULL,
    debt_recovery_rate numeric(10,5) DEFAULT 0 NOT NULL,
    ecredit_button_threshold numeric(10,5) DEFAULT 10 NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    discount_rate_basis_points_b integer,
    rate_profile uuid REFERENCES public.rate_profiles (id),
    benchmark uuid REFERENCES public.benchmark_tariffs (id),
    superseded_by uuid,
    correction_reason text CHECK (correction_reason <> ''),
    name text CHECK (name <> ''),
    UNIQUE (id, esco, period_start),
    CONSTRAINT microgrid_tariffs_superseded_by_fkey FOREIGN KEY (superseded_by, esco, period_start) REFERENCES public.microgrid_tariffs(id, esco, period_start) DEFERRABLE,
    CONSTRAINT microgrid_tariffs_discount_rate_basis_points_check CHECK ((discount_rate_basis_points >= 0) AND (discount_rate_basis_points <= 10000)),
    CONSTRAINT microgrid_tariffs_discount_rate_basis_points_b_check CHECK ((discount_rate_basis_points_b >= 0) AND (discount_rate_basis_points_b <= 10000)),
    CONSTRAINT microgrid_tariffs_check CHECK (superseded_by <> id),
    CONSTRAINT computed_unit_rate_from_0_to_10000 CHECK ((computed_unit_rate >= (0)::numeric) AND (computed_unit_rate <= (10000)::numeric)),
    CONSTRAINT computed_unit_rate_b_from_0_to_10000 CHECK ((computed_unit_rate_b >= (0)::numeric) AND (computed_unit_rate_b <= (10000)::numeric)),
    CONSTRAINT computed_standing_charge_from_0_to_10000 CHECK ((computed_standing_charge >= (0)::numeric) AND (computed_standing_charge <= (10000)::numeric)),
    CONSTRAINT emergency_credit_from_0_to_10000 CHECK ((emergency_credit >= (0)::numeric) AND (emergency_credit <= (10000)::numeric)),
    CONSTRAINT debt_recovery_rate_from_0_to_10000 CHECK ((debt_recovery_rate >= (0)::numeric) AND (debt_recovery_rate <= (10000)::numeric)),
    CONSTRAINT ecredit_button_threshold_from_0_to_10000 CHECK ((ecredit_button_threshold >= (0)::numeric) AND (ecredit_button_threshold <= (10000)::numeric))
);
CREATE INDEX microgrid_tariffs_benchmark_idx ON public.microgrid_tariffs (benchmark);
CREATE UNIQUE INDEX microgrid_tariffs_one_a_day ON public.microgrid_tariffs (esco, period_start) WHERE (superseded_by IS NULL);
CREATE INDEX microgrid_tariffs_rate_profile_idx ON public.microgrid_tariffs (rate_profile);
CREATE INDEX microgrid_tariffs_superseded_by_idx ON public.microgrid_tariffs (superseded_by) WHERE (superseded_by IS NOT NULL);
COMMENT ON COLUMN public.microgrid_tariffs.computed_unit_rate_b IS 'Unit rate of element B where it has its own; null: the same as element A''s';
COMMENT ON COLUMN public.microgrid_tariffs.discount_rate_basis_points_b IS 'Element B''s own discount; null: its rate goes on as it is';
COMMENT ON COLUMN public.microgrid_tariffs.benchmark IS 'The benchmark that this price was computed from';
COMMENT ON COLUMN public.microgrid_tariffs.superseded_by IS 'The version that corrects this one, from the same day on; null: it holds';
COMMENT ON COLUMN public.microgrid_tariffs.correction_reason IS 'Why this version took the place of another';
COMMENT ON COLUMN public.microgrid_tariffs.name IS 'As bills call it; a new version keeps the name of the one before it';

CREATE TABLE public.customer_tariffs (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    customer uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    period_start date NOT NULL,
    discount_rate_basis_points integer DEFAULT 0 NOT NULL,
    computed_unit_rate numeric(10,5) NOT NULL CHECK (computed_unit_rate >= (0)::numeric),
    computed_unit_rate_b numeric(10,5) CHECK (computed_unit_rate_b >= (0)::numeric),
    computed_standing_charge numeric(10,5) NOT NULL CHECK (computed_standing_charge >= (0)::numeric),
    includes_vat boolean DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    discount_rate_basis_points_b integer,
    rate_profile uuid REFERENCES public.rate_profiles (id),
    benchmark uuid REFERENCES public.benchmark_tariffs (id),
    superseded_by uuid,
    correction_reason text CHECK (correction_reason <> ''),
    name text CHECK (name <> ''),
    UNIQUE (id, customer, period_start),
    CONSTRAINT customer_tariffs_superseded_by_fkey FOREIGN KEY (superseded_by, customer, period_start) REFERENCES public.customer_tariffs(id, customer, period_start) DEFERRABLE,
    CONSTRAINT customer_tariffs_discount_rate_basis_points_check CHECK ((discount_rate_basis_points >= 0) AND (discount_rate_basis_points <= 10000)),
    CONSTRAINT customer_tariffs_discount_rate_basis_points_b_check CHECK ((discount_rate_basis_points_b >= 0) AND (discount_rate_basis_points_b <= 10000)),
    CONSTRAINT customer_tariffs_check CHECK (superseded_by <> id),
    CONSTRAINT computed_unit_rate_from_0_to_10000 CHECK ((computed_unit_rate >= (0)::numeric) AND (computed_unit_rate <= (10000)::numeric)),
    CONSTRAINT computed_unit_rate_b_from_0_to_10000 CHECK ((computed_unit_rate_b >= (0)::numeric) AND (computed_unit_rate_b <= (10000)::numeric)),
    CONSTRAINT computed_standing_charge_from_0_to_10000 CHECK ((computed_standing_charge >= (0)::numeric) AND (computed_standing_charge <= (10000)::numeric))
);
CREATE INDEX customer_tariffs_benchmark_idx ON public.customer_tariffs (benchmark);
CREATE UNIQUE INDEX customer_tariffs_one_a_day ON public.customer_tariffs (customer, period_start) WHERE (superseded_by IS NULL);
CREATE INDEX customer_tariffs_rate_profile_idx ON public.customer_tariffs (rate_profile);
CREATE INDEX customer_tariffs_superseded_by_idx ON public.customer_tariffs (superseded_by) WHERE (superseded_by IS NOT NULL);
COMMENT ON TABLE public.customer_tariffs IS 'One customer''s price; where there is none, the community''s (microgrid_tariffs) holds';
COMMENT ON COLUMN public.customer_tariffs.superseded_by IS 'The version that corrects this one, from the same day on; null: it holds';
COMMENT ON COLUMN public.customer_tariffs.correction_reason IS 'Why this version took the place of another';
COMMENT ON COLUMN public.customer_tariffs.name IS 'As bills call it; a new version keeps the name of the one before it';

CREATE TABLE public.monthly_usage (
    circuit_id uuid NOT NULL REFERENCES flows.circuits (id) ON DELETE CASCADE,
    month date NOT NULL CHECK (EXTRACT(day FROM month) = (1)::numeric),
    kwh numeric NOT NULL CONSTRAINT kwh_from_0_to_1000000000 CHECK ((kwh >= (0)::numeric) AND (kwh <= (1000000000)::numeric)),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (circuit_id, month)
);

CREATE TABLE public.monthly_costs (
    customer_id uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    month date NOT NULL CHECK (EXTRACT(day FROM month) = (1)::numeric),
    power numeric,
    heat numeric,
    standing_charge numeric,
    total numeric,
    microgrid_power numeric,
    microgrid_heat numeric,
    microgrid_standing_charge numeric,
    microgrid_total numeric,
    benchmark_power numeric,
    benchmark_heat numeric,
    benchmark_standing_charge numeric,
    benchmark_total numeric,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (customer_id, month)
);
COMMENT ON TABLE public.monthly_costs IS 'GBP: what was paid, and what it would have been at the community''s and at the benchmark price';

CREATE TABLE public.tariff_components (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    microgrid_tariff uuid REFERENCES public.microgrid_tariffs (id) ON DELETE CASCADE,
    customer_tariff uuid REFERENCES public.customer_tariffs (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('unit_rate', 'export_credit', 'minimum_charge')),
    element text CHECK (element IN ('A', 'B', 'SINGLE')),
    band text,
    from_kwh numeric DEFAULT 0 NOT NULL CHECK (from_kwh >= (0)::numeric),
    threshold_period text CHECK (threshold_period IN ('day', 'month')),
    rate numeric(10,5) NOT NULL CHECK (rate >= (0)::numeric) CONSTRAINT rate_from_0_to_10000 CHECK ((rate >= (0)::numeric) AND (rate <= (10000)::numeric)),
    includes_vat boolean NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT tariff_components_microgrid_tariff_customer_tariff_kind_ele_key UNIQUE NULLS NOT DISTINCT (microgrid_tariff, customer_tariff, kind, element, band, from_kwh),
    CONSTRAINT tariff_components_check CHECK (num_nonnulls(microgrid_tariff, customer_tariff) = 1),
    CONSTRAINT tariff_components_check1 CHECK ((kind = 'unit_rate') OR ((element IS NULL) AND (band IS NULL) AND (from_kwh = (0)::numeric))),
    CONSTRAINT tariff_components_check2 CHECK ((from_kwh = (0)::numeric) OR (threshold_period IS NOT NULL)),
    CONSTRAINT from_kwh_from_0_to_1000000000 CHECK ((from_kwh >= (0)::numeric) AND (from_kwh <= (1000000000)::numeric))
);
CREATE INDEX tariff_components_customer_tariff_idx ON public.tariff_components (customer_tariff);
COMMENT ON TABLE public.tariff_components IS 'What a version charges or credits beside its flat rates: by element, band and block';
COMMENT ON COLUMN public.tariff_components.from_kwh IS 'The block that starts here; thresholds of a month are pro rata by days, those of a day are judged day by day';
COMMENT ON COLUMN public.tariff_components.rate IS 'GBP a kWh; of a minimum charge GBP a month, pro rata';

CREATE TABLE public.rate_bands (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    profile uuid NOT NULL REFERENCES public.rate_profiles (id) ON DELETE CASCADE,
    "position" smallint NOT NULL,
    band text NOT NULL CHECK (band <> ''),
    days text[] DEFAULT '{weekday,weekend,holiday}'::text[] NOT NULL,
    starts_at time without time zone DEFAULT '00:00:00'::time without time zone NOT NULL CHECK (((EXTRACT(epoch FROM starts_at))::integer % 1800) = 0),
    ends_at time without time zone DEFAULT '00:00:00'::time without time zone NOT NULL CHECK (((EXTRACT(epoch FROM ends_at))::integer % 1800) = 0),
    season_start text CHECK (season_start ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'),
    season_end text CHECK (season_end ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT rate_bands_profile_position_key UNIQUE (profile, "position"),
    CONSTRAINT rate_bands_days_check CHECK ((days <@ '{weekday,weekend,holiday}'::text[]) AND (days <> '{}'::text[])),
    CONSTRAINT rate_bands_check CHECK ((season_start IS NULL) = (season_end IS NULL))
);
COMMENT ON TABLE public.rate_bands IS 'The first of a profile''s rows that matches a half hour names its band; where none does, it is in band "standard"';
COMMENT ON COLUMN public.rate_bands.ends_at IS 'Local time, not included; at or before starts_at: past midnight; 24:00 is kept as 00:00';
COMMENT ON COLUMN public.rate_bands.season_end IS 'MM-DD, included; before season_start: past the new year';
