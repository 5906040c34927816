CREATE OR REPLACE FUNCTION flows.note_health() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.health = 'healthy' THEN
        NEW.last_healthy_at := now();
        NEW.health_code := NULL;
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.note_health()', '{}');
