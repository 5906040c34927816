"""Names and types that existing tools use: they must work unchanged, so these stay as they are."""

import re

import pytest

from database.kept_names import FLOWS
from flows_shared.db import Connection

SHORT = {
    "moment": {"timestamp with time zone"},
    "whole": {"smallint", "integer", "bigint"},
    "rate": {"numeric(10,5)"},  # GBP, with five decimals
}
# What a name says by itself, in every table; any other type stands behind the column.
TYPES = {
    **dict.fromkeys(["id", "register_id", "meter_id", "circuit_id", "customer_id", "property_id", "terms"], "uuid"),
    **dict.fromkeys(["meter", "register", "circuit", "customer", "property", "account", "contract", "esco"], "uuid"),
    **dict.fromkeys(["created_at", "updated_at", "timestamp", "start_time", "end_time"], "moment"),
    **dict.fromkeys(["code", "name", "plot", "notes", "serial", "status", "type", "description", "reference"], "text"),
    **dict.fromkeys(["period_start", "month", "end_date", "effective_date"], "date"),
    **dict.fromkeys(["kwh", "read", "balance", "ratio"], "numeric"),
    **dict.fromkeys(["computed_unit_rate", "computed_standing_charge", "unit_rate", "standing_charge"], "rate"),
    **dict.fromkeys(["amount_pence", "credit_pence", "discount_rate_basis_points"], "integer"),
    **dict.fromkeys(["prepay_enabled", "enabled"], "boolean"),
}


COSTS = " ".join(
    f"{whose}{cost}:numeric"
    for whose in ("", "microgrid_", "benchmark_")
    for cost in ("power", "heat", "standing_charge", "total")
)
PUBLIC = {
    "escos": "id name code app_url:text region:text",
    "regions": "code name",
    "customers": """id fullname:text email:text status exiting:boolean confirmed_details_at:moment
        allow_onboard_transition:boolean has_payment_method:boolean""",
    "properties": "id plot description esco site:uuid supply_meter:uuid solar_meter:uuid owner:uuid tenure:text",
    "registered_proprietors": "property customer corporate_body:uuid",
    "corporate_bodies": "id name",
    "customer_corporate_bodies": "customer corporate_body:uuid",
    "accounts": "id account_number:whole property current_contract:uuid type status end_date name",
    "customer_accounts": "customer account role:text notes",
    "account_events": "account history_type:text event_timestamp:moment",
    "contracts": """id terms type effective_date end_date signatures_required:integer signed:boolean
        signed_contract_url:text""",
    "contract_terms": "id version:text type subtype:text summary_text:text short_description:text",
    "contract_terms_esco": "terms esco",
    "contract_signatures": "contract customer",
    "customer_invites": "invite_token:uuid customer expires_at:moment accessed_at:moment invite_url:text status",
    "meters": "id serial wallet:uuid prepay_enabled balance",
    "circuits": "id type name",
    "circuit_meter": "circuit_id meter_id",
    "benchmark_tariffs": "region:text period_start unit_rate standing_charge",
    "microgrid_tariffs": """esco period_start discount_rate_basis_points computed_unit_rate computed_standing_charge
        emergency_credit:rate debt_recovery_rate:rate ecredit_button_threshold:rate""",
    "customer_tariffs": "customer period_start discount_rate_basis_points computed_unit_rate computed_standing_charge",
    "solar_credit_tariffs": """esco period_start credit_pence_per_year:numeric(12,5)
        credit_pence_per_day:numeric(12,5)""",
    "solar_installation": "property mcs:text declared_net_capacity:numeric commissioning_date:date",
    "solar_credit_allocation": "installation_property:uuid allocation_property:uuid ratio",
    "monthly_solar_credits": """id property_id month credit_pence source_installation:uuid allocation_ratio:numeric
        scheduled_at:moment applied_at:moment""",
    "monthly_usage": "circuit_id month kwh",
    "monthly_costs": f"customer_id month {COSTS}",
    "wallets": """id balance minimum_balance:numeric target_balance:numeric auto_topup:boolean balance_enum:text
        payment_timing:text last_sync_timestamp:moment""",
    "payments": """id account amount_pence status payment_intent:text description receipt_url:text scheduled_at:moment
        submitted_at:moment""",
    "payment_events": "payment:uuid event_type:text data:jsonb",
    "topups": "id meter amount_pence status source:text notes token:text reference acquired_at:moment used_at:moment",
    "topup_events": "topup:uuid",
    "topups_payments": "topup_id:uuid payment_id:uuid",
    "topups_gifts": "topup_id:uuid gift_id:uuid",
    "topups_monthly_solar_credits": "topup_id:uuid",
    "gifts": "id",
    "transactions": "id:bigint timestamp type name reference amount:numeric balance account",
    "transaction_statuses": "status",
}

VIEWS = (
    *("public.customer_supply_status", "public.meter_tariffs", "public.meters_with_incorrect_tariffs"),
    *("public.property_supply_view", "public.property_solar_view"),
)

# Arguments, and the columns of the rows; none: rows of public.payments.
FUNCTIONS = {
    "flows.get_meters_for_cli": (
        ["esco_filter", "feeder_filter"],
        ["id", "ip_address", "serial", "name", "single_meter_app", "esco", "csq", "health", "hardware", "feeder"],
    ),
    "public.meters_missing_future_tariffs": (
        ["esco_code_in"],
        [
            *("serial", "meter_id", "customer_id", "customer_email", "esco_code", "tariff_period_start"),
            *("customer_unit_rate", "customer_standing_charge", "emergency_credit", "debt_recovery_rate"),
            *("ecredit_button_threshold", "current_future_standing_charge", "current_future_unit_rate_a"),
            *("current_future_unit_rate_b", "current_future_activation_datetime"),
        ],
    ),
    "public.submittable_payments": ([], []),
}

UNIQUE = [
    ("flows.escos", {"code"}),
    ("flows.feeder_registry", {"name"}),
    ("flows.meter_registry", {"serial"}),
    ("flows.register_interval_hh", {"register_id", "timestamp"}),
    ("flows.meter_event_log", {"meter_id", "timestamp", "event_type"}),
    ("public.customers", {"email"}),
    ("public.accounts", {"account_number"}),
]

SYNCERS = [
    *("Serial", "Hardware", "FirmwareVersion", "Csq", "Voltage", "Reads", "PrepayBalance", "PrepayEnabled"),
    *("TariffsActive", "TariffsFuture", "ClockDiff", "DaylightSavingsEnabled", "EventLog", "Backlight", "LoadSwitch"),
]

VALUES = [
    ("flows.meter_registry", "mode", "active passive"),
    ("flows.meter_registry", "installation_status", "enabled disabled deleted"),
    ("flows.meter_shadows", "health", "healthy unhealthy"),
    ("flows.meter_registers", "element", "A B SINGLE"),
    ("flows.meter_registers", "nature", "heat power solar"),
    ("flows.meter_registers", "status", "enabled replaced"),
    ("flows.circuits", "type", "heat power solar"),
    ("flows.service_head_registry", "type", "customer_owned network_owned"),
    ("flows.meter_metrics", "run_frequency", "hourly 12hourly daily"),
    ("public.properties", "tenure", "separate_owner_and_occupier single_owner_occupier shared_ownership"),
    ("public.accounts", "type", "supply solar ev"),
    ("public.accounts", "status", "pending open closed"),
    ("public.customer_accounts", "role", "owner occupier"),
    ("public.account_events", "history_type", "open close friendly_start friendly_end"),
    ("public.contract_terms", "subtype", "thirty_year short_term"),
    ("public.wallets", "balance_enum", "simple smooth"),
    ("public.wallets", "payment_timing", "monthly weekly"),
    ("public.payments", "status", "created pending processing succeeded failed cancelled"),
    (
        "public.topups",
        "status",
        "pending wait_token_fetch wait_token_push completed failed_token_fetch failed_token_push",
    ),
    ("public.topups", "source", "payment gift solar_credit adjustment"),
]

COLUMNS = """
    SELECT attname::text AS name, format_type(atttypid, atttypmod) AS type
      FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
"""
FUNCTION = "SELECT pg_get_function_arguments(oid), pg_get_function_result(oid) FROM pg_proc WHERE oid = to_regproc($1)"


def kept_columns(names: str) -> dict[str, str]:
    return {name: kind or TYPES[name] for name, _, kind in (column.partition(":") for column in names.split())}


@pytest.mark.parametrize(
    ("relation", "names"),
    [
        *((f"flows.{name}", columns) for name, columns in FLOWS.items()),
        *((f"public.{name}", f"{columns} created_at updated_at") for name, columns in PUBLIC.items()),
    ],
)
async def test_table_or_view_has_its_kept_columns(tx: Connection, relation: str, names: str) -> None:
    there = {row["name"]: row["type"] for row in await tx.fetch(COLUMNS, relation)}
    wrong = {
        name: there.get(name, "missing")
        for name, kind in kept_columns(names).items()
        if there.get(name) not in SHORT.get(kind, {kind})
    }
    assert wrong == {}


@pytest.mark.parametrize("view", VIEWS)
async def test_view_is_there_for_the_tools_that_read_it(tx: Connection, view: str) -> None:
    assert await tx.fetch(f"SELECT * FROM {view}") == []


@pytest.mark.parametrize("function", FUNCTIONS)
async def test_function_takes_and_returns_what_clients_know(tx: Connection, function: str) -> None:
    arguments, columns = FUNCTIONS[function]
    row = await tx.fetchrow(FUNCTION, function)
    assert row is not None
    assert [argument.split()[0] for argument in row[0].split(", ") if argument] == arguments
    if columns:
        returned = row[1].removeprefix("TABLE(").removesuffix(")").split(", ")
        assert [column.split()[0] for column in returned][: len(columns)] == columns
    else:
        assert row[1] == "SETOF payments"


@pytest.mark.parametrize(("table", "columns"), UNIQUE)
async def test_key_that_clients_rely_on_is_unique(tx: Connection, table: str, columns: set[str]) -> None:
    keys = """SELECT array(SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY(indkey))
                FROM pg_index WHERE indrelid = to_regclass($1) AND indisunique AND indpred IS NULL"""
    assert columns in [set(row[0]) for row in await tx.fetch(keys, table)]


async def test_names_that_readings_are_looked_up_by_are_seeded(tx: Connection) -> None:
    syncers = await tx.fetch("SELECT name FROM flows.meter_metrics")
    assert {row["name"] for row in syncers} == {f"Syncer{name}" for name in SYNCERS}
    own = await tx.fetch("SELECT name, enabled, run_frequency FROM flows.own_meter_metrics")
    assert [tuple(row) for row in own] == [("SyncerProfileLog", True, "daily")]
    assert await tx.fetchval("SELECT name FROM flows.meter_event_log_type WHERE id = 33") == "EVENT_POWER_UP"


@pytest.mark.parametrize(("table", "column", "values"), VALUES)
async def test_kept_values_are_all_that_a_column_takes(tx: Connection, table: str, column: str, values: str) -> None:
    checks = """SELECT pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE conrelid = to_regclass($1) AND contype = 'c'"""
    allowed = [set(re.findall(r"'([^']+)'::text", row[0])) for row in await tx.fetch(checks, table)]
    assert set(values.split()) in allowed, column
