"""Money in the meter: the balance falls by the tariff, tokens raise it, and tariffs change at their time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from flows_meter_sync.emop import errors, objects, read, units, write
from flows_meter_sync.emop.tariff import FlatTariff
from flows_meter_sync.simulator import Hardware, MeterConfig, Simulator, Tariff, vend
from simulator.client import ask, connected
from simulator.conftest import Clock, Simulate

SERIAL = "EML2100000009"
SINCE = datetime(2026, 10, 10, 12, tzinfo=UTC)
TARIFF = Tariff(unit_rate_a=Decimal("0.2"), unit_rate_b=Decimal("0.1"), standing_charge=Decimal("0.5"))
PREPAY = MeterConfig(
    SERIAL, Hardware.C1W, prepay=True, balance=Decimal("7.5"), balance_at=SINCE, tariff=TARIFF, tokens={"1" * 20: 1000}
)


def dearer(activation_at: datetime) -> FlatTariff:
    return FlatTariff(
        unit_rate_a=Decimal("0.3"),
        unit_rate_b=Decimal("0.15"),
        standing_charge=Decimal("0.7"),
        emergency_credit=Decimal(5),
        ecredit_availability=Decimal(1),
        debt_recovery_rate=Decimal("0.05"),
        activation_at=activation_at,
    )


async def balance(simulator: Simulator) -> Decimal:
    return await ask(simulator.place(SERIAL), read(objects.PREPAY_BALANCE))


def used_wh(simulator: Simulator, start: datetime, end: datetime) -> dict[str, int]:
    halves = simulator.meters[SERIAL].half_hours(start, end)
    return {name: sum(half.import_wh for half in halves if half.element == name) for name in "AB"}


async def test_balance_falls_by_the_energy_used_and_the_days(simulate: Simulate, clock: Clock) -> None:
    clock.now = SINCE
    simulator = await simulate(PREPAY)
    assert await balance(simulator) == Decimal("7.5")
    clock.forward(days=3)
    used = used_wh(simulator, SINCE, clock.now)
    left = Decimal("7.5") - used["A"] * Decimal("0.0002") - used["B"] * Decimal("0.0001") - 3 * Decimal("0.5")
    assert left - units.pounds(1) < await balance(simulator) <= left  # a broken 1/100,000 is cut downwards
    clock.forward(days=60)
    assert await balance(simulator) < 0


async def test_credit_meter_has_no_balance_to_fall(simulate: Simulate, clock: Clock) -> None:
    simulator = await simulate(MeterConfig(SERIAL))
    clock.forward(days=3)
    assert await balance(simulator) == 0
    assert not await ask(simulator.place(SERIAL), read(objects.PREPAY_ENABLED))


async def test_token_raises_the_balance_once(simulate: Simulate, clock: Clock) -> None:
    simulator = await simulate(PREPAY)
    place, before = simulator.place(SERIAL), await balance(simulator)
    for token, worth in (("1" * 20, Decimal(10)), (vend(SERIAL, 2550, 1), Decimal("25.5"))):
        await ask(place, write(objects.PREPAY_TOKEN, token))
        assert await balance(simulator) == before + worth
        with pytest.raises(errors.SecurityNotGranted):
            await ask(place, write(objects.PREPAY_TOKEN, token))
        assert await balance(simulator) == before + worth
        before += worth
    assert await ask(place, read(objects.TRANSACTION_COUNT)) == 2
    details = await ask(place, read(objects.TRANSACTION_DETAILS))
    assert details.payment_value == 2_550_000
    assert units.instant(details.payment_time) == clock.now


@pytest.mark.parametrize("token", ["2" * 20, vend("EML2100000010", 1000, 1), vend(SERIAL, 1000, 1)[:-1] + "x"])
async def test_token_of_another_meter_or_of_nobody_is_refused(token: str, simulate: Simulate) -> None:
    simulator = await simulate(PREPAY)
    before = await balance(simulator)
    with pytest.raises((errors.SecurityNotGranted, errors.ValueOutOfRange)):
        await ask(simulator.place(SERIAL), write(objects.PREPAY_TOKEN, token))
    assert await balance(simulator) == before


@pytest.mark.parametrize(("pence", "number"), [(0, 1), (-5, 1), (10_000_000, 1), (100, 100_000)])
def test_token_for_an_amount_that_it_cannot_hold_is_not_made(pence: int, number: int) -> None:
    with pytest.raises(ValueError, match="no token"):
        vend(SERIAL, pence, number)


async def test_future_tariff_is_active_from_its_time_on(simulate: Simulate, clock: Clock) -> None:
    clock.now = SINCE
    simulator = await simulate(PREPAY)
    change = SINCE + timedelta(days=1, hours=6)
    tariff = dearer(change)
    async with connected(simulator.place(SERIAL)) as client:
        for written, value in tariff.writes():
            await client.ask(write(written, value))
        for written, value in tariff.writes():
            assert await client.ask(read(written)) == value
        assert await client.ask(read(objects.ACTIVE_STANDING_CHARGE)) == Decimal("0.5")
        clock.now = change - timedelta(seconds=1)
        assert await client.ask(read(objects.ACTIVE_PRICE_A)) == Decimal("0.2")
        clock.now = change
        assert await client.ask(read(objects.ACTIVE_STANDING_CHARGE)) == Decimal("0.7")
        assert await client.ask(read(objects.ACTIVE_RATES_A[8, 1])) == Decimal("0.3")
        assert await client.ask(read(objects.ACTIVE_PRICE_B)) == Decimal("0.15")
        assert await client.ask(read(objects.ACTIVE_DEBT_RECOVERY_RATE)) == Decimal("0.05")


async def test_balance_is_charged_by_each_tariff_for_its_own_time(simulate: Simulate, clock: Clock) -> None:
    clock.now = SINCE
    simulator = await simulate(PREPAY)
    change = SINCE + timedelta(days=1, hours=6)
    tariff = dearer(change)
    async with connected(simulator.place(SERIAL)) as client:
        for written, value in tariff.writes():
            await client.ask(write(written, value))
    clock.forward(days=3)
    before, after = used_wh(simulator, SINCE, change), used_wh(simulator, change, clock.now)
    left = Decimal("7.5") - Decimal("0.0002") * before["A"] - Decimal("0.0001") * before["B"] - Decimal("0.5")
    left -= Decimal("0.0003") * after["A"] + Decimal("0.00015") * after["B"] + 2 * Decimal("0.7")
    assert left - units.pounds(1) < await balance(simulator) <= left


async def test_meter_that_leaves_prepay_stops_charging(simulate: Simulate, clock: Clock) -> None:
    simulator = await simulate(PREPAY)
    clock.forward(days=1)
    await ask(simulator.place(SERIAL), write(objects.PREPAY_ENABLED, False))
    left = await balance(simulator)
    clock.forward(days=1)
    assert await balance(simulator) == left


async def test_meter_that_joins_prepay_charges_from_then_on(simulate: Simulate, clock: Clock) -> None:
    clock.now = SINCE
    simulator = await simulate(replace(PREPAY, prepay=False))
    clock.forward(days=2)
    await ask(simulator.place(SERIAL), write(objects.PREPAY_ENABLED, True))
    assert await balance(simulator) == Decimal("7.5")
    since = clock.now
    clock.forward(days=1)
    used = used_wh(simulator, since, clock.now)
    left = Decimal("7.5") - used["A"] * Decimal("0.0002") - used["B"] * Decimal("0.0001") - Decimal("0.5")
    assert left - units.pounds(1) < await balance(simulator) <= left
