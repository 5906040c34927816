-- What a key may change. Who has no scopes in their claims, such as a person, is bound by the other policies alone.
CREATE OR REPLACE FUNCTION flows.check_write(place text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
DECLARE
    scopes jsonb := flows.claims() -> 'scopes';
BEGIN
    IF scopes IS NULL OR scopes ?| ARRAY['write', 'write:' || split_part(place, '.', 1), 'write:' || place] THEN
        RETURN true;
    END IF;
    RAISE insufficient_privilege USING
        MESSAGE = format('this key may not write %s', place),
        DETAIL = format('Its scopes are %s.', scopes),
        HINT = format('A key needs the scope write, write:%s or write:%s.', split_part(place, '.', 1), place);
END
$$;
COMMENT ON FUNCTION flows.check_write(text) IS 'Whether the scopes of who asks allow to write to SCHEMA.TABLE; an error that says why, where they do not';
SELECT flows.allow_execute('flows.check_write(text)', '{customer,admin,service,reporting,flows_worker,mediator}');
