CREATE OR REPLACE FUNCTION flows.audit_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    by_whom text := flows.actor();
    as_role text := coalesce(flows.claims() ->> 'role', session_user);
    veiled boolean := flows.may_hold_secrets(TG_RELID);
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before)
    SELECT by_whom, as_role, 'delete', TG_ARGV[0], flows.row_key(gone.row, TG_ARGV[1:]), gone.row
      FROM (SELECT CASE WHEN veiled THEN flows.without_secrets(to_jsonb(o)) ELSE to_jsonb(o) END AS row
              FROM old_rows AS o OFFSET 0) AS gone;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.audit_delete()', '{}');
