CREATE OR REPLACE FUNCTION flows.said_moment(said text) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    IF said ~ '^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$' THEN
        RETURN said::timestamptz;
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION flows.said_moment(text) IS 'The time from 2000 to 2199 that a text is; null where it is none';
SELECT flows.allow_execute('flows.said_moment(text)', '{customer,admin,service,reporting,flows_worker,mediator}');
