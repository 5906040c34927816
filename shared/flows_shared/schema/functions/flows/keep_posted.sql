-- What is in the books stays as it was posted. Arguments: the columns that may not change.
CREATE OR REPLACE FUNCTION flows.keep_posted() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM unnest(TG_ARGV) AS name
                                    WHERE to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s %s is in the ledger, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME, OLD.id);
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.keep_posted()', '{}');
