-- Programs that talk to meters for themselves work in schema flows: they see no customer, account, price or bill.
DO $$
BEGIN
    IF to_regrole('mediator') IS NULL THEN
        BEGIN
            CREATE ROLE mediator NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database's migration made it in the same instant
        END;
    END IF;
    IF NOT pg_has_role('flows_gateway', 'mediator', 'MEMBER') THEN
        BEGIN
            GRANT mediator TO flows_gateway;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE insufficient_privilege USING
        MESSAGE = format('%s may not make or grant the role mediator: %s', current_user, SQLERRM),
        HINT = 'Let a superuser, or who made the roles, run once: CREATE ROLE mediator NOLOGIN; GRANT mediator TO flows_gateway';
END
$$;

DO $$
DECLARE
    place text;
    read_only text[] := ARRAY['calendar_days', 'calendar_half_hours', 'meter_commands', 'register_interval_daily',
                              'register_days_changed', 'meter_sync_status'];
    written text[] := ARRAY['escos', 'sites_new', 'regions', 'properties', 'properties_service_head', 'feeder_registry',
                            'service_head_registry', 'service_head_meter', 'meter_registry', 'meter_registers',
                            'register_import', 'register_export', 'register_interval_hh', 'register_interval_estimates',
                            'register_interval_flags', 'register_interval_missing_reasons', 'register_interval_sources',
                            'circuits', 'circuit_register', 'meter_csq', 'meter_voltage', 'meter_3p_voltage',
                            'meter_prepay_balance', 'meter_health_history', 'meter_event_log', 'meter_event_log_type',
                            'meter_metrics', 'ev_chargers', 'meter_tophat_registry', 'meter_shadows'];
BEGIN
    FOREACH place IN ARRAY read_only || written LOOP
        EXECUTE format('CREATE POLICY mediators ON flows.%I TO mediator USING (true)', place);
        EXECUTE format('GRANT SELECT ON flows.%I TO mediator', place);
    END LOOP;
    FOREACH place IN ARRAY written LOOP
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON flows.%I TO mediator', place);
        EXECUTE format('ALTER POLICY scope_insert ON flows.%I TO customer, admin, service, mediator', place);
        EXECUTE format('ALTER POLICY scope_update ON flows.%I TO customer, admin, service, mediator', place);
        EXECUTE format('ALTER POLICY scope_delete ON flows.%I TO customer, admin, service, mediator', place);
    END LOOP;
END
$$;
REVOKE INSERT, DELETE ON flows.meter_shadows FROM mediator;  -- made and dropped with their meter
GRANT USAGE ON SCHEMA flows TO mediator;
GRANT SELECT ON flows.meter_shadows_tariffs, flows.meters_low_balance, flows.meters_clock_drift, flows.meters_offline_recently,
    flows.meters_offline_all, flows.circuit_interval_hh, flows.circuit_interval_daily, flows.circuit_interval_monthly,
    flows.register_interval_hh_missing, flows.register_import_missing, flows.register_export_missing, flows.register_intervals
    TO mediator;
GRANT EXECUTE ON FUNCTION flows.claims, flows.actor, flows.current_user_id, flows.check_write, flows.endpoint,
    flows.get_meters_for_cli, flows.local_date, flows.local_midnight, flows.refuse_off_the_clock, flows.said_amount,
    flows.said_moment, flows.is_iban TO mediator;
GRANT SELECT ON public.escos, public.regions TO mediator;  -- as to everyone
