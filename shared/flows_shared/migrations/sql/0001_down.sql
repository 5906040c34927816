-- Roles stay: they belong to the server, and other databases may use them.
DROP SCHEMA flows CASCADE;
DO $$
DECLARE
    item record;
BEGIN
    FOR item IN
        SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, oid::regclass AS name
          FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND relname <> 'alembic_version'
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('e', 'i', 'a'))
         ORDER BY relkind = 'v' DESC, relkind = 'S'
    LOOP
        EXECUTE format('DROP %s IF EXISTS %s CASCADE', item.kind, item.name);
    END LOOP;
    FOR item IN
        SELECT oid::regprocedure AS name FROM pg_proc AS function
         WHERE pronamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = function.oid AND deptype = 'e')
    LOOP
        EXECUTE format('DROP FUNCTION %s', item.name);
    END LOOP;
END
$$;
