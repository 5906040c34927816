ALTER TABLE public.api_keys DROP CONSTRAINT ends_within_three_years;
DROP FUNCTION flows.keep_api_key;
GRANT INSERT (api_key, secret_hash) ON flows.api_key_secrets TO admin;
CREATE POLICY made ON flows.api_key_secrets FOR INSERT TO admin
    WITH CHECK (EXISTS (SELECT FROM public.api_keys AS parent
                         WHERE parent.id = api_key AND parent.created_by = (SELECT flows.current_user_id())));

CREATE OR REPLACE FUNCTION flows.follow_benchmark() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM public.prepare_tariffs(NEW.id);
    RETURN NULL;
END
$$;
DROP FUNCTION public.prepare_tariffs;
ALTER FUNCTION flows.write_tariffs(uuid) SET SCHEMA public;
ALTER FUNCTION public.write_tariffs(uuid) RENAME TO prepare_tariffs;
GRANT EXECUTE ON FUNCTION public.prepare_tariffs TO service, flows_worker;
