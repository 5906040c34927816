CREATE OR REPLACE FUNCTION flows.audit_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    by_whom text := flows.actor();
    as_role text := coalesce(flows.claims() ->> 'role', session_user);
    veiled boolean := flows.may_hold_secrets(TG_RELID);
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    SELECT by_whom, as_role, 'update', TG_ARGV[0],
           key,
           CASE WHEN veiled THEN flows.without_secrets(previous.row) ELSE previous.row END,
           CASE WHEN veiled THEN flows.without_secrets(current.row) ELSE current.row END
      FROM (SELECT row, flows.row_key(row, TG_ARGV[1:]) AS key
              FROM (SELECT CASE WHEN veiled THEN flows.with_seals(to_jsonb(o)) ELSE to_jsonb(o) END AS row
                      FROM old_rows AS o OFFSET 0) AS old) AS previous
      FULL JOIN (SELECT row, flows.row_key(row, TG_ARGV[1:]) AS key
                   FROM (SELECT CASE WHEN veiled THEN flows.with_seals(to_jsonb(n)) ELSE to_jsonb(n) END AS row
                           FROM new_rows AS n OFFSET 0) AS new) AS current
          USING (key)  -- a row whose key itself is changed leaves two records; one that is only sealed leaves none
     WHERE previous.row - 'updated_at' IS DISTINCT FROM current.row - 'updated_at';
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.audit_update()', '{}');
