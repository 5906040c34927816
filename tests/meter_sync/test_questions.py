"""What a visit asks: nothing that it does not need, as each question costs a meter that closes a pause."""

import pytest

from flows_meter_sync.fleet import Fleet
from flows_meter_sync.simulator.config import Faults, Hardware, MeterConfig
from meter_sync.community import Community
from meter_sync.conftest import MakeCommunity

HOURLY = ("Csq", "Voltage", "PrepayBalance", "EventLog")
CLOSES = MeterConfig("EML1", keep_open=False, prepay=True)
SERIAL = 1


async def asked(lab: Community, fleet: Fleet, *metrics: str, serial: str = "EML1") -> int:
    """So many questions reached the meter."""
    before = lab.meter(serial).counters.requests
    await lab.sync_with(fleet, *metrics, serials=[serial])
    return lab.meter(serial).counters.requests - before


@pytest.mark.parametrize(
    ("config", "questions"),
    [
        (CLOSES, 4),
        (MeterConfig("EML1", prepay=True), 4),
        (MeterConfig("EML1", keep_open=False), 3),
        (MeterConfig("EML1", keep_open=False, hardware=Hardware.P1AX), 5),  # three phases have a voltage each
    ],
)
async def test_meter_that_told_its_serial_is_asked_for_what_is_due_alone(
    community: MakeCommunity, config: MeterConfig, questions: int
) -> None:
    lab = await community(config)
    await lab.sync("EventLog")
    async with lab.fleet() as fleet:
        assert await asked(lab, fleet, *HOURLY) == SERIAL + questions
        assert await asked(lab, fleet, *HOURLY) == questions
        assert (await lab.shadow("EML1"))["health"] == "healthy"


async def test_every_process_asks_a_meter_who_it_is_before_it_believes_it(community: MakeCommunity) -> None:
    lab = await community(CLOSES)
    for _ in range(2):
        async with lab.fleet() as fleet:
            assert await asked(lab, fleet, "Csq") == SERIAL + 1


async def test_what_bills_are_made_of_is_taken_of_a_meter_that_just_said_who_it_is(community: MakeCommunity) -> None:
    lab = await community(CLOSES)
    async with lab.fleet() as fleet:
        await asked(lab, fleet, "Csq")
        assert await asked(lab, fleet, "Csq", "Reads") == SERIAL + 2
        lab.meter("EML1").faults = Faults(wrong_serial=1)
        assert await asked(lab, fleet, "Reads") == SERIAL
        assert "but EML0000000000 answered" in (await lab.shadow("EML1"))["health_details"]
        assert await asked(lab, fleet, "Csq") == SERIAL  # and it is not believed any more


async def test_meter_that_moved_or_failed_is_asked_who_it_is(community: MakeCommunity) -> None:
    lab = await community(CLOSES, MeterConfig("EML2", keep_open=False))
    async with lab.fleet(attempts=1, read_timeout_seconds=0.2) as fleet:
        await asked(lab, fleet, "Csq")
        lab.meter("EML1").faults = Faults(drop=1)
        assert await asked(lab, fleet, "Csq") == 1
        lab.meter("EML1").faults = Faults()
        assert await asked(lab, fleet, "Csq") == SERIAL + 1
        host, port = lab.simulator.place("EML2")
        await lab.execute("UPDATE flows.meter_registry SET ip_address = NULL WHERE serial = 'EML2'")
        await lab.execute(
            "UPDATE flows.meter_registry SET ip_address = $1::text::inet, port = $2 WHERE serial = 'EML1'", host, port
        )
        [outcome] = (await lab.sync_with(fleet, "Csq", serials=["EML1"])).values()
        assert outcome.reason == "expected meter EML1, but EML2 answered"


async def test_meter_that_was_written_to_is_asked_who_it_is(community: MakeCommunity) -> None:
    lab = await community(CLOSES)
    async with lab.fleet() as fleet:
        await asked(lab, fleet, "Csq")
        async with fleet.alone_with(lab.ids["EML1"]):
            pass
        assert await asked(lab, fleet, "Csq") == SERIAL + 1


async def test_meter_is_believed_for_a_time(community: MakeCommunity) -> None:
    lab = await community(CLOSES)
    async with lab.fleet(identity_seconds=0) as fleet:
        for _ in range(2):
            assert await asked(lab, fleet, "Csq") == SERIAL + 1


async def test_believed_meter_that_is_silent_has_one_try_a_visit(community: MakeCommunity) -> None:
    lab = await community(CLOSES)
    async with lab.fleet(attempts=3, read_timeout_seconds=0.1) as fleet:
        await asked(lab, fleet, "Csq")
        lab.meter("EML1").faults = Faults(drop=1)
        assert await asked(lab, fleet, "Csq", "Voltage") == 3


async def test_believed_meter_that_answers_the_second_time_is_well(community: MakeCommunity) -> None:
    lab = await community(CLOSES)
    async with lab.fleet(attempts=3, read_timeout_seconds=0.1) as fleet:
        await asked(lab, fleet, "Csq")
        lab.meter("EML1").faults = Faults(drop=1, times=1)
        assert await asked(lab, fleet, "Csq") == 1 + SERIAL + 1
        assert (await lab.shadow("EML1"))["health"] == "healthy"


@pytest.mark.parametrize("stored", [None, "6Zw"])
async def test_hardware_is_asked_for_once(community: MakeCommunity, stored: str | None) -> None:
    lab = await community(CLOSES)
    await lab.execute("UPDATE flows.meter_registry SET hardware = $1", stored)
    async with lab.fleet() as fleet:
        assert await asked(lab, fleet, "Hardware") == SERIAL + 1
        assert (await lab.registry("EML1"))["hardware"] == "EMA1.w"
