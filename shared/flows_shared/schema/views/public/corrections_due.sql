CREATE OR REPLACE VIEW public.corrections_due WITH (security_invoker) AS
SELECT * FROM flows.invoice_differences AS differs
 WHERE NOT EXISTS (SELECT FROM flows.settled_invoices AS settled WHERE settled.invoice = differs.invoice);
COMMENT ON VIEW public.corrections_due IS 'Issued invoices that would be others today, and why: by line where readings changed, by invoice otherwise; not those that a person leaves as they are';
SELECT flows.allow_select('public.corrections_due', '{admin,service,reporting,flows_worker}');
