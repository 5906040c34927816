-- Who reads which communities' reports. The views of reports read as their owner, who alone may read what is kept: the condition
-- on report_escos() in each is what row level security is elsewhere.
CREATE OR REPLACE FUNCTION flows.report_escos() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
BEGIN
    IF pg_has_role('service', 'USAGE') OR pg_has_role('reporting', 'USAGE') OR pg_has_role('flows_worker', 'USAGE') THEN
        RETURN ARRAY(SELECT id FROM flows.escos);
    ELSIF pg_has_role('admin', 'USAGE') THEN
        RETURN flows.admin_escos();
    END IF;
    RETURN '{}';
END
$$;
COMMENT ON FUNCTION flows.report_escos() IS 'Communities whose reports the caller reads: an admin''s own, all for programs, none for others';
SELECT flows.allow_execute('flows.report_escos()', '{admin,service,reporting,flows_worker}');
