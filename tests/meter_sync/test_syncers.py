"""What each kind of meter fills, exactly as today's readers of the shadow expect it."""

from decimal import Decimal
from typing import Any

import pytest

from flows_meter_sync.emop import objects, records, write
from flows_meter_sync.emop.tariff import FlatTariff
from flows_meter_sync.errors import MetricUnknown
from flows_meter_sync.meter import ConnectionPolicy, Meter
from flows_meter_sync.registry import due_metrics
from flows_meter_sync.simulator.config import Hardware, MeterConfig, Tariff
from flows_meter_sync.syncers import SYNCERS, syncer_names
from flows_meter_sync.syncers.tariffs import pounds_text
from meter_sync.community import Community
from meter_sync.conftest import MakeCommunity, at

HISTORIES = {
    "csq": "SELECT csq FROM flows.meter_csq WHERE meter_id = $1",
    "voltage": "SELECT voltage FROM flows.meter_voltage WHERE meter_id = $1",
    "3p_voltage": "SELECT voltage_l1, voltage_l2, voltage_l3 FROM flows.meter_3p_voltage WHERE meter_id = $1",
    "balance": "SELECT balance FROM flows.meter_prepay_balance WHERE meter_id = $1",
    "health": "SELECT health FROM flows.meter_health_history WHERE meter_id = $1",
    "import": """SELECT element, read FROM flows.register_import JOIN flows.meter_registers USING (register_id)
                  WHERE meter_id = $1 ORDER BY element""",
    "export": """SELECT element, read FROM flows.register_export JOIN flows.meter_registers USING (register_id)
                  WHERE meter_id = $1 ORDER BY element""",
}
NOW = at("2026-11-03T10:30")
KEPT_AS_SET = {f"rate{number}": False for number in range(1, 9)}
THRESHOLDS = {f"th{number}": 0 for number in range(1, 8)}


async def histories(lab: Community, serial: str) -> dict[str, list[tuple[Any, ...]]]:
    found = {name: await lab.fetch(query, lab.ids[serial]) for name, query in HISTORIES.items()}
    return {name: [tuple(row) for row in rows] for name, rows in found.items() if rows}


async def write_to(lab: Community, serial: str, *values: tuple[objects.Object[Any], Any]) -> None:
    meter = Meter(*lab.simulator.place(serial), ConnectionPolicy.of(lab.settings))
    for wanted, value in values:
        await meter.ask(write(wanted, value))
    meter.close()


def kwh(lab: Community, serial: str, element: int = 0, exported: bool = False) -> Decimal:
    """What a meter's register says at NOW, by the simulator itself."""
    element_of = lab.meter(serial).state.elements[element]
    seconds = int((NOW - at("2000-01-01")).total_seconds())
    return Decimal((element_of.exported if exported else element_of.imported).wh(seconds)) / 1000


async def test_single_element_meter(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW)
    await lab.sync("Voltage", "Csq", "Reads", "Hardware", "FirmwareVersion", "DaylightSavingsEnabled", "Backlight")
    shadow, registry = await lab.shadow("EML1"), await lab.registry("EML1")
    assert (shadow["import_a"], shadow["export_a"]) == (kwh(lab, "EML1"), Decimal(0))
    assert (shadow["import_b"], shadow["export_b"], shadow["balance"]) == (0, 0, None)
    assert 200 < shadow["voltage"] < 260
    assert 0 <= shadow["csq"] <= 31
    assert shadow["backlight"] == "normal_sp"
    assert (shadow["health"], shadow["health_details"]) == ("healthy", "")
    assert (registry["hardware"], registry["firmware_version"]) == ("EMA1.w", "6_35_9")
    assert registry["daylight_savings_correction_enabled"] is False
    assert await histories(lab, "EML1") == {
        "csq": [(shadow["csq"],)],
        "voltage": [(shadow["voltage"],)],
        "health": [("healthy",)],
        "import": [("SINGLE", shadow["import_a"])],
        "export": [("SINGLE", Decimal(0))],
    }


async def test_twin_element_prepay_meter(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML2", hardware=Hardware.C1W, prepay=True, balance=Decimal("12.34567")), now=NOW)
    await lab.sync("Reads", "PrepayBalance", "PrepayEnabled", "Hardware")
    shadow, registry = await lab.shadow("EML2"), await lab.registry("EML2")
    assert (shadow["import_a"], shadow["import_b"]) == (kwh(lab, "EML2"), kwh(lab, "EML2", 1))
    assert (shadow["export_a"], shadow["export_b"]) == (Decimal(0), Decimal(0))
    assert shadow["balance"] == Decimal("12.34567")
    assert (registry["hardware"], registry["prepay_enabled"]) == ("C1.w", True)
    kept = await histories(lab, "EML2")
    assert kept["balance"] == [(Decimal("12.34567"),)]
    assert kept["import"] == [("A", shadow["import_a"]), ("B", shadow["import_b"])]


@pytest.mark.parametrize("hardware", [Hardware.P1AX, Hardware.P1CX])
async def test_three_phase_meter(community: MakeCommunity, hardware: Hardware) -> None:
    lab = await community(MeterConfig("EML3", hardware=hardware), now=NOW)
    await lab.sync("Voltage", "Reads", "Hardware", "FirmwareVersion", "Backlight", "LoadSwitch", "PrepayBalance")
    shadow, registry = await lab.shadow("EML3"), await lab.registry("EML3")
    assert shadow["import_a"] == kwh(lab, "EML3")
    assert shadow["import_b"] is None
    assert shadow["voltage"] is None
    assert all(200 < shadow[f"3p_voltage_l{phase}"] < 260 for phase in (1, 2, 3))
    assert shadow["backlight"] == "always_off_3p"
    assert (registry["hardware"], registry["firmware_version"]) == (str(hardware), "0117")
    assert set(await histories(lab, "EML3")) == {"3p_voltage", "health", "import", "export"}
    assert set(await lab.status("EML3")) == {
        "Voltage", "Reads", "Hardware", "FirmwareVersion", "Backlight", "LoadSwitch",
    }  # fmt: skip


async def test_solar_meter_sends_out_what_it_generates(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML4", nature="solar"), now=NOW)
    await lab.sync("Reads")
    shadow = await lab.shadow("EML4")
    assert shadow["export_a"] == kwh(lab, "EML4", exported=True) > 1000
    assert shadow["import_a"] == kwh(lab, "EML4") < 100


async def test_meter_of_unknown_hardware_is_identified_first(community: MakeCommunity) -> None:
    lab = await community(
        MeterConfig("EML1", hardware=Hardware.C1W), MeterConfig("EML3", hardware=Hardware.P1CX), now=NOW
    )
    await lab.execute("UPDATE flows.meter_registry SET hardware = NULL")
    await lab.sync("Reads")
    assert [(await lab.registry(serial))["hardware"] for serial in ("EML1", "EML3")] == ["C1.w", "P1.cx"]
    assert (await lab.shadow("EML1"))["import_b"] == kwh(lab, "EML1", 1)
    assert (await lab.shadow("EML3"))["import_a"] == kwh(lab, "EML3")


async def test_active_tariff(community: MakeCommunity) -> None:
    tariff = Tariff(Decimal("0.17572"), Decimal("0.1"), Decimal("0.4"), Decimal(15), Decimal(10), Decimal("0.25"))
    lab = await community(MeterConfig("EML1", tariff=tariff), now=NOW)
    await lab.sync("TariffsActive")
    assert (await lab.shadow("EML1"))["tariffs_active"] == {
        "standing_charge": "0.4",
        "unit_rate_element_a": "0.17572",
        "unit_rate_element_b": "0.1",
        "price_current": "0.17572",
        "prepayment_emergency_credit": "15",
        "prepayment_ecredit_availability": "10",
        "prepayment_debt_recovery_rate": "0.25",
        "threshold_mask": KEPT_AS_SET,
        "threshold_values": THRESHOLDS,
        "tou_rate": 1,
        "block_rate": 8,
        "element_b_tou_rate": 1,
    }
    [row] = await lab.fetch("SELECT * FROM flows.meter_shadows_tariffs")
    assert (row["active_unit_rate_a"], row["active_standing_charge"]) == (Decimal("0.17572"), Decimal("0.4"))


async def test_future_tariff(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW)
    activation = at("2027-01-01T00:00:00")
    tariff = FlatTariff(
        unit_rate_a=Decimal("0.2"),
        unit_rate_b=Decimal("0.3"),
        standing_charge=Decimal("0.45"),
        emergency_credit=Decimal(10),
        ecredit_availability=Decimal(1),
        debt_recovery_rate=Decimal("0.5"),
        activation_at=activation,
    )
    await write_to(lab, "EML1", *tariff.writes())
    await lab.sync("TariffsFuture")
    assert (await lab.shadow("EML1"))["tariffs_future"] == {
        "standing_charge": "0.45",
        "unit_rate_element_a": "0.2",
        "unit_rate_element_b": "0.3",
        "prepayment_emergency_credit": "10",
        "prepayment_ecredit_availability": "1",
        "prepayment_debt_recovery_rate": "0.5",
        "activation_datetime": "2027-01-01T00:00:00+00:00",
        "threshold_mask": KEPT_AS_SET,
        "threshold_values": THRESHOLDS,
    }
    [row] = await lab.fetch("SELECT * FROM flows.meter_shadows_tariffs")
    assert row["future_activation_datetime"] == activation


@pytest.mark.parametrize("drift_seconds", [95, -95])
async def test_clock_that_is_fast_or_slow_is_off_by_so_many_seconds(
    community: MakeCommunity, drift_seconds: int
) -> None:
    lab = await community(MeterConfig("EML1", clock_drift_seconds=drift_seconds), now=NOW)
    await lab.sync("ClockDiff")
    shadow = await lab.shadow("EML1")
    assert (shadow["clock_time_diff_seconds"], shadow["clock_time_diff_synced_at"]) == (95, NOW)
    assert [row["serial"] for row in await lab.fetch("SELECT serial FROM flows.meters_clock_drift")] == ["EML1"]


async def test_settings_are_shown_by_name(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML3", hardware=Hardware.P1AX), now=NOW)
    await write_to(
        lab,
        "EML1",
        (objects.BACKLIGHT, records.BacklightSetting(119)),
        (objects.LOAD_SWITCH, records.LoadSwitchSetting(119)),
        (objects.DAYLIGHT_SAVING, True),
        (objects.PREPAY_ENABLED, True),
    )
    await write_to(lab, "EML3", (objects.BACKLIGHT, records.BacklightSetting(10)))
    await lab.sync("Backlight", "LoadSwitch", "DaylightSavingsEnabled", "PrepayEnabled")
    shadow, registry = await lab.shadow("EML1"), await lab.registry("EML1")
    assert (shadow["backlight"], shadow["load_switch"]) == ("always_on_sp", "no_button_credit_mode")
    assert (registry["daylight_savings_correction_enabled"], registry["prepay_enabled"]) == (True, True)
    assert (await lab.shadow("EML3"))["backlight"] == "n10_seconds_turn_off_3p"
    [business] = await lab.fetch("SELECT prepay_enabled FROM public.meters WHERE serial = 'EML1'")
    assert business["prepay_enabled"] is True


async def test_events_go_on_from_the_last_one_seen(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW)
    await lab.sync("EventLog")
    kept = await lab.fetch("SELECT * FROM flows.meter_event_log ORDER BY timestamp DESC, event_type")
    assert len(kept) == 100
    await lab.execute("DELETE FROM flows.meter_event_log WHERE timestamp >= $1", kept[14]["timestamp"])
    asked = lab.meter("EML1").counters.requests
    await lab.sync("EventLog")
    assert await lab.fetch("SELECT * FROM flows.meter_event_log ORDER BY timestamp DESC, event_type") == kept
    assert lab.meter("EML1").counters.requests - asked == 1 + 2  # the serial, and two pages of ten


async def test_events_of_a_new_meter_are_all_it_has(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", installed_on=NOW.date().replace(day=1)), now=NOW)
    await lab.sync("EventLog")
    types = await lab.fetch(
        "SELECT DISTINCT name FROM flows.meter_event_log JOIN flows.meter_event_log_type ON id = event_type"
    )
    assert {row["name"] for row in types} >= {"DAILY_LOG_SNAPSHOT"}


async def test_only_what_was_read_is_written(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW)
    await lab.execute("UPDATE flows.meter_shadows SET voltage = 111, csq = 3")
    before = await histories(lab, "EML1")
    await lab.sync("Reads")
    shadow, after = await lab.shadow("EML1"), await histories(lab, "EML1")
    assert (shadow["voltage"], shadow["csq"]) == (Decimal(111), 3)
    assert (after["voltage"], after["csq"]) == (before["voltage"], before["csq"])


async def test_registry_that_is_right_already_leaves_no_audit(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), now=NOW)
    daily = ("Serial", "Hardware", "FirmwareVersion", "PrepayEnabled", "DaylightSavingsEnabled")
    await lab.sync(*daily)
    audited = "SELECT count(*) FROM flows.audit_log WHERE table_name = 'flows.meter_registry' AND action = 'update'"
    [[before]] = await lab.fetch(audited)
    await lab.sync(*daily)
    [[after]] = await lab.fetch(audited)
    assert after == before


async def test_every_seeded_metric_has_a_syncer_and_every_syncer_is_seeded(community: MakeCommunity) -> None:
    lab = await community()
    seeded = await lab.fetch("SELECT name FROM flows.meter_metrics UNION ALL SELECT name FROM flows.own_meter_metrics")
    assert sorted(row["name"] for row in seeded) == sorted(SYNCERS)


async def test_own_metrics_are_due_with_the_others_unless_they_are_switched_off(community: MakeCommunity) -> None:
    lab = await community()
    async with lab.db.connection() as connection:
        assert "SyncerProfileLog" in await due_metrics(connection, "daily")
        assert set(await due_metrics(connection)) == set(SYNCERS)
    await lab.execute("UPDATE flows.own_meter_metrics SET enabled = false")
    async with lab.db.connection() as connection:
        assert set(await due_metrics(connection)) == set(SYNCERS) - {"SyncerProfileLog"}


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("15.00000", "15"),
        ("0.30000", "0.3"),
        ("0.00001", "0.00001"),
        ("0.00000", "0"),
        ("100", "100"),
        ("-2.50", "-2.5"),
    ],
)
def test_price_is_written_without_zeros_at_its_end(amount: str, written: str) -> None:
    assert pounds_text(Decimal(amount)) == written


def test_metric_is_found_by_either_name() -> None:
    assert syncer_names(["SyncerReads", "Csq"]) == ["SyncerCsq", "SyncerReads"]
    with pytest.raises(MetricUnknown, match="no metric is called SyncerMood; there are SyncerSerial"):
        syncer_names(["Mood"])
