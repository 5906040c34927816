-- Row level security on every table. Roots say who sees them; what hangs on them is seen with them.
CREATE FUNCTION flows.current_user_id() RETURNS uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, flows AS $$
    SELECT (flows.claims() ->> 'sub')::uuid;
$$;

CREATE FUNCTION flows.current_customer() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT customer FROM public.users WHERE id = flows.current_user_id() AND disabled_at IS NULL;
$$;

CREATE FUNCTION flows.admin_escos() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(array_agg(esco.id), '{}')
      FROM public.users AS login
      JOIN flows.escos AS esco ON login.all_escos
        OR esco.id IN (SELECT member.esco FROM public.user_escos AS member WHERE member.user_id = login.id)
     WHERE login.id = flows.current_user_id() AND login.role = 'admin' AND login.disabled_at IS NULL;
$$;

CREATE FUNCTION flows.own_accounts() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(array_agg(account), '{}') FROM public.customer_accounts WHERE customer = flows.current_customer();
$$;

CREATE FUNCTION flows.own_corporate_bodies() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(array_agg(corporate_body), '{}') FROM public.customer_corporate_bodies
     WHERE customer = flows.current_customer();
$$;

CREATE FUNCTION flows.own_properties() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(array_agg(property), '{}') FROM (
        SELECT property FROM public.accounts WHERE id = ANY(flows.own_accounts())
         UNION
        SELECT property FROM public.registered_proprietors
         WHERE customer = flows.current_customer() OR corporate_body = ANY(flows.own_corporate_bodies())
         UNION
        SELECT id FROM public.properties WHERE owner = flows.current_customer()) AS own;
$$;
COMMENT ON FUNCTION flows.own_properties IS 'Homes that the customer has an account for, or owns in person or through a corporate body';

CREATE FUNCTION flows.own_meters() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(array_agg(meter), '{}')
      FROM public.properties AS property, unnest(ARRAY[property.supply_meter, property.solar_meter]) AS meter
     WHERE property.id = ANY(flows.own_properties()) AND meter IS NOT NULL;
$$;

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
CREATE POLICY own ON flows.meter_registry TO customer USING (id = ANY((SELECT flows.own_meters())::uuid[]));
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
CREATE POLICY community ON public.corporate_bodies TO admin
    USING (EXISTS (SELECT FROM public.registered_proprietors WHERE registered_proprietors.corporate_body = corporate_bodies.id)
        OR EXISTS (SELECT FROM public.customer_corporate_bodies WHERE customer_corporate_bodies.corporate_body = corporate_bodies.id));
CREATE POLICY community ON public.users TO admin
    USING (EXISTS (SELECT FROM public.customers WHERE customers.id = users.customer));
CREATE POLICY community ON public.customer_invites TO admin
    USING (EXISTS (SELECT FROM public.customers WHERE customers.id = customer_invites.customer));
CREATE POLICY operator ON flows.audit_log FOR SELECT TO admin
    USING ((SELECT all_escos FROM public.users WHERE id = (SELECT flows.current_user_id())));
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
        SELECT unnest(ARRAY['flows.meter_registry', 'flows.sites_new', 'flows.feeder_registry', 'flows.ev_chargers',
                            'public.properties', 'public.customers', 'public.microgrid_tariffs', 'public.solar_credit_tariffs',
                            'public.billing_runs', 'public.invoice_series', 'public.ledger_accounts', 'public.messages']) AS name
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

    -- What hangs on another row is seen by whoever sees that row
    FOR rule IN
        SELECT * FROM (VALUES
            ('flows.properties', 'id', 'public.properties', 'id'),
            ('flows.service_head_meter', 'meter', 'flows.meter_registry', 'id'),
            ('flows.meter_shadows', 'id', 'flows.meter_registry', 'id'),
            ('flows.meter_registers', 'meter_id', 'flows.meter_registry', 'id'),
            ('flows.meter_tophat_registry', 'meter', 'flows.meter_registry', 'id'),
            ('flows.meter_csq', 'meter_id', 'flows.meter_registry', 'id'),
            ('flows.meter_voltage', 'meter_id', 'flows.meter_registry', 'id'),
            ('flows.meter_3p_voltage', 'meter_id', 'flows.meter_registry', 'id'),
            ('flows.meter_prepay_balance', 'meter_id', 'flows.meter_registry', 'id'),
            ('flows.meter_health_history', 'meter_id', 'flows.meter_registry', 'id'),
            ('flows.meter_event_log', 'meter_id', 'flows.meter_registry', 'id'),
            ('flows.meter_sync_status', 'meter_id', 'flows.meter_registry', 'id'),
            ('flows.register_import', 'register_id', 'flows.meter_registers', 'register_id'),
            ('flows.register_export', 'register_id', 'flows.meter_registers', 'register_id'),
            ('flows.register_interval_hh', 'register_id', 'flows.meter_registers', 'register_id'),
            ('flows.register_interval_daily', 'register_id', 'flows.meter_registers', 'register_id'),
            ('flows.circuit_register', 'register', 'flows.meter_registers', 'register_id'),
            ('flows.circuits', 'id', 'flows.circuit_register', 'circuit'),
            ('public.meters', 'id', 'flows.meter_registry', 'id'),
            ('public.wallets', 'id', 'public.meters', 'wallet'),
            ('public.registered_proprietors', 'property', 'public.properties', 'id'),
            ('public.contracts', 'id', 'public.accounts', 'current_contract'),
            ('public.contract_signatures', 'contract', 'public.contracts', 'id'),
            ('public.customer_accounts', 'account', 'public.accounts', 'id'),
            ('public.account_events', 'account', 'public.accounts', 'id'),
            ('public.customer_tariffs', 'customer', 'public.customers', 'id'),
            ('public.solar_installation', 'property', 'public.properties', 'id'),
            ('public.solar_credit_allocation', 'allocation_property', 'public.properties', 'id'),
            ('public.monthly_solar_credits', 'property_id', 'public.properties', 'id'),
            ('public.monthly_usage', 'circuit_id', 'flows.circuits', 'id'),
            ('public.monthly_costs', 'customer_id', 'public.customers', 'id'),
            ('public.invoices', 'account', 'public.accounts', 'id'),
            ('public.invoice_lines', 'invoice', 'public.invoices', 'id'),
            ('public.documents', 'invoice', 'public.invoices', 'id'),
            ('public.ledger_postings', 'ledger_account', 'public.ledger_accounts', 'id'),
            ('public.ledger_entries', 'id', 'public.ledger_postings', 'entry'),
            ('public.payments', 'account', 'public.accounts', 'id'),
            ('public.payment_events', 'payment', 'public.payments', 'id'),
            ('public.gifts', 'customer', 'public.customers', 'id'),
            ('public.topups', 'meter', 'public.meters', 'id'),
            ('public.topup_events', 'topup', 'public.topups', 'id'),
            ('public.topups_payments', 'topup_id', 'public.topups', 'id'),
            ('public.topups_gifts', 'topup_id', 'public.topups', 'id'),
            ('public.topups_monthly_solar_credits', 'topup_id', 'public.topups', 'id')
        ) AS child (name, key, parent, parent_key)
    LOOP
        EXECUTE format('CREATE POLICY with_parent ON %1$s TO customer, admin
                        USING (EXISTS (SELECT FROM %3$s AS parent WHERE parent.%4$I = %1$s.%2$I))',
                       rule.name, rule.key, rule.parent, rule.parent_key);
    END LOOP;
END
$$;
