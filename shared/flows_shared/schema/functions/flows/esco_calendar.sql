CREATE OR REPLACE FUNCTION flows.esco_calendar() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    problem text := flows.zone_problem(NEW.time_zone);
BEGIN
    IF problem IS NOT NULL THEN
        RAISE check_violation USING MESSAGE = problem;
    END IF;
    IF NOT EXISTS (SELECT FROM flows.calendar_days WHERE time_zone = NEW.time_zone) THEN
        PERFORM flows.extend_calendar(NEW.time_zone, current_date - 1200, current_date + 400);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.time_zone IS DISTINCT FROM NEW.time_zone THEN
        PERFORM flows.sum_esco_days(NEW.id);
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.esco_calendar()', '{}');
