CREATE OR REPLACE VIEW flows.meter_shadows_tariffs WITH (security_invoker) AS
SELECT shadow.id,
       meter.serial,
       (shadow.tariffs_active ->> 'standing_charge')::numeric AS active_standing_charge,
       (shadow.tariffs_active ->> 'unit_rate_element_a')::numeric AS active_unit_rate_a,
       (shadow.tariffs_active ->> 'unit_rate_element_b')::numeric AS active_unit_rate_b,
       (shadow.tariffs_active ->> 'prepayment_ecredit_availability')::numeric AS active_ecredit_availability,
       (shadow.tariffs_active ->> 'prepayment_debt_recovery_rate')::numeric AS active_debt_recovery_rate,
       (shadow.tariffs_active ->> 'prepayment_emergency_credit')::numeric AS active_emergency_credit,
       shadow.tariffs_active -> 'threshold_mask' AS active_threshold_mask,
       shadow.tariffs_active -> 'threshold_values' AS active_threshold_values,
       (shadow.tariffs_future ->> 'standing_charge')::numeric AS future_standing_charge,
       (shadow.tariffs_future ->> 'unit_rate_element_a')::numeric AS future_unit_rate_a,
       (shadow.tariffs_future ->> 'unit_rate_element_b')::numeric AS future_unit_rate_b,
       (shadow.tariffs_future ->> 'prepayment_ecredit_availability')::numeric AS future_ecredit_availability,
       (shadow.tariffs_future ->> 'prepayment_debt_recovery_rate')::numeric AS future_debt_recovery_rate,
       (shadow.tariffs_future ->> 'prepayment_emergency_credit')::numeric AS future_emergency_credit,
       (shadow.tariffs_future ->> 'activation_datetime')::timestamptz AS future_activation_datetime,
       shadow.tariffs_future -> 'threshold_mask' AS future_threshold_mask,
       shadow.tariffs_future -> 'threshold_values' AS future_threshold_values
  FROM flows.meter_shadows AS shadow
  JOIN flows.meter_registry AS meter ON meter.id = shadow.id;
DROP FUNCTION flows.said_amount, flows.said_moment;
