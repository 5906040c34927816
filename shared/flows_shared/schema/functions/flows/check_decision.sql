CREATE OR REPLACE FUNCTION flows.check_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.invoices WHERE id = NEW.invoice AND account = NEW.account) THEN
        RAISE foreign_key_violation USING MESSAGE = 'the invoice is not of this account';
    END IF;
    NEW.created_at := now();
    NEW.recorded_by := flows.actor();
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.check_decision()', '{}');
