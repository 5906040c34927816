INSERT INTO public.report_refreshes (report, started_at, refreshed_at, seconds)
SELECT matviewname, now(), now(), 0 FROM pg_matviews WHERE schemaname = 'reports'
ON CONFLICT (report) DO NOTHING;
