CREATE OR REPLACE FUNCTION public.consumption_age_days(public.invoice_lines) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT issue_date - $1.period_start FROM invoices WHERE id = $1.invoice;
$$;
COMMENT ON FUNCTION public.consumption_age_days(public.invoice_lines) IS 'How many days before the bill the first of the line''s energy was used';
SELECT flows.allow_execute('public.consumption_age_days(public.invoice_lines)', '{customer,admin,service,reporting,flows_worker}');
