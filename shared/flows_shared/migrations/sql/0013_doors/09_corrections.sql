-- What a person leaves as it is needs no correction, until something of it changes again.
CREATE VIEW flows.invoice_changes WITH (security_invoker) AS
SELECT invoice, cause, noted_at FROM public.stale_invoices
 UNION ALL
SELECT line.invoice, 'readings', changed.changed_at
  FROM flows.register_days_changed AS changed
  JOIN public.invoice_lines AS line ON line.register = changed.register_id
   AND changed.day >= line.period_start AND changed.day < line.period_end;
COMMENT ON VIEW flows.invoice_changes IS 'What changed of invoices since they were computed, and when';

CREATE VIEW flows.settled_invoices WITH (security_invoker) AS
SELECT decision.invoice
  FROM public.correction_decisions AS decision
 GROUP BY decision.invoice
HAVING NOT EXISTS (SELECT FROM flows.invoice_changes AS change
                    WHERE change.invoice = decision.invoice AND change.noted_at > max(decision.created_at));
COMMENT ON VIEW flows.settled_invoices IS 'Invoices that a person leaves as they are, of which nothing changed since';

ALTER VIEW public.corrections_due SET SCHEMA flows;
ALTER VIEW flows.corrections_due RENAME TO invoice_differences;
COMMENT ON VIEW flows.invoice_differences IS 'Issued invoices that would be others today, and why: by line where readings changed, by invoice otherwise';
CREATE VIEW public.corrections_due WITH (security_invoker) AS
SELECT * FROM flows.invoice_differences AS differs
 WHERE NOT EXISTS (SELECT FROM flows.settled_invoices AS settled WHERE settled.invoice = differs.invoice);
COMMENT ON VIEW public.corrections_due IS 'Issued invoices that would be others today, and why: by line where readings changed, by invoice otherwise; not those that a person leaves as they are';
GRANT SELECT ON public.corrections_due, flows.invoice_changes, flows.settled_invoices TO admin, service, reporting, flows_worker;
