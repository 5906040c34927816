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
SELECT flows.allow_select('flows.meter_shadows_tariffs', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.meter_shadows_tariffs TO service;
