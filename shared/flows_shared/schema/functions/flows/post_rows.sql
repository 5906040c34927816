CREATE OR REPLACE FUNCTION flows.post_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.post_money(TG_TABLE_NAME, ARRAY(SELECT (to_jsonb(n) ->> TG_ARGV[0])::uuid FROM new_rows AS n));
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.post_rows()', '{}');
