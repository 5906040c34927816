-- Takes back 0003_access.
DROP POLICY scope_select ON public.customer_invites;
DO $$
DECLARE
    policy record;
BEGIN
    FOR policy IN
        SELECT polname, polrelid::regclass AS name FROM pg_policy WHERE polname IN ('scope_insert', 'scope_update', 'scope_delete')
    LOOP
        EXECUTE format('DROP POLICY %I ON %s', policy.polname, policy.name);
    END LOOP;
END
$$;
DROP FUNCTION flows.guard_writes, flows.check_write;

DROP TRIGGER send_invite ON public.customer_invites;
REVOKE SELECT ON public.customer_invites FROM flows_notify;
REVOKE UPDATE (status, invite_url) ON public.customer_invites FROM flows_notify;
DROP FUNCTION flows.send_invite, flows.accept_invite, flows.use_recovery, flows.begin_recovery;
DROP TABLE flows.recoveries;

DROP TRIGGER notify_access ON flows.refresh_tokens;
DROP TRIGGER notify_access ON public.users;
DROP TABLE flows.api_key_secrets, public.api_keys;
DROP FUNCTION flows.notify_access, flows.set_password, flows.end_sessions, flows.audit_access, flows.session_lives, flows.session_of,
    flows.use_api_key, flows.is_key;

CREATE OR REPLACE FUNCTION flows.admin_escos() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN ARRAY(
        SELECT esco.id
          FROM public.users AS login
          JOIN flows.escos AS esco ON login.all_escos
            OR esco.id IN (SELECT member.esco FROM public.user_escos AS member WHERE member.user_id = login.id)
         WHERE login.id = flows.current_user_id() AND login.role = 'admin' AND login.disabled_at IS NULL);
END
$$;

CREATE OR REPLACE FUNCTION flows.is_operator() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.users
                    WHERE id = flows.current_user_id() AND role = 'admin' AND all_escos AND disabled_at IS NULL);
END
$$;
