CREATE OR REPLACE FUNCTION flows.set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.set_updated_at()', '{}');
