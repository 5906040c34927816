CREATE OR REPLACE FUNCTION flows.note_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
BEGIN
    IF NEW.details <> OLD.details THEN
        NEW.release_reason := NULL;
    END IF;
    IF NEW.release_reason IS NULL THEN
        NEW.released_by := NULL;
        NEW.released_at := NULL;
    ELSIF OLD.release_reason IS DISTINCT FROM NEW.release_reason THEN
        NEW.released_by := flows.actor();
        NEW.released_at := now();
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.note_release()', '{}');
