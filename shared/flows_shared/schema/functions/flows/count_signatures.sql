CREATE OR REPLACE FUNCTION flows.count_signatures() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    UPDATE public.contracts SET signed = signed WHERE id IN (NEW.contract, OLD.contract);  -- keep_signed counts anew
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.count_signatures()', '{}');
