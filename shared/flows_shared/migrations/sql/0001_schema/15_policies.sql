-- Row level security on every table. Roots say who sees them; what hangs on them is seen with them.
-- Workers and the service role see every row, reporting reads every row: their grants say of which tables.
DO $$
DECLARE
    secured record;
BEGIN
    FOR secured IN
        SELECT format('%I.%I', nspname, relname) AS name
          FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname IN ('public', 'flows') AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', secured.name);
        EXECUTE format('CREATE POLICY workers ON %s TO service, flows_worker USING (true)', secured.name);
        EXECUTE format('CREATE POLICY reporting ON %s FOR SELECT TO reporting USING (true)', secured.name);
    END LOOP;
END
$$;

-- Roots
CREATE POLICY everyone ON flows.escos FOR SELECT TO anon, customer, admin USING (true);
CREATE POLICY everyone ON flows.regions FOR SELECT TO anon, customer, admin USING (true);
CREATE POLICY own ON flows.meter_registry TO customer USING (id = ANY((SELECT flows.own_now())::uuid[]));
CREATE POLICY own ON public.properties TO customer USING (id = ANY((SELECT flows.own_properties())::uuid[]));
CREATE POLICY own ON public.accounts TO customer USING (id = ANY((SELECT flows.own_accounts())::uuid[]));
CREATE POLICY own ON public.customers TO customer USING (id = (SELECT flows.current_customer()));
CREATE POLICY own ON public.customer_corporate_bodies TO customer USING (customer = (SELECT flows.current_customer()));
CREATE POLICY own ON public.corporate_bodies TO customer USING (id = ANY((SELECT flows.own_corporate_bodies())::uuid[]));
CREATE POLICY own ON public.messages TO customer USING (customer = (SELECT flows.current_customer()));
CREATE POLICY own ON public.ledger_accounts TO customer USING (account = ANY((SELECT flows.own_accounts())::uuid[]));
CREATE POLICY own ON public.users TO customer, admin USING (id = (SELECT flows.current_user_id()));
CREATE POLICY own ON public.user_escos TO admin USING (user_id = (SELECT flows.current_user_id()));
CREATE POLICY community ON public.accounts TO admin
    USING (EXISTS (SELECT FROM public.properties WHERE properties.id = accounts.property));
CREATE POLICY community ON public.customer_corporate_bodies TO admin
    USING (EXISTS (SELECT FROM public.customers WHERE customers.id = customer_corporate_bodies.customer));
CREATE POLICY community ON public.users TO admin
    USING (EXISTS (SELECT FROM public.customers WHERE customers.id = users.customer));
CREATE POLICY community ON public.customer_invites TO admin
    USING (EXISTS (SELECT FROM public.customers WHERE customers.id = customer_invites.customer));
CREATE POLICY operator ON flows.audit_log FOR SELECT TO admin
    USING ((SELECT flows.is_operator()));
CREATE POLICY community ON flows.service_head_registry TO admin
    USING (EXISTS (SELECT FROM flows.feeder_registry WHERE feeder_registry.id = service_head_registry.feeder));
CREATE POLICY community ON flows.properties_service_head TO admin
    USING (EXISTS (SELECT FROM public.properties WHERE properties.id = properties_service_head.property));
CREATE POLICY community ON public.billing_run_accounts TO admin
    USING (EXISTS (SELECT FROM public.billing_runs WHERE billing_runs.id = billing_run_accounts.run));
CREATE POLICY own ON flows.sites_new TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.site = sites_new.id));
CREATE POLICY own ON public.microgrid_tariffs FOR SELECT TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.esco = microgrid_tariffs.esco));
CREATE POLICY own ON public.solar_credit_tariffs FOR SELECT TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.esco = solar_credit_tariffs.esco));

DO $$
DECLARE
    rule record;
BEGIN
    -- Tables with the tenant in a column: an admin's communities
    FOR rule IN
        SELECT unnest(ARRAY['flows.meter_registry', 'flows.sites_new', 'flows.feeder_registry', 'flows.ev_chargers', 'flows.circuits',
                            'public.properties', 'public.customers', 'public.corporate_bodies', 'public.contracts', 'public.wallets',
                            'public.microgrid_tariffs', 'public.solar_credit_tariffs', 'public.billing_runs',
                            'public.invoice_series', 'public.ledger_accounts', 'public.messages']) AS name
    LOOP
        EXECUTE format('CREATE POLICY community ON %s TO admin USING (esco = ANY((SELECT flows.admin_escos())::uuid[]))', rule.name);
    END LOOP;
    EXECUTE 'CREATE POLICY community ON flows.escos FOR UPDATE TO admin USING (id = ANY((SELECT flows.admin_escos())::uuid[]))';

    -- Reference data: read by everyone who is logged in
    FOR rule IN
        SELECT unnest(ARRAY['flows.meter_event_log_type', 'flows.meter_metrics', 'flows.calendar_days', 'flows.calendar_half_hours',
                            'public.benchmark_tariffs', 'public.contract_terms', 'public.contract_terms_esco']) AS name
    LOOP
        EXECUTE format('CREATE POLICY everyone ON %s FOR SELECT TO customer, admin USING (true)', rule.name);
    END LOOP;

    -- What has a time is a customer's for as long as the home is. The first condition is the index's, the second the rule.
    FOR rule IN
        SELECT * FROM (VALUES
            ('flows.meter_csq', 'meter_id', 'times', 'timestamp'),
            ('flows.meter_voltage', 'meter_id', 'times', 'timestamp'),
            ('flows.meter_3p_voltage', 'meter_id', 'times', 'timestamp'),
            ('flows.meter_prepay_balance', 'meter_id', 'times', 'timestamp'),
            ('flows.meter_health_history', 'meter_id', 'times', 'timestamp'),
            ('flows.meter_event_log', 'meter_id', 'times', 'timestamp'),
            ('flows.register_import', 'register_id', 'times', 'timestamp'),
            ('flows.register_export', 'register_id', 'times', 'timestamp'),
            ('flows.register_interval_hh', 'register_id', 'times', 'timestamp'),
            ('flows.register_interval_daily', 'register_id', 'days', 'day'),
            ('public.topups', 'meter', 'times', 'created_at'),
            ('public.monthly_usage', 'circuit_id', 'days', 'daterange(month, (month + interval ''1 month'')::date)'),
            ('public.monthly_solar_credits', 'property_id', 'days', 'daterange(month, (month + interval ''1 month'')::date)')
        ) AS timed (name, key, tenure, occurrence)
    LOOP
        EXECUTE format('CREATE POLICY own ON %1$s TO customer
                        USING (%2$I = ANY((SELECT flows.own_ever())::uuid[])
                               AND EXISTS (SELECT FROM unnest((SELECT flows.own_times())) AS own
                                            WHERE own.id = %1$s.%2$I AND own.%3$I @> %4$s))',
                       rule.name, rule.key, rule.tenure, rule.occurrence);
    END LOOP;

    -- What hangs on another row is seen by whoever sees that row
    FOR rule IN
        SELECT * FROM (VALUES
            ('flows.properties', 'id', 'public.properties', 'id', 'customer, admin'),
            ('flows.service_head_meter', 'meter', 'flows.meter_registry', 'id', 'customer, admin'),
            ('flows.meter_shadows', 'id', 'flows.meter_registry', 'id', 'customer, admin'),
            ('flows.meter_registers', 'meter_id', 'flows.meter_registry', 'id', 'customer, admin'),
            ('flows.meter_tophat_registry', 'meter', 'flows.meter_registry', 'id', 'customer, admin'),
            ('flows.meter_csq', 'meter_id', 'flows.meter_registry', 'id', 'admin'),
            ('flows.meter_voltage', 'meter_id', 'flows.meter_registry', 'id', 'admin'),
            ('flows.meter_3p_voltage', 'meter_id', 'flows.meter_registry', 'id', 'admin'),
            ('flows.meter_prepay_balance', 'meter_id', 'flows.meter_registry', 'id', 'admin'),
            ('flows.meter_health_history', 'meter_id', 'flows.meter_registry', 'id', 'admin'),
            ('flows.meter_event_log', 'meter_id', 'flows.meter_registry', 'id', 'admin'),
            ('flows.meter_sync_status', 'meter_id', 'flows.meter_registry', 'id', 'customer, admin'),
            ('flows.register_import', 'register_id', 'flows.meter_registers', 'register_id', 'admin'),
            ('flows.register_export', 'register_id', 'flows.meter_registers', 'register_id', 'admin'),
            ('flows.register_interval_hh', 'register_id', 'flows.meter_registers', 'register_id', 'admin'),
            ('flows.register_interval_daily', 'register_id', 'flows.meter_registers', 'register_id', 'admin'),
            ('flows.circuit_register', 'register', 'flows.meter_registers', 'register_id', 'customer, admin'),
            ('flows.circuits', 'id', 'flows.circuit_register', 'circuit', 'customer'),
            ('public.meters', 'id', 'flows.meter_registry', 'id', 'customer, admin'),
            ('public.wallets', 'id', 'public.meters', 'wallet', 'customer'),
            ('public.registered_proprietors', 'property', 'public.properties', 'id', 'customer, admin'),
            ('public.contracts', 'id', 'public.accounts', 'current_contract', 'customer'),
            ('public.contract_signatures', 'contract', 'public.contracts', 'id', 'customer, admin'),
            ('public.customer_accounts', 'account', 'public.accounts', 'id', 'customer, admin'),
            ('public.account_events', 'account', 'public.accounts', 'id', 'customer, admin'),
            ('public.customer_tariffs', 'customer', 'public.customers', 'id', 'customer, admin'),
            ('public.solar_installation', 'property', 'public.properties', 'id', 'customer, admin'),
            ('public.solar_credit_allocation', 'allocation_property', 'public.properties', 'id', 'customer, admin'),
            ('public.monthly_solar_credits', 'property_id', 'public.properties', 'id', 'admin'),
            ('public.monthly_usage', 'circuit_id', 'flows.circuits', 'id', 'admin'),
            ('public.monthly_costs', 'customer_id', 'public.customers', 'id', 'customer, admin'),
            ('public.invoices', 'account', 'public.accounts', 'id', 'customer, admin'),
            ('public.invoice_lines', 'invoice', 'public.invoices', 'id', 'customer, admin'),
            ('public.documents', 'invoice', 'public.invoices', 'id', 'customer, admin'),
            ('public.ledger_postings', 'ledger_account', 'public.ledger_accounts', 'id', 'customer, admin'),
            ('public.ledger_entries', 'id', 'public.ledger_postings', 'entry', 'customer, admin'),
            ('public.payments', 'account', 'public.accounts', 'id', 'customer, admin'),
            ('public.payment_events', 'payment', 'public.payments', 'id', 'customer, admin'),
            ('public.gifts', 'customer', 'public.customers', 'id', 'customer, admin'),
            ('public.topups', 'meter', 'public.meters', 'id', 'admin'),
            ('public.topup_events', 'topup', 'public.topups', 'id', 'customer, admin'),
            ('public.topups_payments', 'topup_id', 'public.topups', 'id', 'customer, admin'),
            ('public.topups_gifts', 'topup_id', 'public.topups', 'id', 'customer, admin'),
            ('public.topups_monthly_solar_credits', 'topup_id', 'public.topups', 'id', 'customer, admin')
        ) AS child (name, key, parent, parent_key, readers)
    LOOP
        EXECUTE format('CREATE POLICY with_parent ON %1$s TO %5$s
                        USING (EXISTS (SELECT FROM %3$s AS parent WHERE parent.%4$I = %1$s.%2$I))',
                       rule.name, rule.key, rule.parent, rule.parent_key, rule.readers);
    END LOOP;
END
$$;
