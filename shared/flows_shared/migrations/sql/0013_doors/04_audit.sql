-- Nothing in the audit log lets anyone in: whoever may read it, such as a key that may only read, learns no secret from it.
CREATE FUNCTION flows.is_secret(name text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT name ~* '(^|_)(token|secret|password|passphrase|pin|hash|api_key|invite_url)(_|$)';
$$;
COMMENT ON FUNCTION flows.is_secret IS 'Whether a column, or a key within JSON, says by its name that it holds what lets someone in';

CREATE FUNCTION flows.sealed(token uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT CASE WHEN substr(token::text, 15, 1) = '8' THEN token
                ELSE overlay(overlay(left(encode(sha256(convert_to(token::text, 'UTF8')), 'hex'), 32)
                                     PLACING '8' FROM 13) PLACING 'a' FROM 17)::uuid END;
$$;
COMMENT ON FUNCTION flows.sealed IS
    'What stands for a token of 122 random bits: its SHA-256 as a UUID of version 8 (RFC 9562), which is its own seal';

CREATE FUNCTION flows.with_seals(said jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
               WHEN flows.is_secret(key) AND value #>> '{}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
               THEN to_jsonb(flows.sealed((value #>> '{}')::uuid)) ELSE value END), '{}')
      FROM jsonb_each(said);
$$;
COMMENT ON FUNCTION flows.with_seals IS 'An object whose tokens of 122 random bits are sealed';

CREATE FUNCTION flows.without_secrets(said jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN CASE jsonb_typeof(said)
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg(flows.without_secrets(part) ORDER BY position), '[]')
                             FROM jsonb_array_elements(said) WITH ORDINALITY AS parts (part, position))
        WHEN 'object' THEN (
            SELECT coalesce(jsonb_object_agg(key, CASE
                       WHEN flows.is_secret(key) THEN value ELSE flows.without_secrets(value) END), '{}')
              FROM jsonb_each(flows.with_seals(said))
             WHERE NOT flows.is_secret(key) OR jsonb_typeof(value) = 'null'
                OR value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
        ELSE said END;
END
$$;
COMMENT ON FUNCTION flows.without_secrets IS
    'A row without its secrets; one of 122 random bits is sealed, so that records stay together; what could be guessed is left out';

CREATE FUNCTION flows.may_hold_secrets(place regclass) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN EXISTS (SELECT FROM pg_attribute
                    WHERE attrelid = place AND attnum > 0 AND NOT attisdropped
                      AND (atttypid = 'jsonb'::regtype OR flows.is_secret(attname::text)));
END
$$;
COMMENT ON FUNCTION flows.may_hold_secrets IS 'Asked once a statement: rows of most tables are recorded as they are';

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

REVOKE EXECUTE ON FUNCTION flows.is_secret, flows.sealed, flows.with_seals, flows.without_secrets, flows.may_hold_secrets
    FROM PUBLIC;

-- What was recorded before is cleaned once: the one change that this log ever sees.
ALTER TABLE flows.audit_log DISABLE TRIGGER USER;
UPDATE flows.audit_log
   SET before = flows.without_secrets(before),
       after = flows.without_secrets(after),
       row_id = CASE table_name WHEN 'public.customer_invites'
                     THEN coalesce(flows.without_secrets(coalesce(after, before)) ->> 'invite_token', row_id) ELSE row_id END
 WHERE before IS DISTINCT FROM flows.without_secrets(before) OR after IS DISTINCT FROM flows.without_secrets(after);
ALTER TABLE flows.audit_log ENABLE TRIGGER USER;

CREATE OR REPLACE FUNCTION flows.note_request(what text, meter uuid, details jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    VALUES (flows.actor(), coalesce(flows.claims() ->> 'role', session_user), what, 'flows.meter_registry', meter::text,
            flows.without_secrets(details));
$$;
