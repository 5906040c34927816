CREATE OR REPLACE FUNCTION flows.follow_registry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    UPDATE public.meters SET serial = NEW.serial, prepay_enabled = NEW.prepay_enabled WHERE id = NEW.id;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.follow_registry()', '{}');
