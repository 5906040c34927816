-- A day's sum is written with its half hours, by whoever writes them: then its sums by band are out of date.
CREATE OR REPLACE FUNCTION flows.drop_band_sums() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    DELETE FROM flows.register_interval_bands AS sums
     USING changed WHERE sums.register_id = changed.register_id AND sums.day = changed.day;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.drop_band_sums()', '{}');
