-- What people write has an end: a name of 900 KB is in every list, bill and log that shows it.
CREATE OR REPLACE FUNCTION flows.guard_lengths() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    unguarded record;
BEGIN
    FOR unguarded IN
        SELECT attrelid::regclass AS place, attname AS name,
               CASE WHEN attname ~ 'name|serial|email|phone|code|number' THEN 1000 ELSE 10000 END AS most
          FROM pg_attribute
          JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p') AND NOT relispartition
         WHERE relnamespace IN ('public'::regnamespace, 'flows'::regnamespace)
           AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND atttypid = 'text'::regtype
           AND EXISTS (SELECT FROM unnest(ARRAY['customer', 'admin', 'service']) AS writer,
                                   unnest(ARRAY['INSERT', 'UPDATE']) AS way
                        WHERE has_column_privilege(writer, attrelid, attnum, way))
           AND NOT EXISTS (SELECT FROM pg_constraint
                            WHERE conrelid = attrelid AND contype = 'c' AND conname ~ format('^%s_at_most_', attname))
         ORDER BY attrelid, attnum
    LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (length(%I) <= %s) NOT VALID',
                       unguarded.place, format('%s_at_most_%s', unguarded.name, unguarded.most), unguarded.name, unguarded.most);
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.guard_lengths() IS 'Gives each text column that people and keys write a length; every upgrade ends with it';
SELECT flows.allow_execute('flows.guard_lengths()', '{}');
