-- Sums that the database makes of guarded values are as old rows are, so that these keep no new reading out.
CREATE OR REPLACE FUNCTION flows.guard_values() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    unguarded record;
BEGIN
    FOR unguarded IN
        SELECT pg_class.oid::regclass AS place, attname AS name, typname AS type
          FROM pg_class
          JOIN pg_namespace ON pg_namespace.oid = relnamespace
          JOIN pg_attribute AS attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
          JOIN pg_type ON pg_type.oid = atttypid
         WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p') AND NOT relispartition
           AND typname IN ('numeric', 'date', 'timestamptz')
           AND (nspname, relname, attname) NOT IN (('flows', 'register_interval_hh', 'timestamp'),
                                                   ('flows', 'register_interval_daily', 'kwh'),
                                                   ('flows', 'register_interval_bands', 'kwh'))
           AND NOT EXISTS (SELECT FROM pg_constraint
                            WHERE conrelid = pg_class.oid AND contype = 'c' AND conkey = ARRAY[attnum]
                              AND conname ~ format('^%s_(within|from)_', attname))
         ORDER BY pg_class.oid, attnum
    LOOP
        IF unguarded.type = 'numeric' THEN
            PERFORM flows.guard_values(unguarded.place, ARRAY[unguarded.name::text], -1000000000000, 1000000000000);
        ELSE
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%3$I >= %4$L AND %3$I < %5$L) NOT VALID',
                           unguarded.place, unguarded.name || '_from_2000_to_2199', unguarded.name,
                           CASE unguarded.type WHEN 'date' THEN '2000-01-01' ELSE '2000-01-01 00:00Z' END,
                           CASE unguarded.type WHEN 'date' THEN '2200-01-01' ELSE '2200-01-01 00:00Z' END);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.guard_values() IS 'Binds every number, day and time that is not yet to a range; every upgrade ends with it';
SELECT flows.allow_execute('flows.guard_values()', '{}');
-- Values that can be: the database refuses what no run could read. In PostgreSQL NaN is greater than any number, so only
-- an upper bound refuses it. Checks are NOT VALID: an old row that breaks one stays readable, fails the bill that it is
-- for, and has to be put right by whoever changes it next.
CREATE OR REPLACE FUNCTION flows.guard_values(place regclass, names text[], low numeric, high numeric) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    name text;
    bounds text := CASE WHEN low = -high THEN 'within_' || high ELSE format('from_%s_to_%s', low, high) END;
BEGIN
    FOREACH name IN ARRAY names LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%I BETWEEN %s AND %s) NOT VALID',
                       place, name || '_' || bounds, name, low, high);
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.guard_values(regclass,text[],numeric,numeric) IS 'Binds columns to a range, which their checks'' names say; so that they hold neither NaN nor infinity';
SELECT flows.allow_execute('flows.guard_values(regclass,text[],numeric,numeric)', '{}');
