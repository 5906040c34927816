CREATE OR REPLACE FUNCTION flows.follow_payment() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.reversed_at := OLD.reversed_at;
    IF OLD.status = 'succeeded' AND NEW.status = 'failed' THEN
        NEW.reversed_at := now();
    ELSIF OLD.status = 'succeeded' AND NEW.status <> 'succeeded' THEN
        RAISE restrict_violation USING
            MESSAGE = format('payment %s has succeeded: it can only fail, not be %s', OLD.id, NEW.status);
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.follow_payment()', '{}');
