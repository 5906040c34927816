-- When each kept report was made, and by whom it may be made again: the billing service, which owns none of them.
CREATE TABLE public.report_refreshes (
    report text PRIMARY KEY,
    started_at timestamptz NOT NULL,
    refreshed_at timestamptz,
    seconds numeric,
    error text
);
COMMENT ON TABLE public.report_refreshes IS 'How the last refresh of each kept report went; refreshed_at and seconds are those of the last that succeeded';
INSERT INTO public.report_refreshes (report, started_at, refreshed_at, seconds)
SELECT matviewname, now(), now(), 0 FROM pg_matviews WHERE schemaname = 'reports';

CREATE FUNCTION flows.refresh_report(report_in text, asked_at timestamptz) RETURNS boolean
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
COMMENT ON FUNCTION flows.refresh_report IS 'Make a kept report again, unless that began after asked_at; an error is written to report_refreshes, and the report stays as it was';

ALTER TABLE public.report_refreshes ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON public.report_refreshes FOR SELECT TO service, flows_worker USING (true);
CREATE POLICY reporting ON public.report_refreshes FOR SELECT TO reporting USING (true);
CREATE POLICY everyone ON public.report_refreshes FOR SELECT TO admin USING (true);
GRANT SELECT ON public.report_refreshes TO admin, service, reporting, flows_worker;
REVOKE EXECUTE ON FUNCTION flows.refresh_report FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.refresh_report TO flows_billing;

SELECT flows.guard_writes();
