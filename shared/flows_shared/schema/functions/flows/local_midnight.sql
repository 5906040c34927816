-- Where midnight comes twice, the first is a day after the midnight before; where it is skipped, AT TIME ZONE gives the
-- jump. One expression, so that it is inlined.
CREATE OR REPLACE FUNCTION flows.local_midnight(day date, zone text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN ((day - 1)::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC' + interval '1 day') AT TIME ZONE 'UTC' AT TIME ZONE zone
         = day::timestamp
    THEN ((day - 1)::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC' + interval '1 day') AT TIME ZONE 'UTC'
    ELSE day::timestamp AT TIME ZONE zone
END;
COMMENT ON FUNCTION flows.local_midnight(date,text) IS 'The first instant of a local day: the earlier midnight where there are two, the jump where there is none';
SELECT flows.allow_execute('flows.local_midnight(date,text)', '{anon,customer,admin,service,reporting,flows_worker,mediator}');
