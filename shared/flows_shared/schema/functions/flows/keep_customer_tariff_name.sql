CREATE OR REPLACE FUNCTION flows.keep_customer_tariff_name() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.name := (SELECT name FROM customer_tariffs WHERE customer = NEW.customer AND period_start <= NEW.period_start
                  ORDER BY period_start DESC, superseded_by IS NULL DESC LIMIT 1);
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.keep_customer_tariff_name()', '{}');
