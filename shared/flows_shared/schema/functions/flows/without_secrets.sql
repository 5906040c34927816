CREATE OR REPLACE FUNCTION flows.without_secrets(said jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN CASE jsonb_typeof(said)
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg(flows.without_secrets(part) ORDER BY position), '[]')
                             FROM jsonb_array_elements(said) WITH ORDINALITY AS parts (part, position))
        WHEN 'object' THEN (
            SELECT coalesce(jsonb_object_agg(key, CASE
                       WHEN flows.is_secret(key) THEN value ELSE flows.without_secrets(value) END), '{}')
              FROM jsonb_each(flows.with_seals(said))
             WHERE NOT flows.is_secret(key) OR jsonb_typeof(value) = 'null'
                OR value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
        ELSE said END;
END
$$;
COMMENT ON FUNCTION flows.without_secrets(jsonb) IS 'A row without its secrets; one of 122 random bits is sealed, so that records stay together; what could be guessed is left out';
SELECT flows.allow_execute('flows.without_secrets(jsonb)', '{}');
