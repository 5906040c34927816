-- Which tables each role may touch; which of their rows is the policies' matter.
GRANT SELECT ON flows.escos, flows.regions, public.escos, public.regions TO anon;

GRANT SELECT ON ALL TABLES IN SCHEMA public, flows TO customer, admin, service, reporting, flows_worker;
REVOKE SELECT ON flows.outbox, flows.meter_leases FROM customer, admin, service, reporting;
REVOKE SELECT ON public.users FROM customer, admin, service, reporting, flows_worker;
GRANT SELECT (id, email, role, customer, all_escos, disabled_at, last_login_at, created_at, updated_at)
    ON public.users TO customer, admin, service, reporting, flows_worker;
-- An invite's token lets one in as its customer; the audit log holds it too.
REVOKE SELECT ON public.customer_invites, flows.audit_log FROM customer, reporting;
REVOKE SELECT ON flows.service_head_registry, flows.feeder_registry, flows.ev_chargers,
    flows.meter_tophat_registry, public.billing_runs, public.billing_run_accounts, public.invoice_series FROM customer;

GRANT UPDATE (fullname, phone, language, confirmed_details_at) ON public.customers TO customer;
GRANT UPDATE (minimum_balance, target_balance, auto_topup, balance_enum, payment_timing) ON public.wallets TO customer;

GRANT INSERT, UPDATE, DELETE ON
    flows.sites_new, flows.feeder_registry, flows.service_head_registry, flows.properties_service_head, flows.service_head_meter,
    flows.meter_registry, flows.meter_registers, flows.circuits, flows.circuit_register, flows.ev_chargers, flows.meter_tophat_registry,
    public.customers, public.properties, public.registered_proprietors, public.corporate_bodies, public.customer_corporate_bodies,
    public.accounts, public.customer_accounts, public.account_events, public.contracts, public.contract_signatures,
    public.customer_invites, public.wallets, public.microgrid_tariffs, public.customer_tariffs, public.solar_credit_tariffs,
    public.solar_installation, public.solar_credit_allocation, public.gifts
    TO admin;
GRANT UPDATE (name, app_url, region, vat_rate, vat_number, address, payment_days) ON flows.escos TO admin;

-- Foreign keys look past the policies: without this, an admin who knows the id of another community's row could link to it,
-- and so let their own customers see it.
DO $$
DECLARE
    linking record;
BEGIN
    FOR linking IN
        SELECT format('%I.%I', nspname, relname) AS name,
               string_agg(format('(%1$I IS NULL OR EXISTS (SELECT FROM %2$s AS referenced WHERE referenced.%3$I = %4$I.%5$I.%1$I))',
                                 link.attname, confrelid::regclass, referenced.attname, nspname, relname), ' AND ') AS all_seen
          FROM pg_constraint
          JOIN pg_class ON pg_class.oid = conrelid
          JOIN pg_namespace ON pg_namespace.oid = relnamespace
          JOIN pg_attribute AS link ON link.attrelid = conrelid AND link.attnum = conkey[1]
          JOIN pg_attribute AS referenced ON referenced.attrelid = confrelid AND referenced.attnum = confkey[1]
         WHERE contype = 'f' AND nspname IN ('public', 'flows') AND confrelid <> 'flows.escos'::regclass
           AND has_table_privilege('admin', conrelid, 'INSERT')
         GROUP BY nspname, relname
    LOOP
        EXECUTE format('CREATE POLICY links ON %s AS RESTRICTIVE TO admin USING (true) WITH CHECK (%s)', linking.name, linking.all_seen);
    END LOOP;
END
$$;

-- The service role is what today's sync and business jobs use: all but logins, the ledger and what is derived.
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, flows TO service;
REVOKE INSERT, DELETE ON flows.meter_shadows, public.meters FROM service;  -- made and dropped with their meter
REVOKE UPDATE ON public.meters FROM service;  -- follows the registry and the shadow in all but its wallet
GRANT UPDATE (wallet) ON public.meters TO service;
REVOKE INSERT, UPDATE, DELETE ON
    flows.outbox, flows.audit_log, flows.meter_leases, flows.calendar_days, flows.calendar_half_hours, flows.register_interval_daily,
    public.users, public.user_escos, public.billing_runs, public.billing_run_accounts, public.invoice_series, public.invoices,
    public.invoice_lines, public.documents, public.ledger_accounts, public.ledger_entries, public.ledger_postings
    FROM service;
REVOKE SELECT ON public.customer_invites, flows.audit_log FROM flows_worker;

GRANT SELECT, INSERT, UPDATE, DELETE ON flows.outbox TO flows_worker;
GRANT INSERT, UPDATE, DELETE ON
    flows.meter_leases, flows.meter_sync_status, flows.meter_event_log, flows.register_interval_hh, flows.register_interval_daily
    TO flows_meter_sync;
GRANT INSERT, DELETE ON flows.register_import, flows.register_export TO flows_meter_sync;
GRANT UPDATE ON flows.meter_shadows, flows.meter_registry TO flows_meter_sync;

GRANT INSERT, UPDATE, DELETE ON public.billing_runs, public.billing_run_accounts, public.invoice_series, public.monthly_usage,
    public.monthly_costs, public.monthly_solar_credits TO flows_billing;
GRANT INSERT, UPDATE ON public.invoices TO flows_billing;
GRANT INSERT ON public.invoice_lines, public.documents, public.ledger_accounts, public.ledger_entries, public.ledger_postings
    TO flows_billing;

GRANT INSERT, UPDATE ON public.messages TO flows_notify;

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO admin, service;

-- Functions that change things or look past the policies are for those who need them.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA flows FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.claims, flows.actor, flows.current_user_id, flows.current_customer, flows.admin_escos, flows.is_operator,
    flows.own_accounts, flows.own_corporate_bodies, flows.own_properties, flows.own_times, flows.own_ever, flows.own_now
    TO anon, customer, admin, service, reporting, flows_worker;
GRANT EXECUTE ON FUNCTION flows.get_meters_for_cli, public.meters_missing_future_tariffs, public.submittable_payments
    TO admin, service, reporting, flows_worker;
GRANT EXECUTE ON FUNCTION public.customer_status TO service, flows_worker;
GRANT EXECUTE ON FUNCTION flows.extend_calendar, flows.ensure_interval_partitions, flows.prepare_time, flows.sum_register_days
    TO flows_meter_sync;

-- Login needs the password's hash before there is a role: the gateway's own login role alone may ask.
CREATE FUNCTION flows.user_for_login(login_email text)
RETURNS TABLE (id uuid, email text, role text, customer uuid, password_hash text, disabled_at timestamptz,
               created_at timestamptz, last_login_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT id, email, role, customer, password_hash, disabled_at, created_at, last_login_at
      FROM public.users WHERE email = lower(login_email);
$$;
CREATE FUNCTION flows.note_login(user_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    UPDATE public.users SET last_login_at = now() WHERE id = user_id;
$$;
REVOKE EXECUTE ON FUNCTION flows.user_for_login, flows.note_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.user_for_login, flows.note_login TO flows_gateway;
