CREATE OR REPLACE FUNCTION flows.follow_property() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM flows.properties WHERE id = OLD.id;
    ELSE
        INSERT INTO flows.properties (id, plot) VALUES (NEW.id, NEW.plot)
            ON CONFLICT (id) DO UPDATE SET plot = EXCLUDED.plot;
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.follow_property()', '{}');
