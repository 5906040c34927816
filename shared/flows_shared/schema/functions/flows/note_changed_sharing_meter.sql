-- A generation meter changes what all members got on the days on which it counts now and did not, or did and does not.
CREATE OR REPLACE FUNCTION flows.note_changed_sharing_meter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    counted datemultirange := CASE WHEN OLD.role = 'generation' THEN datemultirange(daterange(OLD.valid_from, OLD.valid_to)) ELSE '{}' END;
    counts datemultirange := CASE WHEN NEW.role = 'generation' THEN datemultirange(daterange(NEW.valid_from, NEW.valid_to)) ELSE '{}' END;
BEGIN
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'sharing')
       FROM flows.meter_registers AS register
       JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
       JOIN flows.escos AS esco ON esco.id = meter.esco
      CROSS JOIN LATERAL (SELECT daterange((register.start_time AT TIME ZONE esco.time_zone)::date,
                                           (register.end_time AT TIME ZONE esco.time_zone)::date, '[]') AS days) AS life
       JOIN public.sharing_members AS member ON member.sharing_group IN (OLD.sharing_group, NEW.sharing_group)
       JOIN public.accounts AS account ON account.property = member.property
       JOIN public.invoices AS invoice ON invoice.account = account.id
        AND daterange(invoice.period_start, invoice.period_end) && (datemultirange(life.days) * (counted + counts - counted * counts))
      WHERE register.register_id IN (OLD.register, NEW.register)
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_sharing_meter()', '{}');
