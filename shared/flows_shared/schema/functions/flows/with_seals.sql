CREATE OR REPLACE FUNCTION flows.with_seals(said jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
               WHEN flows.is_secret(key) AND value #>> '{}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
               THEN to_jsonb(flows.sealed((value #>> '{}')::uuid)) ELSE value END), '{}')
      FROM jsonb_each(said);
$$;
COMMENT ON FUNCTION flows.with_seals(jsonb) IS 'An object whose tokens of 122 random bits are sealed';
SELECT flows.allow_execute('flows.with_seals(jsonb)', '{}');
