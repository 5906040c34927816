"""What a meter can do wrong: it becomes unhealthy with its reason, and holds up no other."""

import asyncio
from decimal import Decimal

import asyncpg
import pytest

from flows_meter_sync.networks import PRIVATE, is_within, parse_networks
from flows_meter_sync.registry import load_meters
from flows_meter_sync.settings import SyncSettings
from flows_meter_sync.simulator.config import Faults, MeterConfig
from flows_meter_sync.sync_tasks import SyncOutcome
from meter_sync.community import Community
from meter_sync.conftest import MakeCommunity
from waiting import until

METRICS = ("Csq", "Voltage", "Reads", "ProfileLog")
WELL = Faults()


async def assert_unhealthy(lab: Community, serial: str, reason: str) -> None:
    """Marked with the reason, signal unknown; each metric's status says the same."""
    shadow, status = await lab.shadow(serial), await lab.status(serial)
    assert (shadow["health"], shadow["csq"]) == ("unhealthy", None)
    assert reason in shadow["health_details"]
    assert set(status) == set(METRICS)
    for metric in METRICS:
        assert reason in status[metric]["last_error"]
        assert (status[metric]["consecutive_failures"], status[metric]["last_success_at"]) == (1, None)


async def assert_well(lab: Community, serial: str) -> None:
    shadow, status = await lab.shadow(serial), await lab.status(serial)
    assert (shadow["health"], shadow["health_details"]) == ("healthy", "")
    assert shadow["csq"] is not None
    assert shadow["import_a"] > 0
    assert len(await lab.half_hours(serial)) == 96
    assert {(row["last_error"], row["consecutive_failures"]) for row in status.values()} == {(None, 0)}


async def is_away(lab: Community) -> bool:
    async with lab.db.connection() as connection:
        [meter] = (await load_meters(connection, list(lab.ids.values()), 100)).values()
    return meter.away


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        (Faults(wrong_serial=1), "expected meter EML1, but EML0000000000 answered"),
        (Faults(wrong_crc=1), "the CRC is"),
        (Faults(half_frame=1), "bytes follow the delimiter, but"),
        (Faults(drop=1), "no answer to serial within 0.3 s"),
        (Faults(refuse=1), "the connection was reset before the meter answered serial"),
        (Faults(nak=1, nak_code=3), "the meter refused: frame length incorrect"),
    ],
)
async def test_meter_in_trouble_is_unhealthy_and_the_others_are_read(
    community: MakeCommunity, faults: Faults, reason: str
) -> None:
    lab = await community(MeterConfig("EML1", faults=faults), *(MeterConfig(f"EML{number}") for number in range(2, 6)))
    outcomes = await lab.sync(*METRICS, concurrency=2, read_timeout_seconds=0.3)
    assert reason in (outcomes["EML1"].reason or "")
    await assert_unhealthy(lab, "EML1", reason)
    assert (await lab.shadow("EML1"))["import_a"] is None
    assert await lab.half_hours("EML1") == {}
    for number in range(2, 6):
        assert outcomes[f"EML{number}"].reason is None
        await assert_well(lab, f"EML{number}")


async def test_meter_that_is_not_there_is_unreachable(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML2"))
    await lab.execute("UPDATE flows.meter_registry SET port = 1 WHERE serial = 'EML1'")
    await lab.sync(*METRICS)
    await assert_unhealthy(lab, "EML1", "no connection to 127.0.0.1:1: Conn")
    await assert_well(lab, "EML2")


async def test_meter_to_which_there_was_no_way_is_known_by_a_code_until_it_is_well(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    await lab.execute("UPDATE flows.meter_registry SET port = 1")
    await lab.sync("Reads")
    await lab.execute("UPDATE flows.meter_shadows SET health_details = 'in any words'")
    assert (await lab.shadow("EML1"))["health_code"] == "meter.unreachable"
    assert await is_away(lab)
    await lab.execute("UPDATE flows.meter_shadows SET health = 'healthy', health_details = ''")  # as others note it
    assert (await lab.shadow("EML1"))["health_code"] is None
    assert not await is_away(lab)


async def test_meter_without_an_address_says_so(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    await lab.execute("UPDATE flows.meter_registry SET ip_address = NULL")
    await lab.sync(*METRICS)
    await assert_unhealthy(lab, "EML1", "the registry has no IP address for it")


async def test_meter_that_is_away_comes_last_and_every_try_counts(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", faults=Faults(drop=1)), *(MeterConfig(f"EML{n}") for n in range(2, 12)))
    order: list[str] = []
    serials = {id: serial for serial, id in lab.ids.items()}
    async with lab.fleet(concurrency=1, attempts=4, read_timeout_seconds=0.05) as fleet:
        await fleet.sync(list(serials), ["SyncerCsq"], lambda outcome: order.append(serials[outcome.meter_id]))
    assert order[-1] == "EML1"
    assert lab.meter("EML1").counters.requests == 4


async def test_meter_that_was_not_there_last_time_starts_first(community: MakeCommunity) -> None:
    lab = await community(*(MeterConfig(f"EML{n}") for n in range(1, 6)))
    await lab.execute("UPDATE flows.meter_registry SET port = 1 WHERE serial = 'EML5'")
    serials = {id: serial for serial, id in lab.ids.items()}
    ended: list[str] = []
    async with lab.fleet(concurrency=1, attempts=1) as fleet:
        for _ in range(2):
            await fleet.sync(list(serials), ["SyncerCsq"], lambda outcome: ended.append(serials[outcome.meter_id]))
    assert (ended[4], ended[5]) == ("EML5", "EML5")


async def test_meter_that_answers_the_second_time_is_well(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", faults=Faults(drop=1, times=2)))
    outcomes = await lab.sync(*METRICS, read_timeout_seconds=0.5)
    assert outcomes["EML1"].reason is None
    await assert_well(lab, "EML1")


async def test_request_that_has_had_its_tries_is_not_made_again_by_another_visit(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))

    async def identified() -> bool:
        return lab.meter("EML1").counters.requests >= 1

    async def fall_silent() -> None:
        await until(identified, every=0)
        lab.meter("EML1").faults = Faults(drop=1)

    silence = asyncio.create_task(fall_silent())
    await lab.sync("Reads", attempts=3, read_timeout_seconds=0.1, keep_open=False)
    await silence
    assert lab.meter("EML1").counters.requests == 1 + 3


async def test_wrong_meter_is_not_asked_again_nor_for_anything_else(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", faults=Faults(wrong_serial=1)))
    await lab.sync(*METRICS)
    assert lab.meter("EML1").counters.requests == 1


async def test_metric_that_a_meter_refuses_leaves_it_healthy_and_the_others_read(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    await lab.execute("UPDATE flows.meter_registry SET hardware = 'P1.ax'")  # as if the board had been exchanged
    outcomes = await lab.sync("Csq", "Voltage")
    assert outcomes["EML1"].reason == "SyncerVoltage: the meter refused: object id unknown (code 5)"
    shadow, status = await lab.shadow("EML1"), await lab.status("EML1")
    assert (shadow["health"], shadow["voltage"]) == ("healthy", None)
    assert (status["Csq"]["last_error"], status["Voltage"]["consecutive_failures"]) == (None, 1)


async def test_meter_that_fails_half_way_keeps_what_it_said_and_its_signal_is_unknown(
    community: MakeCommunity,
) -> None:
    lab = await community(MeterConfig("EML1"))
    await lab.execute("UPDATE flows.meter_shadows SET csq = 20")

    async def asked_twice() -> bool:
        return lab.meter("EML1").counters.requests >= 2

    async def fall_silent() -> None:
        await until(asked_twice, every=0)
        lab.meter("EML1").faults = Faults(drop=1)

    silence = asyncio.create_task(fall_silent())
    await lab.sync("Csq", "Voltage", "Reads", attempts=1, read_timeout_seconds=0.1)
    await silence
    shadow, status = await lab.shadow("EML1"), await lab.status("EML1")
    assert (shadow["health"], shadow["csq"], shadow["import_a"]) == ("unhealthy", None, None)
    assert status["Csq"]["last_error"] is None
    assert "no answer to" in status["Reads"]["last_error"]


async def test_status_counts_failures_and_forgets_them_with_the_first_success(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    await lab.sync("Reads")
    lab.meter("EML1").faults = Faults(drop=1)
    for _ in range(2):
        await lab.sync("Reads", attempts=1, read_timeout_seconds=0.05)
    status = (await lab.status("EML1"))["Reads"]
    assert (status["consecutive_failures"], status["readings"]) == (2, 4)
    assert status["last_success_at"] < status["last_attempt_at"] == status["last_error_at"]
    lab.meter("EML1").faults = WELL
    await lab.sync("Reads")
    status = (await lab.status("EML1"))["Reads"]
    assert (status["consecutive_failures"], status["last_error"]) == (0, None)
    assert status["last_success_at"] == status["last_attempt_at"]
    assert status["last_error_at"] < status["last_success_at"]


@pytest.mark.parametrize("change", ["mode = 'passive'", "installation_status = 'deleted'"])
async def test_meter_that_is_not_ours_to_read_is_left_alone(community: MakeCommunity, change: str) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML2"))
    await lab.execute(f"UPDATE flows.meter_registry SET {change} WHERE serial = 'EML1'")
    outcomes = await lab.sync(*METRICS)
    assert outcomes["EML1"].serial is None
    assert lab.meter("EML1").counters.connections == 0
    assert await lab.status("EML1") == {}
    assert (await lab.shadow("EML1"))["health_details"] == "not read yet"
    await assert_well(lab, "EML2")


async def test_metric_that_the_hardware_does_not_have_needs_no_visit(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    outcomes = await lab.sync("PrepayBalance")
    assert outcomes["EML1"].reason is None
    assert lab.meter("EML1").counters.connections == 0


async def test_reading_that_the_database_refuses_costs_the_others_nothing(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML2"))
    await lab.execute(f"ALTER TABLE flows.meter_shadows ADD CHECK (id <> '{lab.ids['EML1']}' OR import_a IS NULL)")
    async with lab.fleet(flush_seconds=0.2) as fleet:
        outcomes = await lab.sync_with(fleet, "Reads")
    assert "check constraint" in (outcomes["EML1"].reason or "")
    assert (outcomes["EML2"].reason, (await lab.shadow("EML2"))["import_a"] > Decimal(0)) == (None, True)


async def test_meter_deleted_while_it_was_queued_costs_its_slice_nothing(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"), MeterConfig("EML2"))
    await lab.execute("DELETE FROM flows.meter_registers WHERE meter_id = $1", lab.ids["EML1"])
    await lab.execute("DELETE FROM flows.meter_registry WHERE id = $1", lab.ids["EML1"])
    outcomes = await lab.sync("Reads")
    assert (outcomes["EML1"].serial, outcomes["EML1"].reason) == (None, None)
    assert (outcomes["EML2"].serial, outcomes["EML2"].reason) == ("EML2", None)


@pytest.mark.parametrize(
    ("networks", "address"),
    [
        ("10.0.0.0/8", "127.0.0.1"),
        ("10.0.0.0/8 127.2.0.0/16", "127.0.0.1"),
        ("::/0", "127.0.0.1"),
    ],
)
async def test_meter_outside_the_networks_of_meters_is_not_talked_to(
    community: MakeCommunity, networks: str, address: str
) -> None:
    lab = await community(MeterConfig("EML1"))
    await lab.sync(*METRICS, networks=networks)
    await assert_unhealthy(lab, "EML1", f"{address}:{lab.simulator.place('EML1')[1]} is not talked to")


@pytest.mark.parametrize(
    ("address", "is_a_meters"),
    [
        *((address, True) for address in ("10.1.2.3", "172.31.0.9", "192.168.0.1", "100.64.0.1", "::ffff:10.1.2.3")),
        *((address, True) for address in ("fd00::1",)),
        *((address, False) for address in ("127.0.0.1", "127.2.0.7", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::")),
        *((address, False) for address in ("169.254.169.254", "fe80::1", "8.8.8.8", "172.32.0.1", "100.128.0.1")),
    ],
)
def test_this_machine_is_no_meter_unless_told_so(address: str, is_a_meters: bool) -> None:
    assert is_within(address, parse_networks(PRIVATE)) == is_a_meters


async def test_meter_on_this_machine_is_not_talked_to_by_default(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    default = SyncSettings.model_fields["meter_sync_networks"].default
    await lab.sync(*METRICS, networks=default)
    await assert_unhealthy(lab, "EML1", f"127.0.0.1:{lab.simulator.place('EML1')[1]} is not talked to")


async def test_our_own_database_is_no_meter(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    [port] = lab.settings.own_ports
    await lab.execute(f"UPDATE flows.meter_registry SET port = {port}")
    await lab.sync(*METRICS)
    await assert_unhealthy(lab, "EML1", f"127.0.0.1:{port} is not talked to")


async def test_endpoint_has_one_meter_however_it_is_spelled(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    port = lab.simulator.place("EML1")[1]
    for spelling in ("127.0.0.1/24", "::ffff:127.0.0.1", "127.0.0.1"):
        with pytest.raises(asyncpg.UniqueViolationError, match="meter_registry_endpoint"):
            await lab.execute(
                f"""INSERT INTO flows.meter_registry (serial, esco, ip_address, port)
                    SELECT 'EML9', esco, '{spelling}', {port} FROM flows.meter_registry"""
            )


async def test_meter_that_rests_holds_no_slot(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", keep_open=False), MeterConfig("EML2"))
    read: asyncio.Future[SyncOutcome] = asyncio.get_running_loop().create_future()
    async with lab.fleet(concurrency=1, pace_seconds=60) as fleet:
        both = asyncio.create_task(fleet.sync([lab.ids["EML1"], lab.ids["EML2"]], ["SyncerCsq"], read.set_result))
        assert (await read).serial == "EML2"
        assert lab.meter("EML1").counters.requests == 1
        both.cancel()
