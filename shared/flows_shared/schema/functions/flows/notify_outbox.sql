CREATE OR REPLACE FUNCTION flows.notify_outbox() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('flows_outbox', service) FROM (SELECT DISTINCT service FROM added) AS added_services;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.notify_outbox()', '{}');
