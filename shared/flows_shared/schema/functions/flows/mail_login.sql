CREATE OR REPLACE FUNCTION flows.mail_login(mail_id uuid, login_id uuid, mail_kind text, address text, lasts_until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    DELETE FROM flows.login_mails WHERE user_id = login_id AND expires_at < now();
    INSERT INTO flows.login_mails (id, user_id, kind, email, expires_at)
    VALUES (mail_id, login_id, mail_kind, address, lasts_until);
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_login_mail', jsonb_build_array(mail_id), mail_id);
$$;
SELECT flows.allow_execute('flows.mail_login(uuid,uuid,text,text,timestamp with time zone)', '{}');
