CREATE OR REPLACE FUNCTION flows.is_iban(iban text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT CASE WHEN iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' THEN
           (SELECT string_agg(CASE WHEN sign ~ '[A-Z]' THEN (ascii(sign) - 55)::text ELSE sign END, '' ORDER BY place)::numeric % 97 = 1
              FROM regexp_split_to_table(substr(iban, 5) || left(iban, 4), '') WITH ORDINALITY AS signs (sign, place))
           ELSE false END;
$$;
COMMENT ON FUNCTION flows.is_iban(text) IS 'ISO 13616: what is rotated by four and read as a number leaves 1 by 97';
SELECT flows.allow_execute('flows.is_iban(text)', '{admin,service,flows_worker,mediator}');
