-- Keys of programs. What a key is stands apart from its secret, so that no access role can read the secret's hash.
CREATE TABLE public.api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (name <> ''),
    hint text NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'service', 'reporting')),
    scopes text[] NOT NULL
        CHECK (array_to_string(scopes, ' ') ~ '^(read|write(:\w+(\.\w+)?)?)( (read|write(:\w+(\.\w+)?)?))*$'),
    esco uuid REFERENCES flows.escos (id) ON DELETE CASCADE,
    created_by uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (role = 'admin' OR esco IS NULL)
);
CREATE INDEX ON public.api_keys (esco);
CREATE INDEX ON public.api_keys (created_by);
COMMENT ON TABLE public.api_keys IS 'Keys of programs: each acts for the admin who made it, within its role, community and scopes';
COMMENT ON COLUMN public.api_keys.hint IS 'The first characters of the key, to know it by';
COMMENT ON COLUMN public.api_keys.scopes IS 'read, write, write:SCHEMA or write:SCHEMA.TABLE; every key reads what its role sees';
COMMENT ON COLUMN public.api_keys.esco IS 'The only community that the key reaches; null: all of its maker''s';

CREATE TABLE flows.api_key_secrets (
    api_key uuid PRIMARY KEY REFERENCES public.api_keys (id) ON DELETE CASCADE,
    secret_hash bytea NOT NULL UNIQUE,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE flows.api_key_secrets IS 'The SHA-256 of each key, and when it was last used';

CREATE FUNCTION flows.is_key() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(flows.claims() ? 'key', false);
$$;
COMMENT ON FUNCTION flows.is_key IS 'Whether a program asks, by its key';

-- A key reaches what its maker reaches now, and of that the one community that it names.
CREATE OR REPLACE FUNCTION flows.admin_escos() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    only_esco uuid := (flows.claims() #>> '{key,esco}')::uuid;
BEGIN
    RETURN ARRAY(
        SELECT esco.id
          FROM public.users AS login
          JOIN flows.escos AS esco ON login.all_escos
            OR esco.id IN (SELECT member.esco FROM public.user_escos AS member WHERE member.user_id = login.id)
         WHERE login.id = flows.current_user_id() AND login.role = 'admin' AND login.disabled_at IS NULL
           AND (only_esco IS NULL OR esco.id = only_esco));
END
$$;

CREATE OR REPLACE FUNCTION flows.is_operator() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN flows.claims() #>> '{key,esco}' IS NULL
       AND EXISTS (SELECT FROM public.users
                    WHERE id = flows.current_user_id() AND role = 'admin' AND all_escos AND disabled_at IS NULL);
END
$$;

ALTER TABLE public.api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE flows.api_key_secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON public.api_keys TO service, flows_worker USING (true);
CREATE POLICY workers ON flows.api_key_secrets TO service, flows_worker USING (true);
CREATE POLICY reporting ON public.api_keys FOR SELECT TO reporting USING (true);
CREATE POLICY reporting ON flows.api_key_secrets FOR SELECT TO reporting USING (true);

CREATE POLICY community ON public.api_keys FOR SELECT TO admin
    USING (esco = ANY((SELECT flows.admin_escos())::uuid[]) OR (SELECT flows.is_operator()));
-- Only operators make keys that reach every community. What is revoked stays so.
CREATE POLICY made ON public.api_keys FOR INSERT TO admin
    WITH CHECK (created_by = (SELECT flows.current_user_id())
                AND ((SELECT flows.is_operator()) OR role = 'admin' AND esco = ANY((SELECT flows.admin_escos())::uuid[])));
CREATE POLICY kept ON public.api_keys FOR UPDATE TO admin
    USING (revoked_at IS NULL AND (esco = ANY((SELECT flows.admin_escos())::uuid[]) OR (SELECT flows.is_operator())))
    WITH CHECK (esco = ANY((SELECT flows.admin_escos())::uuid[]) OR (SELECT flows.is_operator()));
CREATE POLICY by_people ON public.api_keys AS RESTRICTIVE TO admin USING (true) WITH CHECK (NOT (SELECT flows.is_key()));
CREATE POLICY with_parent ON flows.api_key_secrets FOR SELECT TO admin
    USING (EXISTS (SELECT FROM public.api_keys AS parent WHERE parent.id = api_key));
CREATE POLICY made ON flows.api_key_secrets FOR INSERT TO admin
    WITH CHECK (EXISTS (SELECT FROM public.api_keys AS parent
                         WHERE parent.id = api_key AND parent.created_by = (SELECT flows.current_user_id())));
CREATE POLICY by_people ON flows.api_key_secrets AS RESTRICTIVE TO admin USING (true) WITH CHECK (NOT (SELECT flows.is_key()));

GRANT SELECT ON public.api_keys TO admin;
GRANT INSERT (name, hint, role, scopes, esco, created_by, expires_at), UPDATE (name, revoked_at) ON public.api_keys TO admin;
GRANT SELECT (api_key, last_used_at), INSERT (api_key, secret_hash) ON flows.api_key_secrets TO admin;

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.api_key_secrets FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();
CREATE TRIGGER audit_insert AFTER INSERT ON public.api_keys REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.api_keys', 'id');
CREATE TRIGGER audit_update AFTER UPDATE ON public.api_keys REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.api_keys', 'id');
CREATE TRIGGER audit_delete AFTER DELETE ON public.api_keys REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.api_keys', 'id');

-- A key that was used is looked up here, before there is a role; its last use is noted at most once a minute.
CREATE FUNCTION flows.use_api_key(given_hash bytea)
RETURNS TABLE (id uuid, role text, scopes text[], esco uuid, created_by uuid, expires_at timestamptz, revoked_at timestamptz,
               allowed boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.api_key_secrets SET last_used_at = now()
     WHERE secret_hash = given_hash AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute');
    SELECT key.id, key.role, key.scopes, key.esco, key.created_by, key.expires_at, key.revoked_at,
           login.disabled_at IS NULL AND login.role = 'admin' AND (key.role = 'admin' OR login.all_escos)
      FROM flows.api_key_secrets AS secret
      JOIN public.api_keys AS key ON key.id = secret.api_key
      JOIN public.users AS login ON login.id = key.created_by
     WHERE secret.secret_hash = given_hash;
$$;
COMMENT ON FUNCTION flows.use_api_key IS 'allowed: whether the maker still may have such a key';

REVOKE EXECUTE ON FUNCTION flows.is_key, flows.use_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.is_key TO anon, customer, admin, service, reporting, flows_worker;
GRANT EXECUTE ON FUNCTION flows.use_api_key TO flows_gateway;
