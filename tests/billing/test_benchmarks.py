"""The cost at the regulator's cap: the same penny in every place that shows it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.community import OCTOBER, Community
from billing.printed import benchmarked, both, printed
from flows_billing.bills.costs import store_month_costs
from flows_billing.bills.preview import preview_run
from flows_billing.reports.refresh import refresh_reports
from flows_billing.rounding import costs_of, exact_amount_pence
from flows_billing.settings import RunSettings
from flows_billing.stores.communities import find_escos
from flows_shared.money import format_pounds, pence
from flows_shared.time import LONDON, Period, local_midnight, utc_now

AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=8)
SIGNED = st.decimals(min_value=-10_000, max_value=10_000, places=8)


@example(power=Decimal("0.00000032"), heat=Decimal("0.00499968"), days=Decimal("156.25"))
@given(power=AMOUNTS, heat=AMOUNTS, days=AMOUNTS)
def test_parts_of_a_cost_add_up_to_their_sum_rounded_once(power: Decimal, heat: Decimal, days: Decimal) -> None:
    costs = costs_of(power, heat, days)
    assert pence(costs.total) == exact_amount_pence(power + heat + days)
    for part, exact in ((costs.power, power), (costs.heat, heat), (costs.standing_charge, days)):
        assert abs(part - exact) < Decimal("0.01")


@given(power=SIGNED, heat=SIGNED, days=SIGNED)
def test_parts_of_any_sign_add_up_too(power: Decimal, heat: Decimal, days: Decimal) -> None:
    costs = costs_of(power, heat, days)
    assert pence(costs.total) == exact_amount_pence(power + heat + days)
    for part, exact in ((costs.power, power), (costs.heat, heat), (costs.standing_charge, days)):
        assert abs(part - exact) < Decimal("0.01")


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "-Infinity"])
def test_cost_that_is_no_number_is_refused(wrong: str) -> None:
    with pytest.raises((ArithmeticError, ValueError)):
        costs_of(Decimal(wrong), Decimal(1), Decimal(1))


def test_rounding_once_is_not_rounding_each() -> None:
    # 1.4 + 1.4 + 1.4 = 4.2p: 4p, where the parts rounded by themselves are 3p
    costs = costs_of(Decimal("0.014"), Decimal("0.014"), Decimal("0.014"))
    assert (pence(costs.total), costs.power, costs.heat) == (4, Decimal("0.02"), Decimal("0.01"))


async def test_27_bills_show_the_same_benchmark_everywhere(community: Community) -> None:
    await benchmarked(community, includes_vat=False)
    await community.tariff("0.20000", "0.50000", unit_rate_b="0.15000", includes_vat=False)
    day = Period(*(local_midnight(date(2026, month, first), LONDON) for month, first in ((10, 31), (11, 1))))
    homes = [await community.home(elements=("A", "B"), start_date=date(2026, 10, 31)) for _ in range(27)]
    for number, home in enumerate(homes, start=1):
        for place, register in enumerate(home.registers.values()):
            await community.measure(register, day, f"0.{number * (37 + place):04}")
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
    previewed = {each.account: each.benchmark_pence for each in (await preview_run(
        community.billing, esco, OCTOBER, RunSettings(), utc_now().date())).accounts}  # fmt: skip
    assert (await community.bill()).billed == 27
    async with community.billing.connection() as connection:
        await store_month_costs(connection, esco, OCTOBER, RunSettings())
    async with community.db.connection() as connection:
        await refresh_reports(connection, utc_now())
    wanted = {}
    for number, home in enumerate(homes, start=1):
        # 48 half hours of two registers at 25p and a day of 60p, with 5% upon it
        kwh = 48 * (Decimal(f"0.{number * 37:04}") + Decimal(f"0.{number * 38:04}"))
        wanted[home.account] = exact_amount_pence((kwh * Decimal("0.25") + Decimal("0.60")) * Decimal("1.05"))
        invoice = await community.invoice(home)
        [costs] = await community.rows("SELECT * FROM public.monthly_costs WHERE customer_id = $1", home.customer)
        parts = costs["benchmark_power"] + costs["benchmark_heat"] + costs["benchmark_standing_charge"]
        assert (invoice["benchmark_pence"], pence(costs["benchmark_total"]), pence(parts)) == (
            wanted[home.account],
        ) * 3
        assert (await printed(community, invoice["number"])).supplied_pence == pence(costs["total"])
        assert all(format_pounds(wanted[home.account]) in said for said in await both(community, invoice["number"]))
    assert previewed == wanted
    reported = await community.rows("SELECT account, benchmark_pence FROM reports.savings")
    assert {row["account"]: row["benchmark_pence"] for row in reported} == wanted
