CREATE OR REPLACE FUNCTION public.submittable_payments() RETURNS SETOF public.payments
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT * FROM public.payments
     WHERE status = 'pending' AND submitted_at IS NULL AND scheduled_at <= now()
     ORDER BY scheduled_at;
$$;
COMMENT ON FUNCTION public.submittable_payments() IS 'Payments that are due and not yet with the payment provider';
SELECT flows.allow_execute('public.submittable_payments()', '{admin,service,reporting,flows_worker}');
