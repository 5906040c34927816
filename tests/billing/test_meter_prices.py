"""What a prepay meter takes holds the VAT that a bill would have."""

from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from billing.community import Community, Home
from flows_billing.days import Days
from flows_billing.rating.flat import flat_cost_pence
from flows_billing.stores.flat_prices import flat_prices
from flows_billing.vat.in_sql import DAYS, with_rates
from flows_billing.vat.rules import Seller, VatStatus, VatTerms, supply_vat
from flows_shared.money import cut_rate, round_to_pence
from flows_shared.vocabulary.billing import SupplyUse
from flows_shared.vocabulary.meters import Element

DAY = date(2026, 10, 1)
ONE = timedelta(days=1)
FUNCTION = files("flows_shared") / "schema/functions/flows/supply_vat_rate.sql"
# So much in a day that it is no small quantity: of this no meter can know before.
LARGE = Decimal(34)


def certified(start: int, end: int | None) -> dict[str, Any]:
    last = None if end is None else DAY + timedelta(days=end)
    return {"certificate_from": DAY + timedelta(days=start), "certificate_to": last}


STATUSES: list[dict[str, Any] | None] = [
    None,
    {"use": "domestic"},
    {"use": "business"},
    {"use": "charity"},
    {"use": "charity", **certified(0, 0)},
    {"use": "charity", **certified(-10, -1)},
    {"use": "charity", **certified(1, None)},
    *({"use": "mixed", "qualifying_percent": Decimal(percent), **certified(-5, None)} for percent in (0, 25, 60, 100)),
    {"use": "mixed", "qualifying_percent": Decimal(80)},
    {"use": "business", "valid_from": DAY + timedelta(days=1)},
]


async def keep(community: Community, owner: str, status: dict[str, Any] | None, home: Home) -> list[VatStatus]:
    await community.execute(f"DELETE FROM public.vat_statuses WHERE {owner} IS NOT NULL")
    if status is None:
        return []
    row = VatStatus(**{"valid_from": DAY, **status})
    await community.execute(
        f"""INSERT INTO public.vat_statuses
                   ({owner}, valid_from, use, qualifying_percent, certificate, certificate_from, certificate_to)
            SELECT {"$1" if owner == "customer" else "property"}, $2, $3, $4, $5, $6, $7
              FROM public.accounts WHERE id = $8 AND $1::uuid IS NOT NULL""",
        home.customer, row.valid_from, row.use, row.qualifying_percent,
        "C-1" if row.certificate_from else None, row.certificate_from, row.certificate_to, home.account,
    )  # fmt: skip
    return [row]


def test_rates_in_the_database_are_those_of_the_rules() -> None:
    text = FUNCTION.read_text("utf-8")
    assert "('domestic', false, date '1997-09-01', 0.05, NULL, NULL)" in text
    assert with_rates(text) == text, "call make schema"


async def test_rate_in_a_meter_is_the_bills_for_every_status(community: Community) -> None:
    home = await community.home()
    premises = await community.value("SELECT property FROM public.accounts")
    sellers = [
        Seller(default_use=SupplyUse.BUSINESS),
        Seller(default_use=SupplyUse.CHARITY),
        Seller(mixed_use=False),
        Seller(registered=False),
    ]
    seen = set()
    for seller, own, customers in product(sellers, STATUSES, STATUSES[:3]):
        await community.execute(
            "UPDATE flows.escos SET vat_registered = $1, vat_use = $2, vat_mixed_use = $3",
            seller.registered,
            seller.default_use,
            seller.mixed_use,
        )
        terms = VatTerms(
            seller,
            {premises: await keep(community, "property", own, home)},
            {home.customer: await keep(community, "customer", customers, home)},
        )
        billed = bill_rate(terms, premises, home, DAY)
        rate = await community.value(
            "SELECT flows.supply_vat_rate($1, $2, $3, $4)", premises, home.customer, community.esco, DAY
        )
        assert rate == billed, (seller, own, customers)
        seen.add(rate)
    # 25% of 5% and 75% of 20%; 60% and 40% where that share does not make the whole qualify.
    assert seen == {Decimal(0), Decimal("0.05"), Decimal("0.20"), Decimal("0.1625"), Decimal("0.11")}


LONG_AGO = {"valid_from": date(2000, 1, 1), "certificate_from": date(2000, 1, 1)}
HELD: list[dict[str, Any] | None] = [
    None,
    {"use": "domestic", "valid_from": date(2000, 1, 1)},
    {"use": "business", "valid_from": date(2000, 1, 1)},
    {"use": "charity", "valid_from": date(2000, 1, 1)},
    {"use": "charity", **LONG_AGO},
    {"use": "charity", **LONG_AGO, "certificate_to": date(2010, 6, 30)},
    *({"use": "mixed", "qualifying_percent": Decimal(percent), **LONG_AGO} for percent in (0, 25, 60, 100)),
]
# On each day since which a rate holds, and on the day before.
DATES = sorted({day for since in DAYS[1:] for day in (since - timedelta(days=1), since)} | {date(2010, 7, 1), DAY})

PRICED = [day for day in DATES if day.year >= 2000]
METERED = "SELECT day, flows.supply_vat_rate($1, $2, $3, day) AS rate FROM unnest($4::date[]) AS day"


def bill_rate(terms: VatTerms, premises: UUID, home: Home, day: date) -> Decimal:
    """Of a home that uses too much for a small quantity."""
    shares = supply_vat(terms.seller, terms.use_on(day, premises, home.customer), day, LARGE, 1)
    return sum((share.fraction * share.rate for share in shares), Decimal(0))


@pytest.mark.parametrize(
    "seller", [Seller(default_use=SupplyUse.BUSINESS), Seller(mixed_use=False), Seller(registered=False)]
)
async def test_meters_bills_and_accruals_hold_the_same_vat_on_every_date(community: Community, seller: Seller) -> None:
    home = await community.home()
    premises = await community.value("SELECT property FROM public.accounts")
    for day in PRICED:
        await community.tariff("1.00000", "0.50000", includes_vat=False, period_start=day)
    await community.execute(
        "UPDATE flows.escos SET vat_registered = $1, vat_mixed_use = $2, vat_use = $3",
        *(seller.registered, seller.mixed_use, seller.default_use),
    )
    for status in HELD:
        terms = VatTerms(seller, {premises: await keep(community, "property", status, home)})
        billed = {day: bill_rate(terms, premises, home, day) for day in DATES}
        async with community.billing.connection() as connection:
            asked = premises, home.customer, community.esco, DATES
            assert {row["day"]: row["rate"] for row in await connection.fetch(METERED, *asked)} == billed, status
            prices = (await flat_prices(connection, [home.meter], DAY + ONE))[home.meter]
        shown = {price.period_start: price for price in prices}
        for day in PRICED:
            unit_rate, standing_charge = cut_rate(1 + billed[day]), cut_rate((1 + billed[day]) / 2)
            accrued = flat_cost_pence(shown.get, Days(day, day + ONE), [(day, Element.SINGLE, LARGE)])
            assert (shown[day].unit_rate, shown[day].standing_charge) == (unit_rate, standing_charge), (status, day)
            assert accrued == round_to_pence(LARGE * unit_rate + standing_charge)
