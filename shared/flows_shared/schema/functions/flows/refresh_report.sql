CREATE OR REPLACE FUNCTION flows.refresh_report(report_in text, asked_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    began timestamptz;
BEGIN
    -- Two at once are one: who waited finds that it was begun after they asked, and so holds what they ask for.
    PERFORM pg_advisory_xact_lock(hashtextextended('flows.refresh_report:' || report_in, 0));
    IF EXISTS (SELECT FROM public.report_refreshes
                WHERE report = report_in AND started_at >= asked_at AND error IS NULL) THEN
        RETURN false;
    END IF;
    began := clock_timestamp();
    BEGIN
        EXECUTE format('REFRESH MATERIALIZED VIEW CONCURRENTLY reports.%I', report_in);
    EXCEPTION WHEN OTHERS THEN
        UPDATE public.report_refreshes SET started_at = began, error = SQLERRM WHERE report = report_in;
        RETURN false;
    END;
    UPDATE public.report_refreshes
       SET started_at = began, refreshed_at = clock_timestamp(), error = NULL,
           seconds = round(extract(epoch FROM clock_timestamp() - began), 3)
     WHERE report = report_in;
    RETURN true;
END
$$;
COMMENT ON FUNCTION flows.refresh_report(text,timestamp with time zone) IS 'Make a kept report again, unless that began after asked_at; an error is written to report_refreshes, and the report stays as it was';
SELECT flows.allow_execute('flows.refresh_report(text,timestamp with time zone)', '{flows_billing}');
