-- Numbers that were taken stay taken.
CREATE OR REPLACE FUNCTION flows.refuse_series_back() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.esco = OLD.esco AND NEW.last_number >= OLD.last_number
       AND NEW.last_credit_note >= OLD.last_credit_note
       AND (NEW.prefix = OLD.prefix OR (OLD.last_number, OLD.last_credit_note) = (0, 0)) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND (OLD.last_number, OLD.last_credit_note) = (0, 0) THEN
        RETURN OLD;
    END IF;
    RAISE restrict_violation USING MESSAGE = format('numbers of series %s only go on', OLD.prefix);
END
$$;
SELECT flows.allow_execute('flows.refuse_series_back()', '{}');
