CREATE OR REPLACE FUNCTION flows.note_named() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('flows.named', concat_ws(' ', nullif(current_setting('flows.named', true), ''), TG_ARGV[0]), true);
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_named()', '{}');
