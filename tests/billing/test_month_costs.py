"""What a month cost a customer, as paid, at the community's price and at the regulator's cap."""

from datetime import date
from decimal import Decimal

from billing.community import OCTOBER, Community, Home, insert
from billing.sharers import FIRST_OF_OCTOBER, make_group
from flows_billing.bills.costs import store_month_costs
from flows_billing.settings import RunSettings
from flows_billing.stores.communities import find_escos
from flows_shared.time import LONDON

PAID = ("power", "heat", "standing_charge", "total")


async def costs(community: Community, home: Home) -> dict[str, tuple[Decimal | None, ...]]:
    """As paid, microgrid and benchmark: power, heat, standing charge and total of October."""
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
        await store_month_costs(connection, esco, OCTOBER, RunSettings())
    [row] = await community.rows("SELECT * FROM public.monthly_costs WHERE customer_id = $1", home.customer)
    assert row["month"] == OCTOBER.first_day
    return {kind: tuple(row[f"{kind}{name}"] for name in PAID) for kind in ("", "microgrid_", "benchmark_")}


def pounds(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, amounts))


async def priced(community: Community) -> None:
    await community.execute("INSERT INTO flows.regions (code, name) VALUES ('SW', 'South West') ON CONFLICT DO NOTHING")
    await community.execute("UPDATE flows.escos SET region = 'SW'")
    for method in ("direct_debit", "prepay"):
        await insert(
            community.db,
            "public.benchmark_tariffs",
            region="SW",
            period_start=date(2026, 10, 1),
            payment_method=method,
            unit_rate=Decimal("0.25000"),
            standing_charge=Decimal("0.60000"),
            includes_vat=False,
        )
    await community.tariff("0.30000", "0.50000", unit_rate_b="0.15000")


async def test_costs_of_a_bill_stand_beside_other_prices(community: Community) -> None:
    await priced(community)
    home = await community.home(elements=("A", "B"), tariff={"unit_rate": "0.20000", "standing_charge": "0.40000"})
    await community.measure(home.registers["A"], OCTOBER.period(LONDON), "0.1")
    await community.measure(home.registers["B"], OCTOBER.period(LONDON), "0.4")
    run = await community.bill()
    assert run.billed == 1
    assert await costs(community, home) == {
        "": pounds("29.80", "119.20", "12.40", "161.40"),  # 149 and 596 kWh x 20p, 31 x 40p
        "microgrid_": pounds("44.70", "89.40", "15.50", "149.60"),  # 149 x 30p, 596 x 15p, 31 x 50p
        "benchmark_": pounds("39.11", "156.45", "19.53", "215.09"),  # 25p and 60p, with 5% upon them
    }
    assert (await community.invoice(home))["total_pence"] == 16140


async def test_prepay_customer_has_costs_without_a_bill(community: Community) -> None:
    await priced(community)
    home = await community.home(prepay_meter=True)
    await community.measure_month(home, kwh="0.1")
    await community.bill()
    assert (await community.outcome(home))[1] == "prepay"
    found = await costs(community, home)
    assert found[""] == found["microgrid_"] == pounds("44.70", "0.00", "15.50", "60.20")


async def test_shared_energy_is_paid_at_its_own_price(community: Community) -> None:
    await priced(community)
    home = await community.home()
    await community.measure_month(home, kwh="0.1")
    group = await make_group(community, "proportional", "0.10000")
    await group.member(home)
    await group.generate("0.1", FIRST_OF_OCTOBER)
    found = await costs(community, home)
    assert found[""][0] == Decimal("43.74")  # 144.2 kWh x 30p and 4.8 x 10p
    assert found["benchmark_"][0] == Decimal("39.11")  # all 149 kWh


async def test_two_homes_of_a_customer_add_up_and_again_change_nothing(community: Community) -> None:
    await priced(community)
    one, two = await community.home(), await community.home()
    await community.execute("UPDATE public.customer_accounts SET customer = $1", one.customer)
    for home in (one, two):
        await community.measure_month(home, kwh="0.1")
    first = await costs(community, one)
    assert first[""] == pounds("89.40", "0.00", "31.00", "120.40")
    stamp = "SELECT xmin::text FROM public.monthly_costs"
    before = await community.value(stamp)
    assert await costs(community, one) == first
    assert await community.value(stamp) == before


async def test_run_asks_for_its_costs(community: Community) -> None:
    await priced(community)
    home = await community.home()
    await community.measure_month(home)
    run = await community.bill()
    [row] = await community.rows("SELECT arguments FROM flows.outbox WHERE job = 'sum_costs'")
    assert str(run.id) in str(row["arguments"])
