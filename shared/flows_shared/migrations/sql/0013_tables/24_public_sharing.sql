CREATE TABLE public.sharing_groups (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    site uuid REFERENCES flows.sites_new (id),
    name text NOT NULL CHECK (name <> ''),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (esco, name)
);
CREATE INDEX sharing_groups_site_idx ON public.sharing_groups (site);
COMMENT ON TABLE public.sharing_groups IS 'Homes that share what their generation meters measure';
COMMENT ON COLUMN public.sharing_groups.site IS 'The site behind the boundary meter: what its other homes consume counts in the residue';

CREATE TABLE public.sharing_terms (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    period_start date NOT NULL,
    method text NOT NULL CHECK (method IN ('fixed', 'proportional', 'priority')),
    redistribute boolean DEFAULT false NOT NULL,
    internal_rate numeric(10,5) NOT NULL CHECK (internal_rate >= (0)::numeric),
    surplus_rate numeric(10,5) DEFAULT 0 NOT NULL CHECK (surplus_rate >= (0)::numeric),
    includes_vat boolean DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (sharing_group, period_start),
    CONSTRAINT internal_rate_from_0_to_10000 CHECK ((internal_rate >= (0)::numeric) AND (internal_rate <= (10000)::numeric)),
    CONSTRAINT surplus_rate_from_0_to_10000 CHECK ((surplus_rate >= (0)::numeric) AND (surplus_rate <= (10000)::numeric))
);
COMMENT ON TABLE public.sharing_terms IS 'How a group shares and at which price, from period_start until its next row';
COMMENT ON COLUMN public.sharing_terms.redistribute IS 'Whether what fixed coefficients leave unused goes to members who still import; false: it is surplus';
COMMENT ON COLUMN public.sharing_terms.internal_rate IS 'GBP a kWh that is shared';
COMMENT ON COLUMN public.sharing_terms.surplus_rate IS 'GBP a kWh of surplus, credited to members by their surplus_ratio';

CREATE TABLE public.sharing_members (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    property uuid NOT NULL REFERENCES public.properties (id) ON DELETE CASCADE,
    start_date date NOT NULL,
    end_date date,
    coefficient numeric(9,8) DEFAULT 0 NOT NULL,
    priority smallint DEFAULT 1 NOT NULL CHECK (priority > 0),
    surplus_ratio numeric(9,8) DEFAULT 0 NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (property, start_date),
    CONSTRAINT sharing_members_coefficient_check CHECK ((coefficient >= (0)::numeric) AND (coefficient <= (1)::numeric)),
    CONSTRAINT sharing_members_surplus_ratio_check CHECK ((surplus_ratio >= (0)::numeric) AND (surplus_ratio <= (1)::numeric)),
    CONSTRAINT sharing_members_check CHECK (end_date >= start_date),
    CONSTRAINT coefficient_from_0_to_1 CHECK ((coefficient >= (0)::numeric) AND (coefficient <= (1)::numeric)),
    CONSTRAINT surplus_ratio_from_0_to_1 CHECK ((surplus_ratio >= (0)::numeric) AND (surplus_ratio <= (1)::numeric))
);
CREATE INDEX sharing_members_sharing_group_idx ON public.sharing_members (sharing_group);
COMMENT ON TABLE public.sharing_members IS 'A home''s part in a group; on one day it is in one group at most, with one coefficient and priority';
COMMENT ON COLUMN public.sharing_members.end_date IS 'Last day; null: until further notice';
COMMENT ON COLUMN public.sharing_members.coefficient IS 'Part of the generation, for the method fixed; those of a day sum to 1 at most';
COMMENT ON COLUMN public.sharing_members.priority IS 'For the method priority: 1 is served first';
COMMENT ON COLUMN public.sharing_members.surplus_ratio IS 'Part of the surplus that is credited to the home, as to the owner of the generation; what no one has is the community''s';

CREATE TABLE public.sharing_meters (
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    register uuid NOT NULL REFERENCES flows.meter_registers (register_id),
    role text NOT NULL CHECK (role IN ('generation', 'boundary_import', 'boundary_export')),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    valid_from date DEFAULT '2000-01-01'::date NOT NULL,
    valid_to date,
    PRIMARY KEY (register, valid_from),
    CONSTRAINT sharing_meters_check CHECK (valid_to > valid_from)
);
CREATE INDEX sharing_meters_sharing_group_idx ON public.sharing_meters (sharing_group);
COMMENT ON TABLE public.sharing_meters IS 'What measures a group''s generation, and what passes the boundary of its site';
COMMENT ON COLUMN public.sharing_meters.valid_from IS 'The first local day on which it counts; 2000-01-01, the first day of all: from the beginning';
COMMENT ON COLUMN public.sharing_meters.valid_to IS 'The first local day on which it does not count any more; null: until further notice';

CREATE TABLE public.sharing_half_hours (
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    generation_kwh numeric NOT NULL,
    consumption_kwh numeric NOT NULL,
    shared_kwh numeric NOT NULL,
    surplus_kwh numeric GENERATED ALWAYS AS ((generation_kwh - shared_kwh)) STORED NOT NULL,
    others_kwh numeric NOT NULL,
    boundary_import_kwh numeric,
    boundary_export_kwh numeric,
    residue_kwh numeric GENERATED ALWAYS AS (((((generation_kwh + boundary_import_kwh) - boundary_export_kwh) - consumption_kwh) - others_kwh)) STORED,
    PRIMARY KEY (sharing_group, "timestamp"),
    CONSTRAINT sharing_half_hours_check CHECK ((shared_kwh <= generation_kwh) AND (shared_kwh <= consumption_kwh)),
    CONSTRAINT timestamp_is_a_half_hour CHECK ((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", timestamptz '2000-01-01 00:00:00+00') = "timestamp")) OR flows.refuse_off_the_clock("timestamp"))
);
COMMENT ON TABLE public.sharing_half_hours IS 'What a group generated, consumed and shared, beside its boundary meter';
COMMENT ON COLUMN public.sharing_half_hours.others_kwh IS 'Consumption of homes of the site that are not in the group';
COMMENT ON COLUMN public.sharing_half_hours.boundary_import_kwh IS 'Null: the group has no such meter, or it did not measure this half hour';
COMMENT ON COLUMN public.sharing_half_hours.residue_kwh IS 'What came in and was not measured inside: losses and errors of metering; null where the boundary is not known';

CREATE TABLE public.sharing_months (
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    property uuid NOT NULL REFERENCES public.properties (id) ON DELETE CASCADE,
    month date NOT NULL CHECK (EXTRACT(day FROM month) = (1)::numeric),
    consumption_kwh numeric NOT NULL,
    shared_kwh numeric NOT NULL,
    imported_kwh numeric GENERATED ALWAYS AS ((consumption_kwh - shared_kwh)) STORED NOT NULL,
    surplus_kwh numeric NOT NULL,
    PRIMARY KEY (sharing_group, property, month),
    CONSTRAINT sharing_months_check CHECK (shared_kwh <= consumption_kwh)
);
CREATE INDEX sharing_months_property_idx ON public.sharing_months (property);
COMMENT ON TABLE public.sharing_months IS 'What a member consumed in a month of its group, how much of it was shared and imported, and its part of the surplus';
