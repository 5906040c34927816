-- Energy sharing: a group's generation is allocated to its members half hour by half hour, and billed at its own price.
CREATE TABLE public.sharing_groups (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    site uuid REFERENCES flows.sites_new (id),
    name text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (esco, name)
);
CREATE INDEX ON public.sharing_groups (site);
COMMENT ON TABLE public.sharing_groups IS 'Homes that share what their generation meters measure';
COMMENT ON COLUMN public.sharing_groups.site IS 'The site behind the boundary meter: what its other homes consume counts in the residue';

CREATE TABLE public.sharing_terms (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    period_start date NOT NULL,
    method text NOT NULL CHECK (method IN ('fixed', 'proportional', 'priority')),
    redistribute boolean NOT NULL DEFAULT false,
    internal_rate numeric(10, 5) NOT NULL CHECK (internal_rate >= 0),
    surplus_rate numeric(10, 5) NOT NULL DEFAULT 0 CHECK (surplus_rate >= 0),
    includes_vat boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (sharing_group, period_start)
);
COMMENT ON TABLE public.sharing_terms IS 'How a group shares and at which price, from period_start until its next row';
COMMENT ON COLUMN public.sharing_terms.redistribute IS 'Whether what fixed coefficients leave unused goes to members who still import; false: it is surplus';
COMMENT ON COLUMN public.sharing_terms.internal_rate IS 'GBP a kWh that is shared';
COMMENT ON COLUMN public.sharing_terms.surplus_rate IS 'GBP a kWh of surplus, credited to members by their surplus_ratio';

CREATE TABLE public.sharing_members (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    property uuid NOT NULL REFERENCES public.properties (id) ON DELETE CASCADE,
    start_date date NOT NULL,
    end_date date,
    coefficient numeric(9, 8) NOT NULL DEFAULT 0 CHECK (coefficient BETWEEN 0 AND 1),
    priority smallint NOT NULL DEFAULT 1 CHECK (priority > 0),
    surplus_ratio numeric(9, 8) NOT NULL DEFAULT 0 CHECK (surplus_ratio BETWEEN 0 AND 1),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (property, start_date),
    CHECK (end_date >= start_date)
);
CREATE INDEX ON public.sharing_members (sharing_group);
COMMENT ON TABLE public.sharing_members IS 'A home''s part in a group; on one day it is in one group at most, with one coefficient and priority';
COMMENT ON COLUMN public.sharing_members.end_date IS 'Last day; null: until further notice';
COMMENT ON COLUMN public.sharing_members.coefficient IS 'Part of the generation, for the method fixed; those of a day sum to 1 at most';
COMMENT ON COLUMN public.sharing_members.priority IS 'For the method priority: 1 is served first';
COMMENT ON COLUMN public.sharing_members.surplus_ratio IS 'Part of the surplus that is credited to the home, as to the owner of the generation; what no one has is the community''s';

CREATE TABLE public.sharing_meters (
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    register uuid NOT NULL REFERENCES flows.meter_registers (register_id),
    role text NOT NULL CHECK (role IN ('generation', 'boundary_import', 'boundary_export')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (register)
);
CREATE INDEX ON public.sharing_meters (sharing_group);
COMMENT ON TABLE public.sharing_meters IS 'What measures a group''s generation, and what passes the boundary of its site';

-- Made anew by every run and by flows billing share; what was billed of it stands on the invoices' lines.
CREATE TABLE public.sharing_half_hours (
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    generation_kwh numeric NOT NULL,
    consumption_kwh numeric NOT NULL,
    shared_kwh numeric NOT NULL CHECK (shared_kwh <= generation_kwh AND shared_kwh <= consumption_kwh),
    surplus_kwh numeric NOT NULL GENERATED ALWAYS AS (generation_kwh - shared_kwh) STORED,
    others_kwh numeric NOT NULL,
    boundary_import_kwh numeric,
    boundary_export_kwh numeric,
    residue_kwh numeric GENERATED ALWAYS AS (
        generation_kwh + boundary_import_kwh - boundary_export_kwh - consumption_kwh - others_kwh) STORED,
    PRIMARY KEY (sharing_group, timestamp)
);
COMMENT ON TABLE public.sharing_half_hours IS 'What a group generated, consumed and shared, beside its boundary meter';
COMMENT ON COLUMN public.sharing_half_hours.others_kwh IS 'Consumption of homes of the site that are not in the group';
COMMENT ON COLUMN public.sharing_half_hours.boundary_import_kwh IS 'Null: the group has no such meter, or it did not measure this half hour';
COMMENT ON COLUMN public.sharing_half_hours.residue_kwh IS 'What came in and was not measured inside: losses and errors of metering; null where the boundary is not known';

CREATE TABLE public.sharing_months (
    sharing_group uuid NOT NULL REFERENCES public.sharing_groups (id) ON DELETE CASCADE,
    property uuid NOT NULL REFERENCES public.properties (id) ON DELETE CASCADE,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    consumption_kwh numeric NOT NULL,
    shared_kwh numeric NOT NULL CHECK (shared_kwh <= consumption_kwh),
    imported_kwh numeric NOT NULL GENERATED ALWAYS AS (consumption_kwh - shared_kwh) STORED,
    surplus_kwh numeric NOT NULL,
    PRIMARY KEY (sharing_group, property, month)
);
CREATE INDEX ON public.sharing_months (property);
COMMENT ON TABLE public.sharing_months IS 'What a member consumed in a month of its group, how much of it was shared and imported, and its part of the surplus';

CREATE VIEW public.sharing_balances WITH (security_invoker) AS
SELECT half.sharing_group, date_trunc('month', half.timestamp AT TIME ZONE esco.time_zone)::date AS month,
       count(*) AS half_hours, count(residue_kwh) AS half_hours_with_boundary,
       sum(generation_kwh) AS generation_kwh, sum(consumption_kwh) AS consumption_kwh, sum(shared_kwh) AS shared_kwh,
       sum(surplus_kwh) AS surplus_kwh, sum(consumption_kwh - shared_kwh) AS imported_kwh, sum(others_kwh) AS others_kwh,
       sum(boundary_import_kwh) AS boundary_import_kwh, sum(boundary_export_kwh) AS boundary_export_kwh,
       sum(residue_kwh) AS residue_kwh
  FROM public.sharing_half_hours AS half
  JOIN public.sharing_groups AS sharing ON sharing.id = half.sharing_group
  JOIN flows.escos AS esco ON esco.id = sharing.esco
 GROUP BY half.sharing_group, month;
COMMENT ON VIEW public.sharing_balances IS 'A group''s months: generation, sharing, surplus, and the residue against its boundary meter';

ALTER TABLE public.invoice_lines ADD COLUMN sharing_terms uuid REFERENCES public.sharing_terms (id);
CREATE INDEX ON public.invoice_lines (sharing_terms) WHERE sharing_terms IS NOT NULL;
COMMENT ON COLUMN public.invoice_lines.sharing_terms IS 'The terms that priced shared energy, or the surplus';

ALTER TABLE public.monthly_solar_credits ADD COLUMN invoice uuid REFERENCES public.invoices (id);
CREATE INDEX ON public.monthly_solar_credits (invoice);
COMMENT ON COLUMN public.monthly_solar_credits.invoice IS 'The invoice that it is a line of; null: not applied yet, or a top-up';

CREATE FUNCTION flows.refuse_used_sharing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    free text[] := CASE TG_TABLE_NAME WHEN 'sharing_members' THEN ARRAY['updated_at', 'end_date'] ELSE ARRAY['updated_at'] END;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - free = to_jsonb(NEW) - free THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT
                 FROM public.sharing_terms AS terms
                 JOIN public.invoice_lines AS line ON line.sharing_terms = terms.id
                WHERE CASE TG_TABLE_NAME
                      WHEN 'sharing_members' THEN terms.sharing_group = OLD.sharing_group
                                                  AND line.period_end > (to_jsonb(OLD) ->> 'start_date')::date
                      WHEN 'sharing_meters' THEN terms.sharing_group = OLD.sharing_group
                      ELSE terms.id = (to_jsonb(OLD) ->> 'id')::uuid END) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s: this was used on a bill, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Add a row with a later start.';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.sharing_terms
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_sharing();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.sharing_members
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_sharing();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.sharing_meters
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_sharing();

CREATE FUNCTION flows.refuse_second_membership() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM FROM public.properties WHERE id = NEW.property FOR NO KEY UPDATE;  -- two at once take turns
    IF EXISTS (SELECT FROM public.sharing_members AS other
                WHERE other.property = NEW.property AND other.id <> NEW.id
                  AND daterange(other.start_date, other.end_date, '[]') && daterange(NEW.start_date, NEW.end_date, '[]')) THEN
        RAISE exclusion_violation USING
            MESSAGE = 'public.sharing_members: on some of these days the home shares already',
            HINT = 'End its other row first.';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refuse_second BEFORE INSERT OR UPDATE ON public.sharing_members
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_membership();

-- A late reading of the generation, or of one member, changes what all members got; so do new terms and members.
CREATE FUNCTION flows.note_changed_sharing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF TG_TABLE_NAME = 'register_days_changed' THEN
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'sharing')
           FROM changed
           JOIN (SELECT sharing_group, register FROM public.sharing_meters WHERE role = 'generation'
                  UNION
                 SELECT member.sharing_group, register.register_id
                   FROM public.sharing_members AS member
                   JOIN public.properties AS property ON property.id = member.property
                   JOIN flows.meter_registers AS register ON register.meter_id = property.supply_meter
                    AND register.nature <> 'solar') AS source ON source.register = changed.register_id
           JOIN public.sharing_members AS member ON member.sharing_group = source.sharing_group
            AND member.start_date <= changed.day AND (member.end_date IS NULL OR member.end_date >= changed.day)
           JOIN public.accounts AS account ON account.property = member.property
           JOIN public.invoices AS invoice ON invoice.account = account.id
            AND invoice.period_start <= changed.day AND invoice.period_end > changed.day
         HAVING count(*) > 0;
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'sharing')
           FROM (SELECT (to_jsonb(changed) ->> 'sharing_group')::uuid AS sharing_group,
                        least((to_jsonb(changed) ->> 'period_start')::date, (to_jsonb(changed) ->> 'start_date')::date,
                              (to_jsonb(changed) ->> 'end_date')::date + 1) AS since
                   FROM changed) AS changed
           JOIN public.sharing_members AS member ON member.sharing_group = changed.sharing_group
           JOIN public.accounts AS account ON account.property = member.property
           JOIN public.invoices AS invoice ON invoice.account = account.id AND invoice.period_end > changed.since
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
DO $$
DECLARE
    watched record;
BEGIN
    FOR watched IN
        SELECT place, operation
          FROM unnest(ARRAY['flows.register_days_changed', 'public.sharing_terms', 'public.sharing_members']) AS place,
               unnest(ARRAY['INSERT', 'UPDATE']) AS operation
    LOOP
        EXECUTE format('CREATE TRIGGER note_sharing_%s AFTER %s ON %s REFERENCING NEW TABLE AS changed
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing()',
                       lower(watched.operation), watched.operation, watched.place);
    END LOOP;
END
$$;
