"""Names of schema flows that existing programs know."""

FLOWS = {
    "escos": "id created_at updated_at name code app_url:text region:text",
    "sites_new": "id name code esco created_at",
    "regions": "code name",
    "properties": "id plot created_at",
    "properties_service_head": "property service_head:uuid created_at",
    "feeder_registry": "id name esco created_at",
    "service_head_registry": "id name feeder:uuid created_at phase:whole fuse_rating:whole type",
    "service_head_meter": "service_head:uuid meter created_at",
    "meter_registry": """id serial name ip_address:inet hardware:text firmware_version:text mode:text esco site:uuid
        prepay_enabled daylight_savings_correction_enabled:boolean single_meter_app:boolean emnify_id:whole iccid:text
        installation_status:text commissioned_iso_week_date:text created_at updated_at""",
    "meter_shadows": """id balance import_a:numeric export_a:numeric import_b:numeric export_b:numeric voltage:numeric
        3p_voltage_l1:numeric 3p_voltage_l2:numeric 3p_voltage_l3:numeric csq:whole clock_time_diff_seconds:whole
        clock_time_diff_synced_at:moment health:text health_details:text
        last_healthy_at:moment tariffs_active:jsonb tariffs_future:jsonb backlight:text load_switch:text
        emnify_connectivity_status:text created_at updated_at""",
    "meter_registers": "register_id meter_id element:text nature:text status start_time end_time notes created_at",
    "register_import": "register_id timestamp read",
    "register_export": "register_id timestamp read",
    "register_interval_hh": "register_id timestamp kwh",
    "circuits": "id type name created_at",
    "circuit_register": "circuit register start_time end_time notes created_at",
    "meter_csq": "meter_id timestamp csq:whole",
    "meter_voltage": "meter_id timestamp voltage:numeric",
    "meter_3p_voltage": "meter_id timestamp voltage_l1:numeric voltage_l2:numeric voltage_l3:numeric",
    "meter_prepay_balance": "meter_id timestamp balance",
    "meter_health_history": "meter_id timestamp health:text",
    "meter_event_log": "meter_id timestamp event_type:integer event_set:integer",
    "meter_event_log_type": "id:whole name",
    "meter_metrics": "id name notes enabled run_frequency:text",
    "ev_chargers": "id esco serial pin:text",
    "meter_tophat_registry": "id meter serial emnify_id:whole ip_address:inet iccid:text",
    "meter_shadows_tariffs": """active_standing_charge:numeric active_unit_rate_a:numeric active_unit_rate_b:numeric
        future_standing_charge:numeric future_unit_rate_a:numeric future_unit_rate_b:numeric""",
    "meters_low_balance": "id serial balance",
    "meters_clock_drift": "id serial clock_time_diff_seconds:whole",
    "meters_offline_recently": "id serial",
    "meters_offline_all": "id serial",
    "circuit_interval_hh": "circuit_id timestamp kwh",
    "circuit_interval_daily": "circuit_id kwh",
    "circuit_interval_monthly": "circuit_id kwh",
    "register_interval_hh_missing": "register_id expected:whole found:whole missing:whole",
    "register_import_missing": "register_id expected:whole found:whole missing:whole",
    "register_export_missing": "register_id expected:whole found:whole missing:whole",
}
