-- A month before the year 2000 was kept as -infinity, which is no month: the list of runs could not be read any more.
-- Such a run billed nothing.
DELETE FROM public.billing_runs AS run
 WHERE NOT isfinite(run.month) AND NOT EXISTS (SELECT FROM public.invoices AS invoice WHERE invoice.run = run.id);
