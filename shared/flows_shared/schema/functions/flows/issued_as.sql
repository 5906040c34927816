-- The audit log is not for workers: of what they issued they may ask how it was.
CREATE OR REPLACE FUNCTION flows.issued_as(invoice uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT after - '{status,created_at,updated_at}'::text[] FROM flows.audit_log
     WHERE table_name = 'public.invoices' AND row_id = invoice::text AND action = 'insert' ORDER BY id LIMIT 1;
$$;
COMMENT ON FUNCTION flows.issued_as(uuid) IS 'The invoice as it was when it was stored, by the audit log';
SELECT flows.allow_execute('flows.issued_as(uuid)', '{flows_worker}');
