-- Roles stay: they belong to the server, and other databases may use them.
DROP SCHEMA flows, reports CASCADE;
DO $$
DECLARE
    statement text;
BEGIN
    -- All are named before the first is dropped, as one may take others with it.
    FOREACH statement IN ARRAY coalesce((
        SELECT array_agg(format('DROP %s IF EXISTS %s CASCADE',
                                CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass)
                         ORDER BY relkind = 'v' DESC, relkind = 'S')
          FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('e', 'i', 'a'))
    ), '{}') || coalesce((
        SELECT array_agg(format('DROP FUNCTION IF EXISTS %s CASCADE', oid::regprocedure))
          FROM pg_proc AS function
         WHERE pronamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = function.oid AND deptype = 'e')
    ), '{}')
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$;
