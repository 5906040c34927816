DROP VIEW public.corrections_due, flows.settled_invoices, flows.invoice_changes;
ALTER VIEW flows.invoice_differences SET SCHEMA public;
ALTER VIEW public.invoice_differences RENAME TO corrections_due;
COMMENT ON VIEW public.corrections_due IS 'Issued invoices that would be others today, and why: by line where readings changed, by invoice otherwise';
