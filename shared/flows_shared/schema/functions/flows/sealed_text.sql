CREATE OR REPLACE FUNCTION flows.sealed_text(public.credit_notes) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_array($1.id, $1.number, $1.esco, $1.account, $1.customer, $1.invoice, $1.replacement, $1.causes,
                            $1.reason, $1.issue_date, $1.tax_point, $1.vat_number, $1.net_pence, $1.vat_pence,
                            $1.total_pence, $1.requested_by, $1.changed_days)::text;
$$;
SELECT flows.allow_execute('flows.sealed_text(public.credit_notes)', '{flows_worker}');
CREATE OR REPLACE FUNCTION flows.sealed_text(public.documents) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_array($1.id, $1.invoice, $1.credit_note, $1.file_name, $1.media_type,
                            encode(sha256($1.content), 'hex'))::text;
$$;
SELECT flows.allow_execute('flows.sealed_text(public.documents)', '{flows_worker}');
CREATE OR REPLACE FUNCTION flows.sealed_text(public.invoice_lines) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_array($1.id, $1.invoice, $1.position, $1.kind, $1.description, $1.quantity, $1.unit, $1.rate,
                            $1.amount_pence, $1.includes_vat, $1.vat_rate, $1.period_start, $1.period_end,
                            $1.customer_tariff, $1.microgrid_tariff, $1.register, $1.first_interval AT TIME ZONE 'UTC',
                            $1.last_interval AT TIME ZONE 'UTC', $1.intervals, $1.estimated, $1.element, $1.band,
                            $1.block_from_kwh, $1.component, $1.vat_reason, $1.sharing_terms, $1.basis)::text;
$$;
SELECT flows.allow_execute('flows.sealed_text(public.invoice_lines)', '{flows_worker}');
-- Named columns, so that a column that is added later changes no digest; JSON, so that no session's settings do.
CREATE OR REPLACE FUNCTION flows.sealed_text(public.invoices) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_array($1.id, $1.number, $1.esco, $1.account, $1.customer, $1.run, $1.period_start, $1.period_end,
                            $1.issue_date, $1.due_date, $1.tax_point, $1.vat_number, $1.net_pence, $1.vat_pence,
                            $1.total_pence, $1.previous_balance_pence, $1.payments_pence, $1.amount_due_pence,
                            $1.benchmark_pence)::text;
$$;
SELECT flows.allow_execute('flows.sealed_text(public.invoices)', '{flows_worker}');
