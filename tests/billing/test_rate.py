"""`rate()` by a table of pencil cases: each price, tax and credit of October 2026, its lines and sums in pence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

import pytest

from billing.pencil import OCTOBER, PAYER, account
from flows_billing.accounts.account import Account, Register
from flows_billing.outcomes import NotBilled
from flows_billing.rating.bill import Bill, Measured, rate
from flows_billing.rating.plan import Plan, Terms, plan_account
from flows_billing.solar.credits import SolarCredit
from flows_billing.tariffs.tariff import Component, Tariff, Tariffs
from flows_billing.usage.metered import Exported, Usage
from flows_billing.vat.rules import Registration, Seller, VatStatus, VatTerms
from flows_shared.time import LONDON, local_midnight
from flows_shared.vocabulary.meters import Element, Nature

HOME = UUID(int=5)
FIRST, AFTER = (local_midnight(day, LONDON) for day in (date(2026, 10, 1), date(2026, 11, 1)))
LAST = AFTER - timedelta(minutes=30)
HALF_HOURS = 1490  # 31 days, and the hour that the clocks give back


Where: TypeAlias = tuple[Element, str | None]


@dataclass
class Case:
    """kWh by element and band; the sums are pence. `lines` are kind, quantity and pence."""

    kwh: Mapping[Where, str]
    lines: list[tuple[str, str, int]]
    net: int
    vat: int
    unit_rate: str = "0.25"
    unit_rate_b: str | None = None
    standing_charge: str = "0.40"
    includes_vat: bool = False
    components: tuple[Component, ...] = ()
    use: str = "domestic"
    certified: bool = False
    percent: str | None = None
    seller: Seller = field(default_factory=Seller)
    exported: str | None = None
    exporter: str | None = None
    credit_pence: int = 0


def component(kind: str, price: str, number: int, **more: object) -> Component:
    return Component(UUID(int=number), kind, Decimal(price), False, **more)  # type: ignore[arg-type]


SINGLE: Where = (Element.SINGLE, None)
ONE_HUNDRED: Mapping[Where, str] = {SINGLE: "100"}
TWO_THOUSAND: Mapping[Where, str] = {SINGLE: "2000"}  # more than 31 x 33 kWh
DAYS = ("standing_charge", "31", 1240)
BLOCKS = (
    component("unit_rate", "0.10", 20),
    component("unit_rate", "0.30", 21, from_kwh=Decimal(60), threshold_period="month"),
)
NIGHT = (component("unit_rate", "0.07", 22, band="night"),)
EXPORT = (component("export_credit", "0.15", 23),)
MINIMUM = (component("minimum_charge", "50", 24),)

CASES = {
    # 100 x 25p, 31 x 40p; 3740 x 5 %
    "flat, VAT added": Case(ONE_HUNDRED, [("energy", "100", 2500), DAYS], 3740, 187),
    # 3740 x 5/105 = 178.1
    "flat, VAT within": Case(ONE_HUNDRED, [("energy", "100", 2500), DAYS], 3562, 178, includes_vat=True),
    "nothing used": Case({SINGLE: "0"}, [("energy", "0", 0), DAYS], 1240, 62),
    "half a penny is rounded up": Case(
        {SINGLE: "0.5"}, [("energy", "0.5", 1)], 1, 0, unit_rate="0.01", standing_charge="0"
    ),
    # A at 25p, B at 10p
    "an element with a price of its own": Case(
        {(Element.A, None): "100", (Element.B, None): "50"},
        [("energy", "100", 2500), ("energy", "50", 500), ("standing_charge", "31", 1240)],
        4240,
        212,
        unit_rate_b="0.10",
    ),
    # 60 x 7p, 40 x 25p
    "a band": Case(
        {(Element.SINGLE, "night"): "60", (Element.SINGLE, "standard"): "40"},
        [("energy", "60", 420), ("energy", "40", 1000), DAYS],
        2660,
        133,
        components=NIGHT,
    ),
    # 60 x 10p, 40 x 30p
    "blocks": Case(ONE_HUNDRED, [("energy", "60", 600), ("energy", "40", 1200), DAYS], 3040, 152, components=BLOCKS),
    # 5000 - 3740
    "a minimum that is not reached": Case(
        ONE_HUNDRED, [("energy", "100", 2500), DAYS, ("minimum_charge", "1", 1260)], 5000, 250, components=MINIMUM
    ),
    # 51240
    "a minimum that is reached": Case(TWO_THOUSAND, [("energy", "2000", 50000), DAYS], 51240, 2562, components=MINIMUM),
    # 20 x 15p for the export of who is not registered: outside the scope
    "export": Case(
        ONE_HUNDRED,
        [("energy", "100", 2500), DAYS, ("export_credit", "20", -300)],
        3440,
        187,
        components=EXPORT,
        exported="20",
    ),
    # and of who is: 20 % of 300 are input VAT
    "export of who is registered": Case(
        ONE_HUNDRED,
        [("energy", "100", 2500), DAYS, ("export_credit", "20", -300)],
        3440,
        187 - 60,
        components=EXPORT,
        exported="20",
        exporter="GB123456789",
    ),
    "solar credit": Case(
        ONE_HUNDRED, [("energy", "100", 2500), DAYS, ("solar_credit", "1", -2480)], 1260, 187, credit_pence=2480
    ),
    # at most 31 x 33 kWh counts as domestic
    "a small quantity for business": Case(ONE_HUNDRED, [("energy", "100", 2500), DAYS], 3740, 187, use="business"),
    "a small quantity that the seller does not judge": Case(
        ONE_HUNDRED, [("energy", "100", 2500), DAYS], 3740, 748, use="business", seller=Seller(small_quantities=False)
    ),
    "business": Case(TWO_THOUSAND, [("energy", "2000", 50000), DAYS], 51240, 10248, use="business"),
    "a charity with its certificate": Case(
        TWO_THOUSAND, [("energy", "2000", 50000), DAYS], 51240, 2562, use="charity", certified=True
    ),
    "a charity without": Case(TWO_THOUSAND, [("energy", "2000", 50000), DAYS], 51240, 10248, use="charity"),
    "mixed use of 60 %": Case(
        TWO_THOUSAND, [("energy", "2000", 50000), DAYS], 51240, 2562, use="mixed", certified=True, percent="60"
    ),
    # 30 % at 5 %, 70 % at 20 %: 15372 x 5 % = 768.6, 35868 x 20 % = 7173.6
    "mixed use of 30 %": Case(
        TWO_THOUSAND,
        [
            ("energy", "600", 15000),
            ("energy", "1400", 35000),
            ("standing_charge", "9.3", 372),
            ("standing_charge", "21.7", 868),
        ],
        51240,
        769 + 7174,
        use="mixed",
        certified=True,
        percent="30",
    ),
    "a seller who is not registered": Case(
        ONE_HUNDRED, [("energy", "100", 2500), DAYS], 3740, 0, seller=Seller(registered=False)
    ),
}


def rated(case: Case) -> Bill:
    elements = list(dict.fromkeys(element for element, _ in case.kwh))
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    home = account(
        registers=tuple(Register(UUID(int=30 + n), e, Nature.POWER, long_ago, None) for n, e in enumerate(elements))
    )
    [plan] = _plans(case, home)
    made = rate(plan, _measured(case, plan), case.seller)
    assert isinstance(made, Bill), made
    return made


def _plans(case: Case, home: Account) -> tuple[Plan, ...]:
    profile = UUID(int=7) if any(band for _, band in case.kwh) else None
    rate_b = None if case.unit_rate_b is None else Decimal(case.unit_rate_b)
    flat = (Decimal(case.unit_rate), rate_b, Decimal(case.standing_charge), case.includes_vat)
    version = Tariff(UUID(int=3), "microgrid", date(2026, 1, 1), *flat, profile, case.components)
    since = date(2026, 1, 1)
    percent = None if case.percent is None else Decimal(case.percent)
    status = VatStatus(since, case.use, percent, since if case.certified else None)  # type: ignore[arg-type]
    vat = VatTerms(case.seller, {HOME: [status]}, {}, {PAYER: [Registration(since, case.exporter)]})
    credits = [SolarCredit(HOME, UUID(int=9), case.credit_pence, Decimal(1))]
    planned = plan_account(home, Terms(OCTOBER, LONDON, Tariffs({}, [version]), vat, [], solar_credits=credits))
    assert not isinstance(planned, NotBilled), planned
    return planned


def _measured(case: Case, plan: Plan) -> Measured:
    usages, exports = {}, {}
    for segment in plan.segments:
        bands = {band: kwh for (element, band), kwh in case.kwh.items() if element == segment.register.element}
        share = HALF_HOURS // len(bands)
        usages[segment.usage_key] = [Usage(Decimal(kwh), share, FIRST, LAST, band=band) for band, kwh in bands.items()]
        if case.exported:
            exports[segment.register.id, segment.span] = Exported(Decimal(case.exported), FIRST, AFTER)
    return Measured(usages, exports)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_bill_is_as_by_pencil(case: Case) -> None:
    made = rated(case)
    lines = [(line.kind, f"{line.quantity.normalize():f}", line.amount_pence) for line in made.lines]
    assert [line for line in lines if line[2] or line[0] != "standing_charge"] == case.lines
    assert (made.net_pence, made.vat_pence, made.total_pence) == (case.net, case.vat, case.net + case.vat)


def test_half_hours_that_are_missing_keep_the_bill_back() -> None:
    [plan] = _plans(CASES["blocks"], account())
    [segment] = plan.segments
    short = Usage(Decimal(100), HALF_HOURS - 2, FIRST, LAST)
    for usages, missing in (([], HALF_HOURS), ([short], 2)):
        refused = rate(plan, Measured({segment.usage_key: usages}), Seller())
        assert isinstance(refused, NotBilled)
        assert (refused.reason, refused.details) == ("readings_missing", f"{missing} of 1490 half hours are missing")


@pytest.mark.parametrize("kwh", ["NaN", "Infinity", "-0.001", "1e9"])
def test_energy_that_cannot_be_keeps_the_bill_back(kwh: str) -> None:
    [plan] = _plans(CASES["blocks"], account())
    [segment] = plan.segments
    usage = Usage(Decimal(kwh), HALF_HOURS, FIRST, LAST)
    refused = rate(plan, Measured({segment.usage_key: [usage]}), Seller())
    assert isinstance(refused, NotBilled)
    assert refused.reason == "readings_invalid"
