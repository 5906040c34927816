CREATE OR REPLACE FUNCTION flows.digest(sealed text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(convert_to(sealed, 'UTF8'));
$$;
SELECT flows.allow_execute('flows.digest(text)', '{flows_worker}');
