CREATE TABLE public.solar_credit_tariffs (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    period_start date NOT NULL,
    credit_pence_per_year numeric(12,5) NOT NULL CHECK (credit_pence_per_year >= (0)::numeric),
    credit_pence_per_day numeric(12,5) NOT NULL CHECK (credit_pence_per_day >= (0)::numeric),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (esco, period_start),
    CONSTRAINT credit_pence_per_year_from_0_to_1000000 CHECK ((credit_pence_per_year >= (0)::numeric) AND (credit_pence_per_year <= (1000000)::numeric)),
    CONSTRAINT credit_pence_per_day_from_0_to_10000 CHECK ((credit_pence_per_day >= (0)::numeric) AND (credit_pence_per_day <= (10000)::numeric))
);
COMMENT ON TABLE public.solar_credit_tariffs IS 'Paid per kW of declared capacity';

CREATE TABLE public.solar_installation (
    property uuid PRIMARY KEY REFERENCES public.properties (id) ON DELETE CASCADE,
    mcs text UNIQUE,
    declared_net_capacity numeric NOT NULL CHECK (declared_net_capacity > (0)::numeric),
    commissioning_date date NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT declared_net_capacity_from_0_to_100000 CHECK ((declared_net_capacity >= (0)::numeric) AND (declared_net_capacity <= (100000)::numeric))
);
COMMENT ON COLUMN public.solar_installation.declared_net_capacity IS 'kW';

CREATE TABLE public.solar_credit_allocation (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    installation_property uuid NOT NULL REFERENCES public.solar_installation (property) ON DELETE CASCADE,
    allocation_property uuid NOT NULL REFERENCES public.properties (id) ON DELETE CASCADE,
    ratio numeric NOT NULL CHECK ((ratio > (0)::numeric) AND (ratio <= (1)::numeric)) CONSTRAINT ratio_from_0_to_1 CHECK ((ratio >= (0)::numeric) AND (ratio <= (1)::numeric)),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT solar_credit_allocation_installation_property_allocation_pr_key UNIQUE (installation_property, allocation_property)
);
CREATE INDEX solar_credit_allocation_allocation_property_idx ON public.solar_credit_allocation (allocation_property);

CREATE TABLE public.monthly_solar_credits (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    property_id uuid NOT NULL REFERENCES public.properties (id),
    month date NOT NULL CHECK (EXTRACT(day FROM month) = (1)::numeric),
    credit_pence integer NOT NULL CHECK (credit_pence >= 0),
    source_installation uuid NOT NULL REFERENCES public.solar_installation (property),
    allocation_ratio numeric NOT NULL,
    scheduled_at timestamptz,
    applied_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    invoice uuid,
    UNIQUE (property_id, month, source_installation),
    CONSTRAINT allocation_ratio_from_0_to_1 CHECK ((allocation_ratio >= (0)::numeric) AND (allocation_ratio <= (1)::numeric))
);
CREATE INDEX monthly_solar_credits_invoice_idx ON public.monthly_solar_credits (invoice);
CREATE INDEX monthly_solar_credits_source_installation_idx ON public.monthly_solar_credits (source_installation);
COMMENT ON COLUMN public.monthly_solar_credits.invoice IS 'The invoice that it is a line of; null: not applied yet, or a top-up';
