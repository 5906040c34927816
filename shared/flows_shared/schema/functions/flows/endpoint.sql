-- One endpoint has one spelling: 127.2.0.7/24 and ::ffff:127.2.0.7 lead to the meter at 127.2.0.7, which may be another's.
CREATE OR REPLACE FUNCTION flows.endpoint(address inet) RETURNS inet
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT regexp_replace(host(address), '^::ffff:(?=[0-9]+\.)', '')::inet;
$$;
COMMENT ON FUNCTION flows.endpoint(inet) IS 'The address alone, without a network''s length, and of an IPv4 address written as IPv6 the IPv4 one';
SELECT flows.allow_execute('flows.endpoint(inet)', '{customer,admin,service,reporting,flows_worker,mediator}');
