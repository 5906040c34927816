CREATE OR REPLACE FUNCTION flows.keep_microgrid_tariff_name() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.name := (SELECT name FROM microgrid_tariffs WHERE esco = NEW.esco AND period_start <= NEW.period_start
                  ORDER BY period_start DESC, superseded_by IS NULL DESC LIMIT 1);
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.keep_microgrid_tariff_name()', '{}');
