CREATE OR REPLACE FUNCTION flows.may_hold_secrets(place regclass) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN EXISTS (SELECT FROM pg_attribute
                    WHERE attrelid = place AND attnum > 0 AND NOT attisdropped
                      AND (atttypid = 'jsonb'::regtype OR flows.is_secret(attname::text)));
END
$$;
COMMENT ON FUNCTION flows.may_hold_secrets(regclass) IS 'Asked once a statement: rows of most tables are recorded as they are';
SELECT flows.allow_execute('flows.may_hold_secrets(regclass)', '{}');
