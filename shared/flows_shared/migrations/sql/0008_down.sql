-- Takes back 0008_reports.
DROP FUNCTION flows.refresh_report;
DROP TABLE public.report_refreshes;
DROP VIEW public.report_energy, public.report_exchange, public.report_completeness, public.report_solar_yield,
    public.report_solar_yield_monthly, public.report_revenue, public.report_arrears, public.report_savings,
    public.report_prepay_balances;
DROP FUNCTION flows.report_escos;
DROP SCHEMA reports CASCADE;
