-- Who acts is asked once a statement, not once a row, and a row is made into JSON once.
CREATE OR REPLACE FUNCTION flows.audit_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    by_whom text := flows.actor();
    as_role text := coalesce(flows.claims() ->> 'role', session_user);
    veiled boolean := flows.may_hold_secrets(TG_RELID);
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    SELECT by_whom, as_role, 'insert', TG_ARGV[0],
           CASE TG_NARGS WHEN 2 THEN added.row ->> TG_ARGV[1] ELSE flows.row_key(added.row, TG_ARGV[1:]) END,
           added.row
      FROM (SELECT CASE WHEN veiled THEN flows.without_secrets(to_jsonb(n)) ELSE to_jsonb(n) END AS row
              FROM new_rows AS n OFFSET 0) AS added;  -- OFFSET 0: to_jsonb is not evaluated twice
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.audit_insert()', '{}');
