CREATE OR REPLACE FUNCTION flows.refuse_second_membership() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM FROM public.properties WHERE id = NEW.property FOR NO KEY UPDATE;  -- two at once take turns
    IF EXISTS (SELECT FROM public.sharing_members AS other
                WHERE other.property = NEW.property AND other.id <> NEW.id
                  AND daterange(other.start_date, other.end_date, '[]') && daterange(NEW.start_date, NEW.end_date, '[]')) THEN
        RAISE exclusion_violation USING
            MESSAGE = 'public.sharing_members: on some of these days the home shares already',
            HINT = 'End its other row first.';
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.refuse_second_membership()', '{}');
