-- The audit functions of 0011; what was cleaned stays clean.
CREATE OR REPLACE FUNCTION flows.audit_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    by_whom text := flows.actor();
    as_role text := coalesce(flows.claims() ->> 'role', session_user);
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    SELECT by_whom, as_role, 'insert', TG_ARGV[0],
           CASE TG_NARGS WHEN 2 THEN added.row ->> TG_ARGV[1] ELSE flows.row_key(added.row, TG_ARGV[1:]) END,
           added.row - 'password_hash'
      FROM (SELECT to_jsonb(n) AS row FROM new_rows AS n OFFSET 0) AS added;  -- OFFSET 0: to_jsonb is not evaluated twice
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION flows.audit_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    by_whom text := flows.actor();
    as_role text := coalesce(flows.claims() ->> 'role', session_user);
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    SELECT by_whom, as_role, 'update', TG_ARGV[0], key, previous.row - 'password_hash', current.row - 'password_hash'
      FROM (SELECT to_jsonb(o) AS row, flows.row_key(to_jsonb(o), TG_ARGV[1:]) AS key FROM old_rows AS o) AS previous
      FULL JOIN (SELECT to_jsonb(n) AS row, flows.row_key(to_jsonb(n), TG_ARGV[1:]) AS key FROM new_rows AS n) AS current
          USING (key)  -- a row whose key itself is changed leaves two records
     WHERE previous.row - 'updated_at' IS DISTINCT FROM current.row - 'updated_at';
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION flows.audit_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    by_whom text := flows.actor();
    as_role text := coalesce(flows.claims() ->> 'role', session_user);
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before)
    SELECT by_whom, as_role, 'delete', TG_ARGV[0], flows.row_key(to_jsonb(o), TG_ARGV[1:]), to_jsonb(o) - 'password_hash'
      FROM old_rows AS o;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION flows.note_request(what text, meter uuid, details jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    VALUES (flows.actor(), coalesce(flows.claims() ->> 'role', session_user), what, 'flows.meter_registry', meter::text, details);
$$;

DROP FUNCTION flows.may_hold_secrets, flows.without_secrets, flows.with_seals, flows.sealed, flows.is_secret;
