"""What meters of each kind answer, over sockets."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows_meter_sync.emop import (
    EmopError,
    Frame,
    Request,
    decode_frame,
    errors,
    intervals,
    objects,
    read,
    read_event_log,
    read_intervals,
    read_profile_log_1,
    read_profile_log_2,
    read_twin_profile_log_2,
    records,
    units,
    write,
)
from flows_meter_sync.emop.messages import IntervalsRequest, ObjectMessage
from flows_meter_sync.emop.objects import OBJECTS, UNDETERMINED, Object
from flows_meter_sync.emop.records import BacklightSetting, LoadSwitchSetting
from flows_meter_sync.simulator import Hardware, MeterConfig, PowerCut, SimulatedMeter
from simulator.client import ask, ask_all, connected
from simulator.conftest import Clock, Simulate

HOME = MeterConfig("EML2100000001")
TWIN = MeterConfig("EML2100000002", Hardware.C1W)
SOLAR = MeterConfig("EML2100000003", nature="solar")
CX = MeterConfig("EML2100000004", Hardware.P1CX)
AX = MeterConfig("EML2100000005", Hardware.P1AX)
HALF_HOUR = timedelta(minutes=30)
START = datetime(2026, 10, 13, 22, tzinfo=UTC)

BY_THE_PROTOCOL_FIVE = {unknown.id for unknown in UNDETERMINED} | {objects.EVENT_LOG.id, objects.PREPAY_TOKEN.id}
THREE_PHASE = {
    objects.THREE_PHASE_SERIAL,
    objects.HARDWARE_CONFIGURATION,
    objects.VOLTAGE_L1,
    objects.VOLTAGE_L2,
    objects.VOLTAGE_L3,
    objects.TOTAL_ACTIVE_IMPORT,
    objects.TOTAL_ACTIVE_EXPORT,
    objects.TOTAL_REACTIVE_IMPORT,
    objects.TOTAL_REACTIVE_EXPORT,
    objects.TOTAL_APPARENT_IMPORT,
    objects.TOTAL_APPARENT_EXPORT,
}
TWIN_ONLY = {objects.READING_B, objects.POWER_B, objects.TIME_SWITCHES_B}
SINGLE_PHASE = {objects.READING_A, objects.POWER_A, objects.VOLTAGE}


@pytest.mark.parametrize(
    ("config", "lacks"),
    [(HOME, THREE_PHASE | TWIN_ONLY - {objects.READING_B}), (TWIN, THREE_PHASE), (CX, SINGLE_PHASE | TWIN_ONLY)],
    ids=["single element", "twin element", "three-phase"],
)
async def test_meter_answers_every_object_that_its_kind_has(
    config: MeterConfig, lacks: set[Object[Any]], simulate: Simulate
) -> None:
    place = (await simulate(config)).place(config.serial)
    async with connected(place) as client:
        for wanted in OBJECTS.values():
            if wanted.id in BY_THE_PROTOCOL_FIVE:
                continue
            if wanted in lacks:
                with pytest.raises(errors.ObjectUnknown):
                    await client.ask(read(wanted))
            else:
                await client.ask(read(wanted))


async def test_unknown_object_is_refused_with_code_5(simulate: Simulate) -> None:
    place = (await simulate(HOME)).place(HOME.serial)
    for unknown in (UNDETERMINED[0], objects.object_of(0xABCDEF)):
        with pytest.raises(errors.ObjectUnknown):
            await ask(place, read(unknown))


@pytest.mark.parametrize("wanted", [objects.SERIAL, objects.PREPAY_BALANCE, objects.ACTIVE_STANDING_CHARGE])
async def test_write_of_a_read_only_object_is_refused_with_code_6(wanted: Object[Any], simulate: Simulate) -> None:
    place = (await simulate(HOME)).place(HOME.serial)
    before = await ask(place, read(wanted))
    message = b"\1" + ObjectMessage(wanted.id, 1, wanted.encode(before)).encode()
    with pytest.raises(errors.SecurityNotGranted):
        await ask(place, Request("write", message, message[:5], bytes))


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"\x02\x60\x01\x00\x00", errors.RequestFormatRefused),  # no such format
        (b"\x01\x60\x01\x00\x02", errors.RequestFormatRefused),  # neither read nor write
        (b"\x01\x60\x01\x00\x00\x00", errors.RequestFormatRefused),  # a read with a payload
        (b"\x01\x60", errors.RequestFormatRefused),
        (b"\x03\x00", errors.RequestFormatRefused),
        (b"\x05\xff\xff\x49\x0a", errors.RequestFormatRefused),  # page 10
        (b"\x05\xff\xff\x48\x00", errors.ObjectUnknown),
        (b"\x01\xff\xff\x23\x01\x00", errors.RequestFormatRefused),  # a price of one byte
        (b"\x14" + bytes(13), errors.RequestFormatRefused),  # a single phase meter has no intervals
    ],
)
async def test_request_that_makes_no_sense_is_refused(data: bytes, rule: type[EmopError], simulate: Simulate) -> None:
    place = (await simulate(HOME)).place(HOME.serial)
    with pytest.raises(rule):
        await ask(place, Request("nonsense", data, b"\xff", bytes))


@given(
    config=st.sampled_from([HOME, TWIN, SOLAR, CX, AX]),
    requests=st.lists(
        st.one_of(
            st.builds(
                lambda known, flag, payload: b"\1" + ObjectMessage(known, flag, payload).encode(),
                st.sampled_from(sorted(OBJECTS)),
                st.integers(0, 2),
                st.binary(max_size=20) | st.just(b"1" * 20) | st.just(bytes(80)),
            ),
            st.builds(
                lambda *asked: b"\x14" + IntervalsRequest(*asked).encode(),
                st.sampled_from([0, 1, 2, 255]),
                *[st.integers(0, 2**32 - 1)] * 2,
            ),
            st.builds(lambda head, rest: bytes((head,)) + rest, st.sampled_from([1, 3, 4, 5, 0x14]), st.binary()),
        ),
        max_size=12,
    ),
)
def test_any_request_is_answered_or_refused_whatever_was_written_before(
    config: MeterConfig, requests: list[bytes]
) -> None:
    meter = SimulatedMeter(config, Clock())
    for data in requests:
        replies = meter.answer(Frame(data=data))
        assert replies
        assert all(decode_frame(reply.encode()).control & 7 == 5 for reply in replies)


async def test_request_with_a_wrong_crc_is_refused_with_code_1_and_its_sequence_number(simulate: Simulate) -> None:
    place = (await simulate(HOME)).place(HOME.serial)
    async with connected(place) as client:
        raw = Frame(control=3, data=read(objects.SERIAL).data).encode()
        await client.send(raw[:-1] + bytes((raw[-1] ^ 1,)))
        (refusal,) = await client.receive()
        assert refusal.control == 0x80 | 1 << 4 | 3
        assert await client.ask(read(objects.SERIAL)) == HOME.serial


async def test_meter_answers_to_its_own_address_and_to_any_but_not_to_another(simulate: Simulate) -> None:
    place = (await simulate(HOME)).place(HOME.serial)
    assert HOME.own_address == 2100000001 & 0xFFFFFF
    assert await ask(place, read(objects.SERIAL), destination=HOME.own_address) == HOME.serial
    assert await ask(place, read(objects.SERIAL), destination=0, sequence=7, source=0x123456) == HOME.serial
    with pytest.raises(errors.RequestAddressRefused):
        await ask(place, read(objects.SERIAL), destination=HOME.own_address ^ 1)


async def test_meters_say_what_they_are(simulate: Simulate) -> None:
    simulator = await simulate(HOME, TWIN, CX, AX)
    names = [await ask(simulator.place(serial), read(objects.HARDWARE)) for serial in simulator.meters]
    assert names == ["3Aw", "6Cw", "", ""]
    kinds = [await ask(simulator.place(each.serial), read(objects.HARDWARE_CONFIGURATION)) for each in (CX, AX)]
    assert [kind.meter_type.name for kind in kinds] == ["cx_ct_operated", "ax_whole_current"]
    firmware = [await ask(simulator.place(each.serial), read(objects.FIRMWARE)) for each in (HOME, CX)]
    assert firmware == ["6_35_9", "0117"]


async def test_element_that_a_meter_does_not_have_has_counted_nothing(simulate: Simulate) -> None:
    place = (await simulate(HOME)).place(HOME.serial)
    assert await ask(place, read(objects.READING_B)) == (0, 0, 0, 0)


async def test_registers_are_what_the_meter_measured(simulate: Simulate, clock: Clock) -> None:
    simulator = await simulate(TWIN, CX)
    before_a, before_b = [
        await ask(simulator.place(TWIN.serial), read(reading)) for reading in (objects.READING_A, objects.READING_B)
    ]
    total = await ask(simulator.place(CX.serial), read(objects.TOTAL_ACTIVE_IMPORT))
    clock.now = clock.now.replace(minute=0)
    since = clock.now
    at_noon = await ask(simulator.place(TWIN.serial), read(objects.READING_A))
    clock.forward(days=2)
    after = await ask(simulator.place(TWIN.serial), read(objects.READING_A))
    halves = simulator.meters[TWIN.serial].half_hours(since, clock.now)
    assert after.import_active - at_noon.import_active == sum(half.import_wh for half in halves if half.element == "A")
    assert at_noon.import_active <= before_a.import_active
    assert before_b.import_active > 0
    assert total % 10 == 0  # a CX meter counts tenths of a Wh


async def test_clock_drifts_can_be_set_and_leaves_the_log_alone(simulate: Simulate, clock: Clock) -> None:
    config = MeterConfig("EML1", clock_drift_seconds=-45)
    place = (await simulate(config)).place("EML1")
    assert await ask(place, read(objects.CLOCK)) == clock.now - timedelta(seconds=45)
    assert (await ask(place, read_profile_log_1(START)))[0].at == START
    await ask(place, write(objects.CLOCK, clock.now))
    clock.forward(hours=3)
    assert await ask(place, read(objects.CLOCK)) == clock.now


async def test_clock_that_gains_is_right_again_when_it_is_set(simulate: Simulate, clock: Clock) -> None:
    config = MeterConfig("EML1", clock_drift_seconds=10, clock_gains_seconds_a_day=-4)
    place = (await simulate(config)).place("EML1")
    clock.forward(days=5)
    assert await ask(place, read(objects.CLOCK)) == clock.now - timedelta(seconds=10)
    await ask(place, write(objects.CLOCK, clock.now))
    assert await ask(place, read(objects.CLOCK)) == clock.now
    clock.forward(days=2)
    assert await ask(place, read(objects.CLOCK)) == clock.now - timedelta(seconds=8)


VALUES: dict[Object[Any], Any] = {
    objects.CLOCK: START,
    objects.DAYLIGHT_SAVING: True,
    objects.PREPAY_ENABLED: True,
    objects.NO_DEBT_RECOVERY_IN_EMERGENCY_CREDIT: True,
    objects.NO_STANDING_CHARGE_AT_POWER_FAIL: True,
    objects.BACKLIGHT: BacklightSetting.named("always_on_sp"),
    objects.LOAD_SWITCH: LoadSwitchSetting.named("never_button_required"),
    objects.FUTURE_ACTIVATION: START + timedelta(days=9),
    objects.FUTURE_THRESHOLD_MASK: records.ThresholdMask(*[True, False] * 4),
    objects.FUTURE_THRESHOLD_VALUES: records.ThresholdValues(*range(1, 8)),
    objects.FUTURE_TOU_FLAG: 1,
    objects.TIME_SWITCHES_A: bytes(range(80)),
    objects.TIME_SWITCHES_B: bytes(range(80, 160)),
}


@pytest.mark.parametrize("config", [HOME, TWIN, CX], ids=["single element", "twin element", "three-phase"])
async def test_every_object_that_can_be_written_is_read_back_as_written(
    config: MeterConfig, simulate: Simulate
) -> None:
    place = (await simulate(config)).place(config.serial)
    writable = [known for known in OBJECTS.values() if known.access == "rw"]
    assert len(writable) - len(VALUES) == len(objects.FUTURE_RATES_A) + len(objects.FUTURE_RATES_B) + 5  # prices
    async with connected(place) as client:
        for wanted in writable:
            if wanted is objects.TIME_SWITCHES_B and config is not TWIN:
                with pytest.raises(errors.ObjectUnknown):
                    await client.ask(write(wanted, VALUES[wanted]))
                continue
            value = VALUES.get(wanted, Decimal(wanted.id % 1000).scaleb(-5))
            assert await client.ask(read(wanted)) != value
            await client.ask(write(wanted, value))
            assert await client.ask(read(wanted)) == value


async def logged(place: tuple[str, int], request: Any, start: datetime, count: int, step: int) -> list[Any]:
    entries: list[Any] = []
    async with connected(place) as client:
        for number in range(0, count, step):
            entries += await client.ask(request(start + number * HALF_HOUR))
    return entries


async def test_profile_log_1_tells_the_same_half_hours_as_the_meter(simulate: Simulate) -> None:
    simulator = await simulate(TWIN)
    entries = await logged(simulator.place(TWIN.serial), read_profile_log_1, START, 24, 4)
    assert [entry.at for entry in entries] == [START + number * HALF_HOUR for number in range(24)]
    assert all(entry.status.valid_data for entry in entries)
    halves = simulator.meters[TWIN.serial].half_hours(START, START + 23 * HALF_HOUR)
    differences = [
        (after.import_a - before.import_a, after.import_b - before.import_b) for before, after in pairwise(entries)
    ]
    assert differences == [(a.import_wh, b.import_wh) for a, b in zip(halves[::2], halves[1::2], strict=True)]


async def test_profile_log_2_tells_what_a_solar_meter_exported(simulate: Simulate) -> None:
    simulator = await simulate(SOLAR, TWIN)
    noon = START.replace(hour=9)
    entries = await logged(simulator.place(SOLAR.serial), read_profile_log_2, noon, 9, 3)
    halves = simulator.meters[SOLAR.serial].half_hours(noon, noon + 8 * HALF_HOUR)
    exported = [after.active_export_a - before.active_export_a for before, after in pairwise(entries)]
    assert exported == [half.export_wh for half in halves]
    assert sum(exported) > 0
    twin = await logged(simulator.place(TWIN.serial), read_twin_profile_log_2, noon, 4, 2)
    assert [entry.at for entry in twin] == [noon + number * HALF_HOUR for number in range(4)]
    assert all(220 < entry.voltage < 260 for entry in twin)


async def test_profile_log_ends_at_the_last_half_hour_and_starts_with_the_meter(
    simulate: Simulate, clock: Clock
) -> None:
    config = MeterConfig("EML1", installed_on=START.date())
    place = (await simulate(config)).place("EML1")
    last = clock.now.replace(minute=0)
    assert [entry.at for entry in await ask(place, read_profile_log_1(last - HALF_HOUR))] == [last - HALF_HOUR, last]
    assert await ask(place, read_profile_log_1(last + HALF_HOUR)) == []
    assert [entry.at for entry in await ask(place, read_profile_log_1(START.replace(hour=0) - HALF_HOUR))] == [
        START.replace(hour=0) + number * HALF_HOUR for number in range(3)
    ]


@pytest.mark.parametrize("include_end", [True, False])
@pytest.mark.parametrize("config", [CX, AX], ids=["cx", "ax"])
async def test_intervals_lose_and_double_nothing_whether_the_end_is_included_or_not(
    config: MeterConfig, include_end: bool, simulate: Simulate
) -> None:
    config = MeterConfig(config.serial, config.hardware, intervals_include_end=include_end)
    simulator = await simulate(config)
    found: list[Any] = []
    async with connected(simulator.place(config.serial)) as client:
        for hours in range(0, 12, 4):
            start = START + timedelta(hours=hours)
            frames = await client.ask_all(read_intervals(start, start + timedelta(hours=4)))
            found += intervals.within(intervals.join(frames), start, start + timedelta(hours=4))
    assert [at for at, _, _ in found] == [START + number * HALF_HOUR for number in range(24)]
    halves = simulator.meters[config.serial].half_hours(START, START + 23 * HALF_HOUR)
    counts = [interval.channel_data[block.channel_ids.index(0x010800)] for _, block, interval in found]
    steps = config.hardware.counts_per_wh
    assert [after - before for before, after in pairwise(counts)] == [half.import_wh * steps for half in halves]


@pytest.mark.parametrize(("intervals_a_block", "frame_bytes"), [(None, 60), (2, 60), (3, 240), (1, 7)])
async def test_intervals_come_in_several_frames_and_blocks_of_one_segment(
    intervals_a_block: int | None, frame_bytes: int, simulate: Simulate
) -> None:
    config = replace(CX, intervals_a_block=intervals_a_block, interval_frame_bytes=frame_bytes)
    simulator = await simulate(replace(CX, serial="EML1", home=CX.serial), config)
    request = read_intervals(START, START + timedelta(hours=4))
    whole = intervals.join(await ask_all(simulator.place("EML1"), request))
    async with connected(simulator.place(CX.serial)) as client:
        frames = await client.ask_all(request)
        assert client.segments == 1
    assert len(frames) > 2
    blocks = intervals.join(frames)
    assert len(blocks) == -(-8 // (intervals_a_block or 8))
    assert [pair for block in blocks for pair in block.timed()] == list(whole[0].timed())


async def test_more_than_four_hours_of_intervals_at_once_are_refused_with_code_4(simulate: Simulate) -> None:
    place = (await simulate(CX)).place(CX.serial)
    start = units.seconds(START)
    for seconds, refused in ((4 * 3600, False), (4 * 3600 + 1, True)):
        asked = IntervalsRequest(0, start, start + seconds).encode()
        request = Request("intervals", b"\x14" + asked, b"\x14", intervals.decode_frame_part)
        with pytest.raises(errors.RequestPayloadRefused) if refused else nullcontext():
            await ask(place, request)


async def test_log_of_intervals_that_is_reset_starts_again(simulate: Simulate, clock: Clock) -> None:
    place = (await simulate(CX)).place(CX.serial)
    (emptied,) = intervals.join([await ask(place, read_intervals(START, START + timedelta(hours=4), intervals.RESET))])
    assert emptied.intervals == []
    (nothing,) = intervals.join([await ask(place, read_intervals(START, START + timedelta(hours=4)))])
    assert nothing.intervals == []
    clock.forward(hours=1)
    (block,) = intervals.join([await ask(place, read_intervals(clock.now - timedelta(hours=4), clock.now))])
    assert [(at.time().isoformat(), row.status.log_reset) for at, row in block.timed()] == [
        ("12:30:00", True),
        ("13:00:00", False),
    ]


async def test_intervals_of_a_time_without_any_are_the_nearest_one(simulate: Simulate, clock: Clock) -> None:
    place = (await simulate(CX)).place(CX.serial)
    for start, nearest in [
        (datetime(2020, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)),
        (clock.now + timedelta(days=9), clock.now.replace(minute=0)),
    ]:
        frame = await ask(place, read_intervals(start, start + timedelta(hours=4)))
        (block,) = intervals.join([frame])
        assert [at for at, _ in block.timed()] == [nearest]
        assert intervals.within([block], start, start + timedelta(hours=4)) == []


async def test_event_log_is_paged_newest_first(simulate: Simulate, clock: Clock) -> None:
    place = (await simulate(HOME)).place(HOME.serial)
    events = [event for page in range(10) for event in await ask(place, read_event_log(page))]
    assert len(events) == 100
    assert len(set(events)) == 100
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
    assert events[0].at <= clock.now
    assert {"daily_log_snapshot", "billing_log_snapshot", "listening_socket_aborted"} <= {
        event.event_id.name for event in events
    }
    clock.forward(days=1)
    assert set(events[:80]) <= {event for page in range(10) for event in await ask(place, read_event_log(page))}


async def test_event_log_of_a_new_meter_is_short(simulate: Simulate) -> None:
    config = MeterConfig("EML1", installed_on=START.date() - timedelta(days=3))
    place = (await simulate(config)).place("EML1")
    events = await ask(place, read_event_log(0))
    assert 4 <= len(events) < 10
    assert await ask(place, read_event_log(1)) == []


async def test_power_cut_shows_in_the_logs(simulate: Simulate) -> None:
    cut = PowerCut(START + timedelta(minutes=40), START + timedelta(minutes=100))
    simulator = await simulate(
        MeterConfig("EML1", power_cuts=(cut,)), MeterConfig("EML2", Hardware.P1AX, power_cuts=(cut,))
    )
    entries = await ask(simulator.place("EML1"), read_profile_log_1(START))
    assert [entry.status.valid_data for entry in entries] == [True, True, False, False]
    assert [entry.status.power_fail for entry in entries] == [False, False, True, True]
    (block,) = intervals.join([await ask(simulator.place("EML2"), read_intervals(START, START + timedelta(hours=2)))])
    assert [interval.status.valid_data for _, interval in block.timed()] == [True, True, False, False]
    events = [(event.event_id.name, event.at) for event in await ask(simulator.place("EML1"), read_event_log(0))]
    assert {("event_power_dn", cut.start), ("event_power_up", cut.end)} <= set(events)
