SELECT flows.adopt_table('public.api_keys', readers => '{admin}', writers => '{}', audited => true);
GRANT INSERT (name, hint, role, scopes, esco, created_by, expires_at) ON public.api_keys TO admin;
GRANT UPDATE (name, revoked_at) ON public.api_keys TO admin;
CREATE TRIGGER notify_access AFTER UPDATE OR DELETE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION flows.notify_access();
CREATE POLICY by_people ON public.api_keys AS RESTRICTIVE TO admin USING (true) WITH CHECK (NOT (SELECT flows.is_key()));
CREATE POLICY community ON public.api_keys FOR SELECT TO admin
    USING (esco = ANY((SELECT flows.admin_escos())::uuid[]) OR (SELECT flows.is_operator()));
CREATE POLICY kept ON public.api_keys FOR UPDATE TO admin
    USING (revoked_at IS NULL AND (esco = ANY((SELECT flows.admin_escos())::uuid[]) OR (SELECT flows.is_operator())))
    WITH CHECK (esco = ANY((SELECT flows.admin_escos())::uuid[]) OR (SELECT flows.is_operator()));
-- Only operators make keys that reach every community. What is revoked stays so.
CREATE POLICY made ON public.api_keys FOR INSERT TO admin
    WITH CHECK (created_by = (SELECT flows.current_user_id())
                AND ((SELECT flows.is_operator()) OR role = 'admin' AND esco = ANY((SELECT flows.admin_escos())::uuid[])));
