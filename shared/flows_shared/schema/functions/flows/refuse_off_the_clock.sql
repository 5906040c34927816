-- Half hours begin on the clock: then their number says whether all are there. A time between them fills the count of
-- one that is missing, so every table of half hours refuses it.
CREATE OR REPLACE FUNCTION flows.refuse_off_the_clock(at timestamptz) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    RAISE check_violation USING
        MESSAGE = format('no half hour begins at %sZ', to_json(at AT TIME ZONE 'UTC') #>> '{}'),
        HINT = 'Half hours begin at minute 0 and 30 of UTC.',
        CONSTRAINT = 'timestamp_is_a_half_hour';
END
$$;
COMMENT ON FUNCTION flows.refuse_off_the_clock(timestamp with time zone) IS 'The last part of the tables'' checks: reached by a time that is no start of a half hour, which it names';
SELECT flows.allow_execute('flows.refuse_off_the_clock(timestamp with time zone)', '{customer,admin,service,reporting,flows_worker,mediator}');
