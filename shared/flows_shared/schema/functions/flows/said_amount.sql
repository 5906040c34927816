-- Shadows are written by other programs too, and what one says of a price may be no number: then it says no price. A cast
-- that fails would fail for all meters.
CREATE OR REPLACE FUNCTION flows.said_amount(said text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN said ~ '^\s*[+-]?([0-9]{1,9}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?0?[0-9])?\s*$' THEN said::numeric END;
$$;
COMMENT ON FUNCTION flows.said_amount(text) IS 'The finite number below a thousand million that a text is; null where it is none';
SELECT flows.allow_execute('flows.said_amount(text)', '{customer,admin,service,reporting,flows_worker,mediator}');
