"""Prices by quarter: a benchmark, the community's discount on it, and the further one of its first members."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from flows_local.seed.homes import Home
from flows_local.seed.network import ESCO, REGION, property_id
from flows_local.seed.people import customer_id
from flows_local.seed.rows import Row, Tables, row_id
from flows_shared.money import cut_rate
from flows_shared.time import Month

# GBP a kWh and a day, with VAT, by the quarter's first month: of the size of the regulator's cap, the same every year.
BENCHMARKS = {
    1: (Decimal("0.27690"), Decimal("0.54750")),
    4: (Decimal("0.27030"), Decimal("0.53800")),
    7: (Decimal("0.25730"), Decimal("0.51370")),
    10: (Decimal("0.26350"), Decimal("0.53680")),
}
BASIS_POINTS = 10_000
COMMUNITY_DISCOUNT, MEMBER_DISCOUNT = 1_500, 2_000
HEAT_DISCOUNT = 3_500
SOLAR_PENCE_PER_KW_DAY = Decimal("20")


def prices(homes: Sequence[Home], first_day: date, today: date) -> Tables:
    """From the quarter that holds `first_day` to the one after today's."""
    quarters = list(_quarters(first_day, today))
    members = [person for home in homes if home.discounted for person in home.occupiers]
    return {
        "public.benchmark_tariffs": [_benchmark(quarter) for quarter in quarters],
        "public.microgrid_tariffs": [
            {
                "id": row_id("microgrid_tariff", quarter),
                "esco": ESCO,
                "name": "Water Lane Saver",
                **_discounted(quarter, COMMUNITY_DISCOUNT),
            }
            for quarter in quarters
        ],
        "public.customer_tariffs": [
            {
                "id": row_id("customer_tariff", person.email, quarter),
                "customer": customer_id(person),
                "name": "Founding Member",
                **_discounted(quarter, MEMBER_DISCOUNT),
            }
            for person in members
            for quarter in quarters
        ],
    }


def solar_credits(homes: Sequence[Home], first_day: date) -> Tables:
    """What an installation earns, and whose it is: its own home's."""
    solar = [home for home in homes if home.has_solar]
    return {
        "public.solar_credit_tariffs": [
            {
                "id": row_id("solar_credit_tariff", first_day.year),
                "esco": ESCO,
                "period_start": date(first_day.year, 1, 1).isoformat(),
                "credit_pence_per_year": str(SOLAR_PENCE_PER_KW_DAY * 365),
                "credit_pence_per_day": str(SOLAR_PENCE_PER_KW_DAY),
            }
        ],
        "public.solar_installation": [
            {
                "property": property_id(home),
                "mcs": f"MCS-{home.number:05}",
                "declared_net_capacity": home.solar_kw,
                "commissioning_date": "2024-04-02",
            }
            for home in solar
        ],
        "public.solar_credit_allocation": [
            {"installation_property": property_id(home), "allocation_property": property_id(home), "ratio": "1"}
            for home in solar
        ],
    }


def _quarters(first_day: date, today: date) -> Iterator[date]:
    month = Month(first_day.year, (first_day.month - 1) // 3 * 3 + 1)
    while month.first_day <= Month.of(today).plus(3).first_day:
        yield month.first_day
        month = month.plus(3)


def _benchmark(quarter: date) -> Row:
    unit_rate, standing_charge = BENCHMARKS[quarter.month]
    return {
        "id": row_id("benchmark_tariff", REGION, quarter),
        "region": REGION,
        "period_start": quarter.isoformat(),
        "unit_rate": str(unit_rate),
        "standing_charge": str(standing_charge),
        "source": "invented for the demo",
    }


def _discounted(quarter: date, basis_points: int) -> Row:
    """A price is (1 - discount) x benchmark, cut to five decimals; heat has a discount of its own."""
    unit_rate, standing_charge = BENCHMARKS[quarter.month]
    return {
        "period_start": quarter.isoformat(),
        "discount_rate_basis_points": basis_points,
        "computed_unit_rate": _less(unit_rate, basis_points),
        "computed_unit_rate_b": _less(unit_rate, HEAT_DISCOUNT),
        "computed_standing_charge": _less(standing_charge, basis_points),
    }


def _less(price: Decimal, basis_points: int) -> str:
    return str(cut_rate(price * (BASIS_POINTS - basis_points) / BASIS_POINTS))
