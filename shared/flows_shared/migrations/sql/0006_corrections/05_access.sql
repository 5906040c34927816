-- Dates, audit, row level security and grants of this migration's tables, as 0001 does it for its own.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT format('%I.%I', nspname, relname) AS name,
               (SELECT string_agg(quote_literal(attname), ', ' ORDER BY array_position(indkey::int2[], attnum))
                  FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
                 WHERE indrelid = pg_class.oid AND indisprimary) AS key,
               EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'updated_at') AS dated,
               relname IN ('back_bill_exceptions', 'account_suppliers') AS written_by_admins
          FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE (nspname, relname) IN (('public', 'credit_notes'), ('public', 'back_bill_exceptions'),
                                      ('public', 'account_closings'), ('public', 'closing_reads'),
                                      ('public', 'account_suppliers'), ('public', 'stale_invoices'),
                                      ('flows', 'register_days_changed'))
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made.name);
        EXECUTE format('CREATE POLICY workers ON %s TO service, flows_worker USING (true)', made.name);
        EXECUTE format('CREATE POLICY reporting ON %s FOR SELECT TO reporting USING (true)', made.name);
        EXECUTE format('GRANT SELECT ON %s TO admin, service, reporting, flows_worker', made.name);
        IF made.written_by_admins THEN
            EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %s TO admin, service', made.name);
            EXECUTE format('CREATE POLICY links ON %1$s AS RESTRICTIVE TO admin USING (true)
                            WITH CHECK (EXISTS (SELECT FROM public.accounts AS linked WHERE linked.id = account))', made.name);
        END IF;
        CONTINUE WHEN NOT made.dated;
        EXECUTE format('CREATE TRIGGER set_updated_at BEFORE UPDATE ON %s
                        FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at()', made.name);
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert(%1$L, %2$s)', made.name, made.key);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %1$s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update(%1$L, %2$s)', made.name, made.key);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %1$s REFERENCING OLD TABLE AS old_rows
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete(%1$L, %2$s)', made.name, made.key);
    END LOOP;
END
$$;
GRANT SELECT ON public.credit_notes, public.account_closings, public.closing_reads, public.account_suppliers TO customer;

CREATE POLICY with_parent ON public.credit_notes TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = credit_notes.account));
CREATE POLICY with_credit_note ON public.documents TO customer, admin
    USING (EXISTS (SELECT FROM public.credit_notes AS parent WHERE parent.id = documents.credit_note));
CREATE POLICY with_parent ON public.back_bill_exceptions TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = back_bill_exceptions.account));
CREATE POLICY with_parent ON public.account_closings TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = account_closings.account));
CREATE POLICY with_parent ON public.closing_reads TO customer, admin
    USING (EXISTS (SELECT FROM public.account_closings AS parent WHERE parent.account = closing_reads.account));
CREATE POLICY with_parent ON public.account_suppliers TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = account_suppliers.account));
CREATE POLICY with_parent ON public.stale_invoices TO admin
    USING (EXISTS (SELECT FROM public.invoices AS parent WHERE parent.id = stale_invoices.invoice));
CREATE POLICY with_parent ON flows.register_days_changed TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_days_changed.register_id));

GRANT UPDATE (back_bill_months) ON flows.escos TO admin;
GRANT INSERT ON public.credit_notes, public.accounts, public.customer_accounts TO flows_billing;
GRANT INSERT, UPDATE ON public.account_closings, public.closing_reads TO flows_billing;
GRANT UPDATE (status, end_date) ON public.accounts TO flows_billing;
GRANT USAGE ON SEQUENCE public.account_numbers TO flows_billing;
GRANT DELETE ON public.stale_invoices, flows.register_days_changed TO flows_billing;
GRANT SELECT ON public.corrections_due TO admin, service, reporting, flows_worker;

REVOKE EXECUTE ON FUNCTION public.correct_tariff, public.consumption_age_days, flows.billed_until, flows.note_changed_days,
    flows.note_changed_estimates, flows.note_stale, flows.note_changed_tariff, flows.note_changed_vat,
    flows.note_changed_payer, flows.note_changed_account, flows.note_changed_supplier FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.correct_tariff TO admin, service;
GRANT EXECUTE ON FUNCTION public.consumption_age_days TO customer, admin, service, reporting, flows_worker;

SELECT flows.guard_writes();
