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
               EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'updated_at') AS dated
          FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE (nspname, relname) IN (('public', 'rate_profiles'), ('public', 'rate_bands'), ('public', 'tariff_components'),
                                      ('public', 'vat_statuses'), ('public', 'vat_registrations'),
                                      ('flows', 'calendar_bands'), ('flows', 'register_interval_bands'))
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made.name);
        EXECUTE format('CREATE POLICY workers ON %s TO service, flows_worker USING (true)', made.name);
        EXECUTE format('CREATE POLICY reporting ON %s FOR SELECT TO reporting USING (true)', made.name);
        EXECUTE format('GRANT SELECT ON %s TO customer, admin, service, reporting, flows_worker', made.name);
        CONTINUE WHEN NOT made.dated;
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %s TO admin, service', made.name);
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

CREATE POLICY community ON public.rate_profiles TO admin USING (esco = ANY((SELECT flows.admin_escos())::uuid[]));
CREATE POLICY own ON public.rate_profiles FOR SELECT TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.esco = rate_profiles.esco));
CREATE POLICY with_parent ON public.rate_bands TO customer, admin
    USING (EXISTS (SELECT FROM public.rate_profiles AS parent WHERE parent.id = rate_bands.profile));
CREATE POLICY everyone ON flows.calendar_bands FOR SELECT TO customer, admin
    USING (EXISTS (SELECT FROM public.rate_profiles AS parent WHERE parent.id = calendar_bands.profile));
CREATE POLICY with_parent ON public.tariff_components TO customer, admin
    USING (EXISTS (SELECT FROM public.microgrid_tariffs AS parent WHERE parent.id = tariff_components.microgrid_tariff)
           OR EXISTS (SELECT FROM public.customer_tariffs AS parent WHERE parent.id = tariff_components.customer_tariff));
CREATE POLICY with_parent ON public.vat_statuses TO customer, admin
    USING (EXISTS (SELECT FROM public.properties AS parent WHERE parent.id = vat_statuses.property)
           OR EXISTS (SELECT FROM public.customers AS parent WHERE parent.id = vat_statuses.customer));
CREATE POLICY with_parent ON public.vat_registrations TO customer, admin
    USING (EXISTS (SELECT FROM public.customers AS parent WHERE parent.id = vat_registrations.customer));
CREATE POLICY own ON flows.register_interval_bands TO customer
    USING (register_id = ANY((SELECT flows.own_ever())::uuid[])
           AND EXISTS (SELECT FROM unnest((SELECT flows.own_times())) AS own
                        WHERE own.id = register_interval_bands.register_id AND own.days @> register_interval_bands.day));
CREATE POLICY with_parent ON flows.register_interval_bands TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_interval_bands.register_id));

-- Foreign keys look past the policies, so a tariff may name only a profile that its admin sees.
CREATE POLICY profile_links ON public.microgrid_tariffs AS RESTRICTIVE TO admin USING (true)
    WITH CHECK (rate_profile IS NULL OR EXISTS (SELECT FROM public.rate_profiles AS linked WHERE linked.id = rate_profile));
CREATE POLICY profile_links ON public.customer_tariffs AS RESTRICTIVE TO admin USING (true)
    WITH CHECK (rate_profile IS NULL OR EXISTS (SELECT FROM public.rate_profiles AS linked WHERE linked.id = rate_profile));

GRANT UPDATE (vat_registered, vat_use, vat_small_quantities, vat_mixed_use) ON flows.escos TO admin;
GRANT INSERT, DELETE ON flows.calendar_bands, flows.register_interval_bands TO flows_billing;
GRANT SELECT ON flows.estimated_intervals TO customer, admin, service, reporting, flows_worker;
REVOKE EXECUTE ON FUNCTION public.prepare_tariffs, flows.follow_benchmark, flows.refuse_used_tariff, flows.drop_band_sums,
    flows.analyze_calendar_bands FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.analyze_calendar_bands TO flows_billing;
GRANT EXECUTE ON FUNCTION public.prepare_tariffs TO service, flows_worker;

SELECT flows.guard_writes();
