"""What a prepay meter takes holds the VAT that a bill would have."""

from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from itertools import product
from typing import Any

from billing.community import Community, Home
from flows_billing.vat.in_sql import with_rates
from flows_billing.vat.rules import Seller, VatStatus, VatTerms, supply_vat
from flows_shared.vocabulary.billing import SupplyUse

DAY = date(2026, 10, 1)
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
        shares = supply_vat(seller, terms.use_on(DAY, premises, home.customer), DAY, LARGE, 1)
        billed = sum(share.fraction * share.rate for share in shares)
        rate = await community.value(
            "SELECT flows.supply_vat_rate($1, $2, $3, $4)", premises, home.customer, community.esco, DAY
        )
        assert rate == billed, (seller, own, customers)
        seen.add(rate)
    # 25% of 5% and 75% of 20%; 60% and 40% where that share does not make the whole qualify.
    assert seen == {Decimal(0), Decimal("0.05"), Decimal("0.20"), Decimal("0.1625"), Decimal("0.11")}
