-- Nothing in the audit log lets anyone in: whoever may read it, such as a key that may only read, learns no secret from it.
CREATE OR REPLACE FUNCTION flows.is_secret(name text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT name ~* '(^|_)(token|secret|password|passphrase|pin|hash|api_key|invite_url)(_|$)';
$$;
COMMENT ON FUNCTION flows.is_secret(text) IS 'Whether a column, or a key within JSON, says by its name that it holds what lets someone in';
SELECT flows.allow_execute('flows.is_secret(text)', '{}');
