-- What makes an issued bill wrong is noted as it is written. Readings by day: whoever writes half hours writes the day's sum.
CREATE OR REPLACE FUNCTION flows.billed_until() RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT greatest((SELECT (max(month) + interval '1 month')::date FROM public.billing_runs),
                    (SELECT max(last_day) + 1 FROM public.account_closings));
$$;
COMMENT ON FUNCTION flows.billed_until() IS 'Days before this one may have been billed, or are being billed now';
SELECT flows.allow_execute('flows.billed_until()', '{}');
