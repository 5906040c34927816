-- A meter's part may end, as a home's may.
CREATE OR REPLACE FUNCTION flows.refuse_used_sharing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    free text[] := CASE TG_TABLE_NAME WHEN 'sharing_members' THEN ARRAY['updated_at', 'end_date']
                                      WHEN 'sharing_meters' THEN ARRAY['updated_at', 'valid_to']
                                      ELSE ARRAY['updated_at'] END;
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
                                                 AND line.period_end > (to_jsonb(OLD) ->> 'valid_from')::date
                                                 AND line.period_start < coalesce((to_jsonb(OLD) ->> 'valid_to')::date, 'infinity')
                      ELSE terms.id = (to_jsonb(OLD) ->> 'id')::uuid END) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s: this was used on a bill, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Add a row with a later start.';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
SELECT flows.allow_execute('flows.refuse_used_sharing()', '{}');
