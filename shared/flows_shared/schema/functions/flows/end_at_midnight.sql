-- "24:00" is the midnight at which a day ends, which a band writes as 00:00. Python's times do not hold it.
CREATE OR REPLACE FUNCTION flows.end_at_midnight() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
BEGIN
    IF NEW.starts_at = '24:00' THEN
        RAISE check_violation USING MESSAGE = 'rate_bands.starts_at: 24:00 is the end of a day, so no band starts at it',
            HINT = 'A band that starts at midnight starts at 00:00; one that lasts until midnight ends at 24:00 or 00:00.';
    END IF;
    IF NEW.ends_at = '24:00' THEN
        NEW.ends_at := '00:00';
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.end_at_midnight()', '{}');
