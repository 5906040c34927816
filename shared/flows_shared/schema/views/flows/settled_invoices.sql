CREATE OR REPLACE VIEW flows.settled_invoices WITH (security_invoker) AS
SELECT decision.invoice
  FROM public.correction_decisions AS decision
 GROUP BY decision.invoice
HAVING NOT EXISTS (SELECT FROM flows.invoice_changes AS change
                    WHERE change.invoice = decision.invoice AND change.noted_at > max(decision.created_at));
COMMENT ON VIEW flows.settled_invoices IS 'Invoices that a person leaves as they are, of which nothing changed since';
SELECT flows.allow_select('flows.settled_invoices', '{admin,service,reporting,flows_worker}');
