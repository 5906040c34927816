-- The audit functions of 0001.
CREATE OR REPLACE FUNCTION flows.audit_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    SELECT flows.actor(), coalesce(flows.claims() ->> 'role', session_user), 'insert', TG_ARGV[0],
           flows.row_key(to_jsonb(n), TG_ARGV[1:]), to_jsonb(n) - 'password_hash'
      FROM new_rows AS n;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION flows.audit_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    SELECT flows.actor(), coalesce(flows.claims() ->> 'role', session_user), 'update', TG_ARGV[0],
           key, previous.row - 'password_hash', current.row - 'password_hash'
      FROM (SELECT to_jsonb(o) AS row, flows.row_key(to_jsonb(o), TG_ARGV[1:]) AS key FROM old_rows AS o) AS previous
      FULL JOIN (SELECT to_jsonb(n) AS row, flows.row_key(to_jsonb(n), TG_ARGV[1:]) AS key FROM new_rows AS n) AS current
          USING (key)  -- a row whose key itself is changed leaves two records
     WHERE previous.row - 'updated_at' IS DISTINCT FROM current.row - 'updated_at';
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION flows.audit_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before)
    SELECT flows.actor(), coalesce(flows.claims() ->> 'role', session_user), 'delete', TG_ARGV[0],
           flows.row_key(to_jsonb(o), TG_ARGV[1:]), to_jsonb(o) - 'password_hash'
      FROM old_rows AS o;
    RETURN NULL;
END
$$;
