CREATE OR REPLACE FUNCTION flows.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE restrict_violation USING
        MESSAGE = format('%s.%s can be added to, never changed', TG_TABLE_SCHEMA, TG_TABLE_NAME);
END
$$;
SELECT flows.allow_execute('flows.refuse_change()', '{}');
