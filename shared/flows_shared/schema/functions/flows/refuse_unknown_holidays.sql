CREATE OR REPLACE FUNCTION flows.refuse_unknown_holidays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    wanted text := split_part(NEW.holidays, '-', 1);
    known text[];
BEGIN
    SELECT wanted || ARRAY(SELECT wanted || '-' || part FROM unnest(parts) AS part) INTO known
      FROM flows.holiday_calendars WHERE country = wanted;
    IF NEW.holidays = ANY(known) THEN
        RETURN NEW;
    END IF;
    RAISE check_violation USING
        MESSAGE = format('rate_profiles.holidays: there is no calendar of public holidays of "%s"', NEW.holidays),
        HINT = CASE WHEN known IS NULL THEN 'Countries are those of flows.holiday_calendars, such as GB.'
                    ELSE format('Of %s there are %s.', wanted, array_to_string(known, ', ')) END;
END
$$;
SELECT flows.allow_execute('flows.refuse_unknown_holidays()', '{}');
