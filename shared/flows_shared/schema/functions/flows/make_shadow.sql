-- Histories and roll-ups follow from what is written, whoever writes it.
CREATE OR REPLACE FUNCTION flows.make_shadow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.meter_shadows (id, health_details) VALUES (NEW.id, 'not read yet');
    INSERT INTO public.meters (id, serial, prepay_enabled) VALUES (NEW.id, NEW.serial, NEW.prepay_enabled);
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.make_shadow()', '{}');
