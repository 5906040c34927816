-- However an invite is made, the mail follows.
CREATE OR REPLACE FUNCTION flows.send_invite() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_invites', jsonb_build_array(NEW.customer), NEW.customer)
        ON CONFLICT (service, job, key) WHERE key IS NOT NULL AND failed_at IS NULL DO UPDATE SET sent_at = NULL;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.send_invite()', '{}');
