CREATE OR REPLACE FUNCTION flows.refuse_second_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM FROM flows.meter_registers WHERE register_id = NEW.register FOR NO KEY UPDATE;  -- two at once take turns
    IF EXISTS (SELECT FROM public.sharing_meters AS other
                WHERE other.register = NEW.register AND other.valid_from <> NEW.valid_from
                  AND (TG_OP = 'INSERT' OR (other.register, other.valid_from) <> (OLD.register, OLD.valid_from))
                  AND daterange(other.valid_from, other.valid_to) && daterange(NEW.valid_from, NEW.valid_to)) THEN
        RAISE exclusion_violation USING
            MESSAGE = 'public.sharing_meters: on some of these days the register counts already',
            HINT = 'End its other row first.';
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.refuse_second_part()', '{}');
