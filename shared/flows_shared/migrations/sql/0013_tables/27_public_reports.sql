CREATE TABLE public.report_refreshes (
    report text PRIMARY KEY,
    started_at timestamptz NOT NULL,
    refreshed_at timestamptz,
    seconds numeric,
    error text
);
COMMENT ON TABLE public.report_refreshes IS 'How the last refresh of each kept report went; refreshed_at and seconds are those of the last that succeeded';
