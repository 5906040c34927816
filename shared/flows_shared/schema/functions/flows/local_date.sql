-- The local day of an instant, and the instant at which a local day begins. flows_shared/time.py has the same two; every
-- conversion in this direction asks here, as AT TIME ZONE alone takes the second of two midnights.
CREATE OR REPLACE FUNCTION flows.local_date(at timestamptz, zone text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (at AT TIME ZONE zone)::date;
COMMENT ON FUNCTION flows.local_date(timestamp with time zone,text) IS 'The local day that holds an instant';
SELECT flows.allow_execute('flows.local_date(timestamp with time zone,text)', '{anon,customer,admin,service,reporting,flows_worker,mediator}');
