CREATE OR REPLACE FUNCTION flows.audit_but_secrets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    VALUES (flows.actor(), coalesce(flows.claims() ->> 'role', session_user), lower(TG_OP), 'flows.' || TG_TABLE_NAME,
            coalesce(NEW.esco, OLD.esco)::text, to_jsonb(OLD) - TG_ARGV, to_jsonb(NEW) - TG_ARGV);
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.audit_but_secrets()', '{}');
