-- Prices: the regulator's cap, the community's price and one customer's price. GBP a kWh and GBP a day.
CREATE TABLE public.benchmark_tariffs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    region text NOT NULL REFERENCES flows.regions (code),
    period_start date NOT NULL,
    payment_method text NOT NULL DEFAULT 'direct_debit' CHECK (payment_method IN ('direct_debit', 'standard_credit', 'prepay')),
    rate_type text NOT NULL DEFAULT 'single' CHECK (rate_type IN ('single', 'multi')),
    unit_rate numeric(10, 5) NOT NULL CHECK (unit_rate >= 0),
    standing_charge numeric(10, 5) NOT NULL CHECK (standing_charge >= 0),
    includes_vat boolean NOT NULL DEFAULT true,
    source text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (region, period_start, payment_method, rate_type)
);

CREATE TABLE public.microgrid_tariffs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    period_start date NOT NULL,
    discount_rate_basis_points integer NOT NULL DEFAULT 0 CHECK (discount_rate_basis_points BETWEEN 0 AND 10000),
    computed_unit_rate numeric(10, 5) NOT NULL CHECK (computed_unit_rate >= 0),
    computed_unit_rate_b numeric(10, 5) CHECK (computed_unit_rate_b >= 0),
    computed_standing_charge numeric(10, 5) NOT NULL CHECK (computed_standing_charge >= 0),
    includes_vat boolean NOT NULL DEFAULT true,
    emergency_credit numeric(10, 5) NOT NULL DEFAULT 15,
    debt_recovery_rate numeric(10, 5) NOT NULL DEFAULT 0,
    ecredit_button_threshold numeric(10, 5) NOT NULL DEFAULT 10,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (esco, period_start)
);
COMMENT ON COLUMN public.microgrid_tariffs.computed_unit_rate_b IS 'Unit rate of element B where it has its own; null: the same as element A''s';

CREATE TABLE public.customer_tariffs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    period_start date NOT NULL,
    discount_rate_basis_points integer NOT NULL DEFAULT 0 CHECK (discount_rate_basis_points BETWEEN 0 AND 10000),
    computed_unit_rate numeric(10, 5) NOT NULL CHECK (computed_unit_rate >= 0),
    computed_unit_rate_b numeric(10, 5) CHECK (computed_unit_rate_b >= 0),
    computed_standing_charge numeric(10, 5) NOT NULL CHECK (computed_standing_charge >= 0),
    includes_vat boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (customer, period_start)
);
COMMENT ON TABLE public.customer_tariffs IS 'One customer''s price; where there is none, the community''s (microgrid_tariffs) holds';

CREATE TABLE public.solar_credit_tariffs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    period_start date NOT NULL,
    credit_pence_per_year numeric(12, 5) NOT NULL CHECK (credit_pence_per_year >= 0),
    credit_pence_per_day numeric(12, 5) NOT NULL CHECK (credit_pence_per_day >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (esco, period_start)
);
COMMENT ON TABLE public.solar_credit_tariffs IS 'Paid per kW of declared capacity';

CREATE TABLE public.solar_installation (
    property uuid PRIMARY KEY REFERENCES public.properties (id) ON DELETE CASCADE,
    mcs text UNIQUE,
    declared_net_capacity numeric NOT NULL CHECK (declared_net_capacity > 0),
    commissioning_date date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN public.solar_installation.declared_net_capacity IS 'kW';

CREATE TABLE public.solar_credit_allocation (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    installation_property uuid NOT NULL REFERENCES public.solar_installation (property) ON DELETE CASCADE,
    allocation_property uuid NOT NULL REFERENCES public.properties (id) ON DELETE CASCADE,
    ratio numeric NOT NULL CHECK (ratio > 0 AND ratio <= 1),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (installation_property, allocation_property)
);
CREATE INDEX ON public.solar_credit_allocation (allocation_property);

CREATE TABLE public.monthly_solar_credits (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    property_id uuid NOT NULL REFERENCES public.properties (id),
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    credit_pence integer NOT NULL CHECK (credit_pence >= 0),
    source_installation uuid NOT NULL REFERENCES public.solar_installation (property),
    allocation_ratio numeric NOT NULL,
    scheduled_at timestamptz,
    applied_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (property_id, month, source_installation)
);
CREATE INDEX ON public.monthly_solar_credits (source_installation);

CREATE TABLE public.monthly_usage (
    circuit_id uuid NOT NULL REFERENCES flows.circuits (id) ON DELETE CASCADE,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    kwh numeric NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (circuit_id, month)
);
CREATE TABLE public.monthly_costs (
    customer_id uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    power numeric, heat numeric, standing_charge numeric, total numeric,
    microgrid_power numeric, microgrid_heat numeric, microgrid_standing_charge numeric, microgrid_total numeric,
    benchmark_power numeric, benchmark_heat numeric, benchmark_standing_charge numeric, benchmark_total numeric,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, month)
);
COMMENT ON TABLE public.monthly_costs IS 'GBP: what was paid, and what it would have been at the community''s and at the benchmark price';
