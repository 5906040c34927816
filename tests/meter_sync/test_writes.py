"""Writes to meters: asked for once, done once, read back, whatever dies on the way."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr

from builders import insert, make_esco, make_home
from conftest import JWT_SECRET
from flows_meter_sync.emop import objects, units
from flows_meter_sync.emop.messages import OBJECT, WRITE, ObjectMessage
from flows_meter_sync.emop.objects import Object
from flows_meter_sync.errors import CommandInvalid, KeyTaken, TokenTaken
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.simulator.config import Faults, Hardware, MeterConfig
from flows_meter_sync.simulator.prepay import vend
from flows_meter_sync.writes.due import ask_for_clock_corrections, ask_for_missing_tariffs, push_topup
from flows_meter_sync.writes.kinds import checked, write_of
from flows_meter_sync.writes.send import send_once
from flows_meter_sync.writes.store import add_command
from flows_shared.contracts import meters as commands
from flows_shared.contracts.meters import SETTINGS, Arguments, Setting
from flows_shared.vocabulary.meters import WriteKind
from meter_sync.community import Community
from meter_sync.conftest import QUICK, MakeCommunity
from meter_sync.relay import Hold, Relay, relayed
from meter_sync.sender import start_sending

ACTIVATION = datetime(2099, 1, 1, tzinfo=UTC)
TARIFF: Mapping[str, Any] = {
    "unit_rate_a": "0.2345",
    "unit_rate_b": "0.12345",
    "standing_charge": "0.5",
    "emergency_credit": "10",
    "ecredit_availability": "1",
    "debt_recovery_rate": "0.25",
    "activation_at": ACTIVATION.isoformat(),
}
# As the protocol's description has it: the time of activation arms the change.
SAFE_ORDER: list[Object[Any]] = [
    objects.FUTURE_THRESHOLD_MASK,
    objects.FUTURE_THRESHOLD_VALUES,
    objects.FUTURE_TOU_FLAG,
    objects.FUTURE_RATES_A[8, 1],
    objects.FUTURE_RATES_B[0],
    objects.FUTURE_EMERGENCY_CREDIT,
    objects.FUTURE_ECREDIT_AVAILABILITY,
    objects.FUTURE_DEBT_RECOVERY_RATE,
    objects.FUTURE_GAS,
    objects.FUTURE_STANDING_CHARGE,
    objects.FUTURE_ACTIVATION,
]
WITHOUT_CHECKS = """
    SET LOCAL session_replication_role = replica;
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT conname FROM pg_constraint
                     WHERE conrelid = 'public.customer_tariffs'::regclass AND contype = 'c' LOOP
            EXECUTE format('ALTER TABLE public.customer_tariffs DROP CONSTRAINT %I', name);
        END LOOP;
    END $$
"""
TOKEN = vend("EML1", 1_000, 1)
PREPAY = MeterConfig("EML1", prepay=True, balance=Decimal(5))


def settings_of(lab: Community, **changes: Any) -> MeterSyncSettings:
    given = {**QUICK, "meter_sync_command_retry_seconds": 0, **changes}
    return MeterSyncSettings(database_url=lab.settings.database_url, jwt_secret=SecretStr(JWT_SECRET), **given)


async def ask(lab: Community, kind: str, arguments: Mapping[str, Any], key: str = "key", serial: str = "EML1") -> UUID:
    async with lab.db.transaction() as transaction:
        return await add_command(transaction, lab.ids[serial], kind, arguments, key)


async def send(lab: Community, command: UUID, **changes: Any) -> asyncpg.Record:
    """One try; the command after it."""
    async with lab.fleet() as fleet:
        await send_once(fleet, settings_of(lab, **changes), command)
    return await state(lab, command)


async def state(lab: Community, command: UUID) -> asyncpg.Record:
    [row] = await lab.fetch("SELECT * FROM flows.meter_commands WHERE id = $1", command)
    return row


@asynccontextmanager
async def watched(lab: Community) -> AsyncIterator[Relay]:
    """EML1 behind a relay, which sees and can hold its requests."""
    async with relayed(*lab.simulator.place("EML1")) as (relay, port):
        await lab.execute("UPDATE flows.meter_registry SET port = $2 WHERE id = $1", lab.ids["EML1"], port)
        yield relay


def written(relay: Relay) -> list[int]:
    """The objects of all writes that came, in order."""
    messages = [ObjectMessage.decode(data[1:]) for data in relay.requests if data[0] == OBJECT]
    return [message.object_id for message in messages if message.flag == WRITE]


async def test_tariff_is_written_in_the_safe_order_and_read_back(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    async with watched(lab) as relay:
        done = await send(lab, await ask(lab, "tariff", TARIFF))
        assert written(relay) == [held.id for held in SAFE_ORDER]
    assert (done["status"], done["tries"], done["last_error"]) == ("confirmed", 1, None)
    assert done["after"]["tariff_future_block_8_rate_1"] == "0.23450"
    assert done["after"]["tariff_future_activation_datetime"] == ACTIVATION.isoformat()
    future = (await lab.shadow("EML1"))["tariffs_future"]
    assert (future["unit_rate_element_a"], future["standing_charge"]) == ("0.2345", "0.5")
    assert future["activation_datetime"] == ACTIVATION.isoformat()
    assert lab.meter("EML1").state.tariffs.armed_at is not None


async def test_tariff_that_the_meter_has_already_is_not_written_again(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    await send(lab, await ask(lab, "tariff", TARIFF))
    async with watched(lab) as relay:
        assert (await send(lab, await ask(lab, "tariff", TARIFF, "again")))["status"] == "confirmed"
        assert written(relay) == []


async def test_token_raises_the_balance_and_is_counted(community: MakeCommunity) -> None:
    lab = await community(PREPAY, now=datetime(2026, 6, 1, 12, tzinfo=UTC))
    done = await send(lab, await ask(lab, "token", {"token": TOKEN, "amount_pence": 1_000}))
    assert done["status"] == "confirmed"
    assert (done["before"]["balance"], done["before"]["transaction_count"]) == ("5.00000", 0)
    assert (done["after"]["balance"], done["after"]["transaction_count"]) == ("15.00000", 1)
    assert (await lab.shadow("EML1"))["balance"] == 15


async def test_token_of_another_meter_is_refused_for_good(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    done = await send(lab, await ask(lab, "token", {"token": vend("EML2", 1_000, 1)}))
    assert (done["status"], done["error_code"]) == ("failed", "command.token_refused")


@pytest.mark.parametrize(
    ("kind", "arguments", "column", "value"),
    [
        ("prepay", {"enabled": True}, "prepay_enabled", True),
        ("daylight_saving", {"enabled": True}, "daylight_savings_correction_enabled", True),
        ("backlight", {"setting": "always_on_sp"}, "backlight", "always_on_sp"),
        ("load_switch", {"setting": "no_button_credit_mode"}, "load_switch", "no_button_credit_mode"),
    ],
)
async def test_setting_is_written_and_the_shadow_follows(
    community: MakeCommunity, kind: str, arguments: dict[str, Any], column: str, value: object
) -> None:
    lab = await community(MeterConfig("EML1"))
    async with watched(lab) as relay:
        assert (await send(lab, await ask(lab, kind, arguments)))["status"] == "confirmed"
        assert len(written(relay)) == 1
    assert ({**await lab.shadow("EML1")} | {**await lab.registry("EML1")})[column] == value


async def test_three_phase_backlight_has_its_own_settings(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", hardware=Hardware.P1AX))
    await send(lab, await ask(lab, "backlight", {"setting": "n10_seconds_turn_off_3p"}))
    assert (await lab.shadow("EML1"))["backlight"] == "n10_seconds_turn_off_3p"


async def test_clock_that_is_off_is_set(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", clock_drift_seconds=-95))
    done = await send(lab, await ask(lab, "clock", {}))
    assert done["status"] == "confirmed"
    assert -97 <= done["before"]["drift_seconds"] <= -93
    assert abs(lab.meter("EML1").state.clock.drift(units.seconds(datetime.now(UTC)))) <= 2
    assert (await lab.shadow("EML1"))["clock_time_diff_seconds"] <= 2


# After serial, balance, count and details; where the meter closes, one of them was asked twice.
@pytest.mark.parametrize(("keep_open", "place"), [(True, 5), (False, 6)])
async def test_token_whose_acknowledgement_is_lost_is_not_sent_again(
    community: MakeCommunity, keep_open: bool, place: int
) -> None:
    lab = await community(MeterConfig("EML1", prepay=True, keep_open=keep_open))
    command = await ask(lab, "token", {"token": TOKEN, "amount_pence": 1_000})
    async with watched(lab) as relay, lab.fleet(read_timeout_seconds=0.3) as fleet:
        relay.hold = Hold(place, "answer")
        assert await send_once(fleet, settings_of(lab), command) is not None
        assert (await state(lab, command))["status"] == "sent"
        assert await send_once(fleet, settings_of(lab), command) is None
        assert written(relay) == [objects.PREPAY_TOKEN.id]
    assert (await state(lab, command))["status"] == "confirmed"
    assert lab.meter("EML1").state.prepay.count == 1


async def crash_and_recover(lab: Community, relay: Relay, command: UUID, hold: Hold) -> asyncpg.Record:
    """Kill the process that sends a command while the relay holds it there, and let another one take it up."""
    relay.hold = hold
    process = start_sending(settings_of(lab), command)
    async with asyncio.timeout(20):
        await relay.held.wait()
        process.kill()
        await asyncio.to_thread(process.join)
        await relay.left.wait()
    relay.held.clear()
    await lab.execute("UPDATE flows.meter_leases SET expires_at = now()")  # the time passes after which it would be
    done = await send(lab, command)
    assert (done["status"], done["tries"]) == ("confirmed", 2)
    return done


async def test_token_is_taken_once_wherever_the_worker_is_killed(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    steps = [Hold(number, side) for number in range(1, 10) for side in ("request", "answer")]
    async with watched(lab) as relay:
        for number, hold in enumerate(steps):
            relay.requests.clear()
            token = vend("EML1", 1_000, number)
            command = await ask(lab, "token", {"token": token, "amount_pence": 1_000}, f"key {number}")
            await crash_and_recover(lab, relay, command, hold)
            assert lab.meter("EML1").state.prepay.count == number + 1
            sent = written(relay).count(objects.PREPAY_TOKEN.id)
            lost = hold == Hold(5, "request")  # it went out, and never reached the meter
            assert sent == 1 + lost, hold


async def test_tariff_is_whole_wherever_the_worker_is_killed(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    first_write = 1 + len(SAFE_ORDER) + 1
    reads, writes = [1, 4], range(first_write, first_write + len(SAFE_ORDER), 2)
    read_back = first_write + len(SAFE_ORDER) + 3
    async with watched(lab) as relay:
        for number, request in enumerate([*reads, *writes, read_back]):
            relay.requests.clear()
            activation = (ACTIVATION + timedelta(days=number)).isoformat()
            values = {**TARIFF, "unit_rate_a": f"0.1{number}", "activation_at": activation}
            command = await ask(lab, "tariff", values, f"key {number}")
            done = await crash_and_recover(lab, relay, command, Hold(request, "answer"))
            assert done["after"]["tariff_future_block_8_rate_1"] == f"0.1{number}000"
            # Either all was there, or it was written anew: never on from the middle.
            last_run = [held.id for held in SAFE_ORDER] if request < read_back - 3 else []
            assert written(relay)[len(written(relay)) - len(last_run) :] == last_run


PRICES = (
    "unit_rate_a",
    "unit_rate_b",
    "standing_charge",
    "emergency_credit",
    "ecredit_availability",
    "debt_recovery_rate",
)


async def active(lab: Community) -> tuple[Decimal, ...]:
    """What the meter charges, in the order of `PRICES`."""
    await lab.sync("TariffsActive", serials=["EML1"])
    held = (await lab.shadow("EML1"))["tariffs_active"]
    prices = {name.removeprefix("prepayment_").replace("_element", ""): price for name, price in held.items()}
    return tuple(Decimal(prices[name]) for name in PRICES)


async def test_armed_tariff_is_put_off_before_another_is_written_over_it(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    await send(lab, await ask(lab, "tariff", {**TARIFF, "activation_at": soon.isoformat()}))
    async with watched(lab) as relay:
        done = await send(lab, await ask(lab, "tariff", {**TARIFF, "unit_rate_a": "0.3"}, "another"))
        assert written(relay) == [objects.FUTURE_ACTIVATION.id, *(held.id for held in SAFE_ORDER)]
    assert (done["status"], done["after"]["tariff_future_block_8_rate_1"]) == ("confirmed", "0.30000")


async def test_half_of_a_tariff_never_becomes_active_wherever_the_worker_is_killed(community: MakeCommunity) -> None:
    moment = datetime.now(UTC).replace(microsecond=0)
    lab = await community(PREPAY, now=lambda: moment)
    old = {**TARIFF, **dict(zip(PRICES, ("0.3", "0.31", "0.32", "0.33", "0.34", "0.35"), strict=True))}
    first_write = 1 + len(SAFE_ORDER) + 1
    writes = range(first_write, first_write + 1 + len(SAFE_ORDER))
    steps = [Hold(writes[0], "request"), *(Hold(number, "answer") for number in writes)]
    async with watched(lab) as relay:
        for number, hold in enumerate(steps):
            due = moment + timedelta(hours=1)
            await send(lab, await ask(lab, "tariff", {**old, "activation_at": due.isoformat()}, f"old {number}"))
            before = await active(lab)
            relay.requests.clear()
            values = {**TARIFF, "activation_at": (ACTIVATION + timedelta(days=number)).isoformat()}
            command = await ask(lab, "tariff", values, f"new {number}")
            relay.hold = hold
            process = start_sending(settings_of(lab), command)
            async with asyncio.timeout(20):
                await relay.held.wait()
                process.kill()
                await asyncio.to_thread(process.join)
                await relay.left.wait()
            relay.held.clear()
            await lab.execute("UPDATE flows.meter_leases SET expires_at = now()")
            moment = due + timedelta(minutes=1)  # meanwhile the old one's time comes
            whole = tuple(Decimal(old[name]) for name in PRICES)
            assert await active(lab) in (before, whole), hold
            assert (await send(lab, command))["status"] == "confirmed"
            assert (await lab.shadow("EML1"))["tariffs_future"]["unit_rate_element_a"] == "0.2345"


async def test_command_asked_twice_with_a_key_is_one(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    first = await ask(lab, "token", {"token": TOKEN})
    assert await ask(lab, "token", {"token": TOKEN}) == first
    with pytest.raises(KeyTaken, match="stands for another request: another token"):
        await ask(lab, "token", {"token": vend("EML1", 500, 2)})
    with pytest.raises(KeyTaken, match="another kind, setting, token"):
        await ask(lab, "backlight", {"setting": "always_on_sp"})
    with pytest.raises(TokenTaken):
        await ask(lab, "token", {"token": TOKEN}, "another key")


async def test_setting_asked_for_anew_replaces_what_was_on_its_way(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    first = await ask(lab, "backlight", {"setting": "always_on_sp"})
    second = await ask(lab, "backlight", {"setting": "always_off_sp"}, "second")
    assert (await send(lab, first))["error_code"] == "command.superseded"
    assert (await send(lab, second))["status"] == "confirmed"
    assert (await lab.shadow("EML1"))["backlight"] == "always_off_sp"


@pytest.mark.parametrize(
    ("kind", "arguments", "problem"),
    [
        ("tariff", {**TARIFF, "unit_rate_a": "1.01"}, "unit_rate_a"),
        ("tariff", {**TARIFF, "standing_charge": "0.123456"}, "standing_charge"),
        ("tariff", {**TARIFF, "activation_at": "2027-01-01"}, "activation_at"),
        ("token", {"token": "123"}, "token"),
        ("backlight", {"setting": "pink"}, "setting: 'pink' is none of"),
        ("prepay", {}, "enabled"),
        ("clock", {"time": "now"}, "time"),
        ("dance", {}, "kind"),
    ],
)
async def test_value_that_cannot_be_is_refused_by_its_name(
    community: MakeCommunity, kind: str, arguments: dict[str, Any], problem: str
) -> None:
    lab = await community(MeterConfig("EML1"))
    with pytest.raises(CommandInvalid, match=problem):
        await ask(lab, kind, arguments)


def test_every_kind_of_write_is_declared() -> None:
    assert set(SETTINGS) == set(WriteKind)


@pytest.mark.parametrize("make", [checked, write_of])
def test_declared_kind_that_nobody_makes_a_write_of_is_refused(
    make: Callable[[str, Mapping[str, Any]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    class SirenArguments(Arguments):
        loud: bool

    siren = Setting("siren", SirenArguments, "sound_siren", "Sound the siren")  # type: ignore[arg-type]
    monkeypatch.setattr(commands, "SETTINGS", {siren.kind: siren})
    with pytest.raises(AssertionError, match="SirenArguments"):
        make("siren", {"loud": True})


async def test_meter_that_is_away_is_tried_again_and_given_up_after_so_many_tries(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1"))
    lab.meter("EML1").faults = Faults(refuse=1)
    command = await ask(lab, "prepay", {"enabled": True})
    first = await send(lab, command, meter_sync_command_tries=2)
    assert (first["status"], first["error_code"], first["tries"]) == ("pending", "meter.reset", 1)
    last = await send(lab, command, meter_sync_command_tries=2)
    assert (last["status"], last["error_code"], last["tries"]) == ("failed", "meter.reset", 2)


async def test_topup_is_completed_by_its_token(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    topup = await add_topup(lab, TOKEN)
    [job] = await lab.fetch("SELECT job, arguments FROM flows.outbox WHERE job = 'push_topup'")
    assert job["arguments"] == [str(topup)]  # written with the top-up, whoever wrote it
    [command] = await push(lab, topup)
    assert (await send(lab, command))["status"] == "confirmed"
    [row] = await lab.fetch("SELECT status, used_at FROM public.topups")
    assert row["status"] == "completed"
    assert row["used_at"] is not None
    assert await push(lab, topup) == [command]
    assert [row["event_type"] for row in await lab.fetch("SELECT * FROM public.topup_events")] == ["completed"]


async def test_topup_whose_token_is_refused_says_so_and_can_be_pushed_again(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    topup = await add_topup(lab, vend("EML2", 1_000, 1))
    [command] = await push(lab, topup)
    await send(lab, command)
    [row] = await lab.fetch("SELECT status, notes, used_at FROM public.topups")
    assert (row["status"], row["used_at"]) == ("failed_token_push", None)
    assert "refused the token" in row["notes"]
    await lab.execute("UPDATE public.topups SET status = 'wait_token_push', token = $1", TOKEN)
    [_, again] = await push(lab, topup)
    assert (await send(lab, again))["status"] == "confirmed"


async def test_topup_whose_token_was_pushed_by_hand_is_completed(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    await send(lab, await ask(lab, "token", {"token": TOKEN}))
    await push(lab, await add_topup(lab, TOKEN))
    [[status]] = await lab.fetch("SELECT status FROM public.topups")
    assert (status, lab.meter("EML1").state.prepay.count) == ("completed", 1)


async def add_topup(lab: Community, token: str) -> UUID:
    add = """INSERT INTO public.topups (meter, amount_pence, status, source, token)
             VALUES ($1, 1000, 'wait_token_push', 'payment', $2) RETURNING id"""
    [[topup]] = await lab.fetch(add, lab.ids["EML1"], token)
    return UUID(str(topup))


async def push(lab: Community, topup: UUID) -> list[UUID]:
    """The commands that there are for the top-up then."""
    async with lab.db.transaction() as transaction:
        await push_topup(transaction, topup)
    return [
        row["id"]
        for row in await lab.fetch("SELECT id FROM flows.meter_commands WHERE topup = $1 ORDER BY created_at", topup)
    ]


async def test_clocks_are_corrected_where_they_are_off_by_more_than_the_setting(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", clock_drift_seconds=60), MeterConfig("EML2", clock_drift_seconds=5))
    await lab.sync("ClockDiff")
    today = datetime.now(UTC).date()
    for _ in "ab":
        async with lab.db.transaction() as transaction:
            assert await ask_for_clock_corrections(transaction, 20, today) == 1
    [command] = await lab.fetch("SELECT * FROM flows.meter_commands")
    assert (command["meter_id"], command["kind"]) == (lab.ids["EML1"], "clock")
    await send(lab, command["id"])
    async with lab.db.transaction() as transaction:
        assert await ask_for_clock_corrections(transaction, 20, today) == 0


def next_start() -> date:
    return (datetime.now(UTC) + timedelta(days=40)).date().replace(day=1)


async def missing(lab: Community, in_days: int = 0) -> int:
    """How many tariffs are asked for, so many days from now."""
    async with lab.db.transaction() as transaction:
        return await ask_for_missing_tariffs(transaction, datetime.now(UTC).date() + timedelta(days=in_days))


# What a three-phase meter holds is the same; it has no prepay mode.
@pytest.mark.parametrize("config", [PREPAY, MeterConfig("EML1", hardware=Hardware.P1AX)], ids=["prepay", "three-phase"])
async def test_future_tariff_that_a_meter_lacks_is_sent_until_it_reads_back_the_same(
    community: MakeCommunity, config: MeterConfig
) -> None:
    lab = await community(config)
    await make_customer_with_tariff(lab, next_start())
    assert await missing(lab) == await missing(lab) == 1
    [command] = await lab.fetch("SELECT * FROM flows.meter_commands")
    assert (command["arguments"]["unit_rate_a"], command["arguments"]["unit_rate_b"]) == ("0.21000", "0.11000")
    assert (await send(lab, command["id"]))["status"] == "confirmed"
    assert await missing(lab) == await missing(lab, 1) == 0
    armed = lab.meter("EML1").state.tariffs.armed_at
    assert armed is not None
    await lab.sync("TariffsActive", "TariffsFuture")  # what a pass reads says the same
    assert await missing(lab, 1) == 0


async def test_tariff_that_another_writer_armed_for_midnight_utc_of_a_summer_day_is_left_alone(
    community: MakeCommunity,
) -> None:
    lab, year = await community(PREPAY), datetime.now(UTC).year
    summer = date(year + 1, 7, 1)  # local midnight is 23:00 UTC of the day before
    await make_customer_with_tariff(lab, summer)
    assert await missing(lab) == 1
    [ours] = await lab.fetch("SELECT id, arguments FROM flows.meter_commands")
    assert ours["arguments"]["activation_at"] == f"{year + 1}-06-30T23:00:00Z"
    theirs = {**ours["arguments"], "activation_at": f"{year + 1}-07-01T00:00:00Z"}
    await lab.execute("DELETE FROM flows.meter_commands")
    assert (await send(lab, await ask(lab, "tariff", theirs)))["status"] == "confirmed"
    armed = lab.meter("EML1").state.tariffs.armed_at
    await lab.sync("TariffsActive", "TariffsFuture")
    assert await missing(lab) == await missing(lab, 1) == 0
    assert lab.meter("EML1").state.tariffs.armed_at == armed
    other = {**theirs, "activation_at": f"{year + 1}-07-02T00:00:00Z"}
    assert (await send(lab, await ask(lab, "tariff", other, "a day late")))["status"] == "confirmed"
    assert await missing(lab, 2) == 1


async def test_tariff_that_a_meter_refuses_is_not_sent_again_every_day(community: MakeCommunity) -> None:
    lab = await community(MeterConfig("EML1", hardware=Hardware.P1AX))
    await make_customer_with_tariff(lab, next_start())
    assert await missing(lab) == 1
    [command] = await lab.fetch("SELECT * FROM flows.meter_commands")
    lab.meter("EML1").faults = Faults(nak=1, nak_code=6)
    assert (await send(lab, command["id"]))["error_code"] == "emop.security_not_granted"
    assert await missing(lab, 1) == 0
    await lab.execute("UPDATE public.customer_tariffs SET computed_unit_rate = 0.22")
    assert await missing(lab, 1) == 1  # another tariff may be taken


async def make_customer_with_tariff(lab: Community, start: object) -> None:
    """EML1 supplies a home whose occupier has a tariff from that day on."""
    await lab.execute("INSERT INTO public.customers (fullname, email) VALUES ('Ann', 'ann@example.org')")
    await lab.execute(
        "INSERT INTO public.properties (plot, esco, supply_meter) SELECT 'Plot 1', esco, id FROM flows.meter_registry"
    )
    await lab.execute(
        """INSERT INTO public.accounts (property, type, status, start_date)
           SELECT id, 'supply', 'open', '2026-01-01' FROM public.properties"""
    )
    await lab.execute(
        """INSERT INTO public.customer_accounts (customer, account, role)
           SELECT customers.id, accounts.id, 'occupier' FROM public.customers, public.accounts"""
    )
    await lab.execute(
        """INSERT INTO public.customer_tariffs
               (customer, period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge)
           SELECT id, $1::date, 0.21, 0.11, 0.4 FROM public.customers""",
        start,
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("computed_standing_charge = 1.00001", "less than or equal to 1"),
        ("computed_standing_charge = 'NaN'", "finite"),
        ("computed_unit_rate = -0.1", "greater than or equal to 0"),
    ],
)
async def test_tariff_that_no_meter_can_hold_is_a_failed_row_and_the_others_are_sent(
    community: MakeCommunity, wrong: str, said: str
) -> None:
    """A meter's standing charge is at most GBP 1 a day; another community's meter is asked for all the same."""
    lab = await community(PREPAY)
    await make_customer_with_tariff(lab, next_start())
    async with lab.admin.transaction() as transaction:
        other = await make_home(transaction, await make_esco(transaction, code="ZZZ"))
        await insert(
            transaction,
            "public.customer_tariffs",
            customer=other.customer.id,
            period_start=next_start(),
            computed_unit_rate=Decimal("0.21"),
            computed_standing_charge=Decimal("0.4"),
        )
        await transaction.execute(WITHOUT_CHECKS)  # a row that is older than they are
        await transaction.execute(f"UPDATE public.customer_tariffs SET {wrong} WHERE customer <> $1", other.customer.id)
    assert await missing(lab) == await missing(lab) == 1
    commands = await lab.fetch(
        "SELECT meter_id, status, error_code, last_error FROM flows.meter_commands ORDER BY status"
    )
    assert [(row["meter_id"], row["status"]) for row in commands] == [
        (lab.ids["EML1"], "failed"),
        (other.meter.id, "pending"),
    ]
    assert commands[0]["error_code"] == "command.invalid"
    assert said in commands[0]["last_error"]


async def test_meter_whose_shadow_says_no_price_is_sent_its_tariff_as_all_others_are(community: MakeCommunity) -> None:
    lab = await community(PREPAY)
    await make_customer_with_tariff(lab, next_start())
    async with lab.admin.transaction() as transaction:
        other = await make_home(transaction, await make_esco(transaction, code="AAA"))
        await insert(
            transaction,
            "public.customer_tariffs",
            customer=other.customer.id,
            period_start=next_start(),
            computed_unit_rate=Decimal("0.21"),
            computed_standing_charge=Decimal("0.4"),
        )
        await transaction.execute(
            """UPDATE flows.meter_shadows SET tariffs_future = '{"standing_charge": "much"}' WHERE id = $1""",
            other.meter.id,
        )
    assert await missing(lab) == 2
