-- What a person leaves as it is needs no correction, until something of it changes again.
CREATE OR REPLACE VIEW flows.invoice_changes WITH (security_invoker) AS
SELECT invoice, cause, noted_at FROM public.stale_invoices
 UNION ALL
SELECT line.invoice, 'readings', changed.changed_at
  FROM flows.register_days_changed AS changed
  JOIN public.invoice_lines AS line ON line.register = changed.register_id
   AND changed.day >= line.period_start AND changed.day < line.period_end;
COMMENT ON VIEW flows.invoice_changes IS 'What changed of invoices since they were computed, and when';
SELECT flows.allow_select('flows.invoice_changes', '{admin,service,reporting,flows_worker}');
