CREATE OR REPLACE FUNCTION flows.refuse_invoice_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.status = 'draft' OR to_jsonb(NEW) - ARRAY['status', 'updated_at'] <> to_jsonb(OLD) - ARRAY['status', 'updated_at'] THEN
        RAISE restrict_violation USING
            MESSAGE = format('invoice %s is issued: only its status may change', OLD.number);
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.refuse_invoice_change()', '{}');
