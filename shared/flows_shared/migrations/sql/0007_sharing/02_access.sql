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
         WHERE (nspname, relname) IN (('public', 'sharing_groups'), ('public', 'sharing_terms'), ('public', 'sharing_members'),
                                      ('public', 'sharing_meters'), ('public', 'sharing_half_hours'), ('public', 'sharing_months'))
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

CREATE POLICY community ON public.sharing_groups TO admin USING (esco = ANY((SELECT flows.admin_escos())::uuid[]));
CREATE POLICY own ON public.sharing_groups FOR SELECT TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.esco = sharing_groups.esco));
CREATE POLICY with_parent ON public.sharing_terms TO customer, admin
    USING (EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_terms.sharing_group));
CREATE POLICY with_parents ON public.sharing_members TO customer, admin
    USING (EXISTS (SELECT FROM public.properties AS parent WHERE parent.id = sharing_members.property)
           AND EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_members.sharing_group));
CREATE POLICY with_parents ON public.sharing_meters TO customer, admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = sharing_meters.register)
           AND EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_meters.sharing_group));
-- A group of two would tell each what the other consumes: so its sums are the admins'.
CREATE POLICY with_parent ON public.sharing_half_hours TO admin
    USING (EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_half_hours.sharing_group));
CREATE POLICY with_parent ON public.sharing_months TO admin
    USING (EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_months.sharing_group));
CREATE POLICY own ON public.sharing_months TO customer
    USING (property = ANY((SELECT flows.own_ever())::uuid[])
           AND EXISTS (SELECT FROM unnest((SELECT flows.own_times())) AS own
                        WHERE own.id = sharing_months.property
                          AND own.days @> daterange(month, (month + interval '1 month')::date)));

-- Foreign keys look past the policies, so admins may link only to what they see.
CREATE POLICY links ON public.sharing_groups AS RESTRICTIVE TO admin USING (true)
    WITH CHECK (site IS NULL OR EXISTS (SELECT FROM flows.sites_new AS linked WHERE linked.id = site));

GRANT INSERT, UPDATE, DELETE ON public.sharing_half_hours, public.sharing_months TO flows_billing;
GRANT INSERT ON public.topups, public.topups_monthly_solar_credits TO flows_billing;
GRANT SELECT ON public.sharing_balances TO admin, service, reporting, flows_worker;
REVOKE EXECUTE ON FUNCTION flows.refuse_used_sharing, flows.refuse_second_membership,
    flows.note_changed_sharing FROM PUBLIC;

SELECT flows.guard_writes();
