-- Foreign keys look past the policies: without this, an admin who knows the id of another community's row could link to it,
-- and so let their own customers see it.
CREATE OR REPLACE FUNCTION flows.guard_links(place regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    all_seen text := (
        SELECT string_agg(format('(%1$I IS NULL OR EXISTS (SELECT FROM %2$s AS referenced WHERE referenced.%3$I = %4$I.%5$I.%1$I))',
                                 link.attname, confrelid::regclass, referenced.attname, nspname, relname), ' AND ' ORDER BY link.attnum)
          FROM pg_constraint
          JOIN pg_class ON pg_class.oid = conrelid
          JOIN pg_namespace ON pg_namespace.oid = relnamespace
          JOIN pg_attribute AS link ON link.attrelid = conrelid AND link.attnum = conkey[1]
          JOIN pg_attribute AS referenced ON referenced.attrelid = confrelid AND referenced.attnum = confkey[1]
         WHERE contype = 'f' AND conrelid = place AND confrelid NOT IN (place, 'flows.escos'::regclass));  -- a policy cannot read its own table
BEGIN
    IF all_seen IS NOT NULL THEN
        EXECUTE format('CREATE POLICY links ON %s AS RESTRICTIVE TO admin USING (true) WITH CHECK (%s)', place, all_seen);
    END IF;
END
$$;
COMMENT ON FUNCTION flows.guard_links IS 'Lets admins refer to rows that they see alone';
SELECT flows.allow_execute('flows.guard_links(regclass)', '{}');
