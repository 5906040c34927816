-- The wallet is the home's, and fills the meter that is there.
CREATE OR REPLACE FUNCTION flows.move_wallet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    moved uuid;
BEGIN
    SELECT before.wallet INTO moved FROM meters AS before, meters AS after
     WHERE before.id = OLD.supply_meter AND after.id = NEW.supply_meter AND after.wallet IS NULL;
    IF moved IS NOT NULL THEN
        UPDATE meters SET wallet = NULL WHERE id = OLD.supply_meter;
        UPDATE meters SET wallet = moved WHERE id = NEW.supply_meter;
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.move_wallet()', '{}');
