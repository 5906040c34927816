CREATE OR REPLACE FUNCTION flows.check_exchange_reads(
    old_meter uuid, new_meter uuid, exchanged_at timestamptz, ends_at timestamptz, closing_reads jsonb, opening_reads jsonb)
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, flows AS $$
DECLARE
    named text;
    held record;
BEGIN
    SELECT element INTO named FROM jsonb_object_keys(closing_reads) AS element
     WHERE element NOT IN (SELECT old.element FROM flows.follow_elements(old_meter, new_meter, ends_at) AS old);
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('closing read: the old meter has no element %s', named);
    END IF;
    SELECT element INTO named FROM jsonb_object_keys(opening_reads) AS element
     WHERE element NOT IN (SELECT follower FROM flows.follow_elements(old_meter, new_meter, ends_at) WHERE follower IS NOT NULL);
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('opening read: no element %s of the new meter follows the old one', named);
    END IF;
    SELECT old.element, last.read, (closing_reads ->> old.element)::numeric AS closing INTO held
      FROM flows.follow_elements(old_meter, new_meter, ends_at) AS old
     CROSS JOIN LATERAL (
           (SELECT read FROM flows.register_import
             WHERE register_id = old.register_id AND old.nature <> 'solar' AND timestamp <= exchanged_at ORDER BY timestamp DESC LIMIT 1)
            UNION ALL
           (SELECT read FROM flows.register_export
             WHERE register_id = old.register_id AND old.nature = 'solar' AND timestamp <= exchanged_at ORDER BY timestamp DESC LIMIT 1)
           ) AS last
     WHERE (closing_reads ->> old.element)::numeric < last.read;
    IF FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('closing read: element %s had counted %s kWh before, more than %s', held.element, held.read, held.closing);
    END IF;
END
$$;
SELECT flows.allow_execute('flows.check_exchange_reads(uuid,uuid,timestamp with time zone,timestamp with time zone,jsonb,jsonb)', '{admin,service}');
