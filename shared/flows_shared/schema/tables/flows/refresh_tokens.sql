SELECT flows.adopt_table('flows.refresh_tokens', readers => '{}', writers => '{}');
CREATE TRIGGER notify_access AFTER UPDATE ON flows.refresh_tokens
    FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION flows.notify_access();
