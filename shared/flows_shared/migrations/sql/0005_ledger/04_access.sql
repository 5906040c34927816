-- Audit, row level security and grants of this migration's tables and views, as 0004 does it for its own.
DO $$
DECLARE
    made text;
BEGIN
    FOREACH made IN ARRAY ARRAY['public.refunds', 'public.write_offs'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made);
        EXECUTE format('CREATE POLICY workers ON %s TO service, flows_worker USING (true)', made);
        EXECUTE format('CREATE POLICY reporting ON %s FOR SELECT TO reporting USING (true)', made);
        EXECUTE format('GRANT SELECT ON %s TO admin, service, reporting, flows_worker', made);
        EXECUTE format('GRANT INSERT ON %s TO flows_billing', made);
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert(%1$L, ''id'')', made);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %1$s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update(%1$L, ''id'')', made);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %1$s REFERENCING OLD TABLE AS old_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete(%1$L, ''id'')', made);
    END LOOP;
END
$$;
CREATE POLICY with_parent ON public.refunds TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = refunds.account));
CREATE POLICY with_parent ON public.write_offs TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = write_offs.account));
GRANT SELECT ON public.refunds TO customer;

-- A gift lands on an account of the customer to whom it is given, and of nobody else.
CREATE POLICY account_links ON public.gifts AS RESTRICTIVE TO admin USING (true)
    WITH CHECK (account IS NULL OR EXISTS (SELECT FROM public.customer_accounts AS part
                                            WHERE part.account = gifts.account AND part.customer = gifts.customer));

GRANT SELECT ON public.account_statements, public.account_balances TO customer, admin, service, reporting, flows_worker;
GRANT SELECT ON flows.money_events TO reporting, flows_worker;
GRANT INSERT, UPDATE ON public.payments TO flows_billing;
GRANT INSERT ON public.payment_events, public.gifts TO flows_billing;

-- The audit log holds secrets; of gifts and top-ups it alone knows who made them.
CREATE FUNCTION flows.made_by(of_table text, of_row uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT actor FROM flows.audit_log
     WHERE table_name = of_table AND row_id = of_row::text AND action = 'insert' ORDER BY id LIMIT 1;
$$;

REVOKE EXECUTE ON FUNCTION flows.made_by, flows.keep_posted, flows.follow_payment, flows.refuse_second_landing, flows.ledger_codes,
    flows.post_money, flows.post_rows, flows.set_invoice_statuses, flows.follow_postings, flows.hold_receivable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.made_by, flows.ledger_codes, flows.set_invoice_statuses, flows.hold_receivable TO flows_billing;

SELECT flows.guard_writes();
