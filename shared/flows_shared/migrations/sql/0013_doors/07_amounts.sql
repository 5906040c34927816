-- Shadows are written by other programs too, and what one says of a price may be no number: then it says no price. A cast
-- that fails would fail for all meters.
CREATE FUNCTION flows.said_amount(said text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN said ~ '^\s*[+-]?([0-9]{1,9}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?0?[0-9])?\s*$' THEN said::numeric END;
$$;
COMMENT ON FUNCTION flows.said_amount IS 'The finite number below a thousand million that a text is; null where it is none';

CREATE FUNCTION flows.said_moment(said text) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    IF said ~ '^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$' THEN
        RETURN said::timestamptz;
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION flows.said_moment IS 'The time from 2000 to 2199 that a text is; null where it is none';
REVOKE EXECUTE ON FUNCTION flows.said_amount, flows.said_moment FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.said_amount, flows.said_moment TO customer, admin, service, reporting, flows_worker;

CREATE OR REPLACE VIEW flows.meter_shadows_tariffs WITH (security_invoker) AS
SELECT shadow.id,
       meter.serial,
       flows.said_amount(shadow.tariffs_active ->> 'standing_charge') AS active_standing_charge,
       flows.said_amount(shadow.tariffs_active ->> 'unit_rate_element_a') AS active_unit_rate_a,
       flows.said_amount(shadow.tariffs_active ->> 'unit_rate_element_b') AS active_unit_rate_b,
       flows.said_amount(shadow.tariffs_active ->> 'prepayment_ecredit_availability') AS active_ecredit_availability,
       flows.said_amount(shadow.tariffs_active ->> 'prepayment_debt_recovery_rate') AS active_debt_recovery_rate,
       flows.said_amount(shadow.tariffs_active ->> 'prepayment_emergency_credit') AS active_emergency_credit,
       shadow.tariffs_active -> 'threshold_mask' AS active_threshold_mask,
       shadow.tariffs_active -> 'threshold_values' AS active_threshold_values,
       flows.said_amount(shadow.tariffs_future ->> 'standing_charge') AS future_standing_charge,
       flows.said_amount(shadow.tariffs_future ->> 'unit_rate_element_a') AS future_unit_rate_a,
       flows.said_amount(shadow.tariffs_future ->> 'unit_rate_element_b') AS future_unit_rate_b,
       flows.said_amount(shadow.tariffs_future ->> 'prepayment_ecredit_availability') AS future_ecredit_availability,
       flows.said_amount(shadow.tariffs_future ->> 'prepayment_debt_recovery_rate') AS future_debt_recovery_rate,
       flows.said_amount(shadow.tariffs_future ->> 'prepayment_emergency_credit') AS future_emergency_credit,
       flows.said_moment(shadow.tariffs_future ->> 'activation_datetime') AS future_activation_datetime,
       shadow.tariffs_future -> 'threshold_mask' AS future_threshold_mask,
       shadow.tariffs_future -> 'threshold_values' AS future_threshold_values
  FROM flows.meter_shadows AS shadow
  JOIN flows.meter_registry AS meter ON meter.id = shadow.id;
