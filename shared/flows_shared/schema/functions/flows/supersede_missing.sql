-- Whoever writes readings or estimates of a register locks it first, or as its last step: so the second of two sees what
-- the first has written, and no estimate stays beside a reading. Few rows are looked up by key in the many of the readings.
CREATE OR REPLACE FUNCTION flows.supersede_missing(registers uuid[], since timestamptz, until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    SELECT FROM flows.meter_registers WHERE register_id = ANY(registers) ORDER BY register_id FOR NO KEY UPDATE;

    DELETE FROM flows.register_interval_estimates AS estimate
     WHERE estimate.register_id = ANY(registers) AND estimate.timestamp >= since AND estimate.timestamp < until
       AND EXISTS (SELECT FROM flows.register_interval_hh AS hh
                    WHERE hh.register_id = estimate.register_id AND hh.timestamp = estimate.timestamp
                      AND hh.timestamp >= since AND hh.timestamp < until);

    DELETE FROM flows.register_interval_missing_reasons AS missing
     WHERE missing.register_id = ANY(registers) AND missing.timestamp >= since AND missing.timestamp < until
       AND EXISTS (SELECT FROM flows.register_interval_hh AS hh
                    WHERE hh.register_id = missing.register_id AND hh.timestamp = missing.timestamp
                      AND hh.timestamp >= since AND hh.timestamp < until);
$$;
COMMENT ON FUNCTION flows.supersede_missing(uuid[],timestamp with time zone,timestamp with time zone) IS 'Drop the estimates and reasons of half hours in [since, until) of which there is a reading now';
SELECT flows.allow_execute('flows.supersede_missing(uuid[],timestamp with time zone,timestamp with time zone)', '{flows_meter_sync}');
