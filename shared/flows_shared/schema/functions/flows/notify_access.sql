-- What a gateway believes is forgotten as soon as it is not true any more.
CREATE OR REPLACE FUNCTION flows.notify_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM pg_notify('flows_access', coalesce(to_jsonb(OLD) ->> 'session', to_jsonb(OLD) ->> 'id'));
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.notify_access()', '{}');
