CREATE OR REPLACE FUNCTION flows.analyze_calendar_bands() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    ANALYZE flows.calendar_bands;
END
$$;
COMMENT ON FUNCTION flows.analyze_calendar_bands() IS 'For the billing service, which does not own the table, after it has filled it';
SELECT flows.allow_execute('flows.analyze_calendar_bands()', '{flows_billing}');
