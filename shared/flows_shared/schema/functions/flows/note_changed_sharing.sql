-- Homes by their line of registers, and meters that come and go.
CREATE OR REPLACE FUNCTION flows.note_changed_sharing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    stale uuid[];
BEGIN
    IF TG_TABLE_NAME = 'register_days_changed' THEN
        WITH RECURSIVE ahead AS (  -- the meters that may be in the homes of these registers now
            SELECT coalesce(register.replaced_by, register.meter_id) AS meter
              FROM changed JOIN flows.meter_registers AS register ON register.register_id = changed.register_id
             UNION
            SELECT register.replaced_by
              FROM ahead
              JOIN flows.meter_registers AS register ON register.meter_id = ahead.meter AND register.replaced_by IS NOT NULL
        )
        SELECT array_agg(DISTINCT invoice.id) INTO stale
           FROM changed
           JOIN (SELECT sharing_group, register, valid_from, coalesce(valid_to, 'infinity') AS valid_to
                   FROM public.sharing_meters WHERE role = 'generation'
                  UNION
                 SELECT member.sharing_group, line.register_id, '-infinity', 'infinity'
                   FROM flows.meter_line(ARRAY(SELECT meter FROM ahead)) AS line
                   JOIN public.properties AS property ON property.supply_meter = line.meter
                   JOIN public.sharing_members AS member ON member.property = property.id
                  WHERE line.nature <> 'solar') AS source
             ON source.register = changed.register_id AND source.valid_from <= changed.day AND changed.day < source.valid_to
           JOIN public.sharing_members AS member ON member.sharing_group = source.sharing_group
            AND member.start_date <= changed.day AND (member.end_date IS NULL OR member.end_date >= changed.day)
           JOIN public.accounts AS account ON account.property = member.property
           JOIN public.invoices AS invoice ON invoice.account = account.id
            AND invoice.period_start <= changed.day AND invoice.period_end > changed.day;
        PERFORM flows.note_stale(stale, 'sharing');
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'sharing')
           FROM (SELECT (to_jsonb(changed) ->> 'sharing_group')::uuid AS sharing_group,
                        least((to_jsonb(changed) ->> 'period_start')::date, (to_jsonb(changed) ->> 'start_date')::date,
                              (to_jsonb(changed) ->> 'end_date')::date + 1) AS since
                   FROM changed) AS changed
           JOIN public.sharing_members AS member ON member.sharing_group = changed.sharing_group
           JOIN public.accounts AS account ON account.property = member.property
           JOIN public.invoices AS invoice ON invoice.account = account.id AND invoice.period_end > changed.since
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_sharing()', '{}');
