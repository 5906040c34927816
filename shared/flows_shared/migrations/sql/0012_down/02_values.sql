DROP TRIGGER refuse_unknown_holidays ON public.rate_profiles;
DROP TRIGGER end_at_midnight ON public.rate_bands;
COMMENT ON COLUMN public.rate_bands.ends_at IS 'Local time, not included; at or before starts_at: past midnight';
DROP TABLE flows.holiday_calendars;
DROP FUNCTION flows.guard_values(regclass, text[], numeric, numeric), flows.guard_values(), flows.end_at_midnight,
    flows.refuse_unknown_holidays;
DO $$
DECLARE
    guard record;
BEGIN
    FOR guard IN
        SELECT conrelid::regclass AS place, conname
          FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
         WHERE contype = 'c' AND conislocal AND connamespace IN ('public'::regnamespace, 'flows'::regnamespace)
           AND conname ~ format('^%s_(within_[0-9]+|from_[0-9]+_to_[0-9]+)$', attname)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', guard.place, guard.conname);
    END LOOP;
END
$$;
