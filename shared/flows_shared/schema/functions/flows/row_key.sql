CREATE OR REPLACE FUNCTION flows.row_key(changed jsonb, columns text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT string_agg(changed ->> name, ',' ORDER BY position) FROM unnest(columns) WITH ORDINALITY AS key (name, position);
$$;
SELECT flows.allow_execute('flows.row_key(jsonb,text[])', '{}');
