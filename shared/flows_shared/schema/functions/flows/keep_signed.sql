CREATE OR REPLACE FUNCTION flows.keep_signed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    NEW.signed := NEW.signatures_required <= (
        SELECT count(*) FROM public.contract_signatures WHERE contract = NEW.id AND signed_at IS NOT NULL);
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.keep_signed()', '{}');
