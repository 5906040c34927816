"""Parts of a month that differ only in VAT, sharing or registration share one block, one minimum and one supply."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.october import BLOCKS, DOMESTIC, LONG_AGO, MINIMUM, month_kwh, october, price, register
from billing.pencil import OCTOBER, PAYER, account, exact, rates
from flows_billing.accounts.account import Party, Register, Supplier
from flows_billing.outcomes import NotBilled
from flows_billing.rating.bill import Bill, Measured, rate
from flows_billing.rating.plan import Terms, plan_account
from flows_billing.tariffs.tariff import Component, Tariffs
from flows_billing.usage.metered import Usage
from flows_billing.vat.rules import Registration, Seller, VatStatus, VatTerms, export_vat, reduced_rate
from flows_shared.time import LONDON
from flows_shared.vocabulary.billing import ComponentKind, SupplyUse, ThresholdPeriod
from flows_shared.vocabulary.meters import Element, Nature
from flows_shared.vocabulary.people import PartyRole

TENANT = UUID(int=8)
FIRST = date(2026, 10, 1)


def amounts(bill: Bill) -> list[tuple[str, str, int]]:
    return [
        (line.description, f"{line.quantity.normalize():f}", line.amount_pence)
        for line in bill.lines
        if line.amount_pence
    ]


EARLY = dict.fromkeys(range(1, 16), "19.2")  # 15 x 19.2 = 288 kWh by the 15th
CERTIFIED = VatStatus(date(2026, 10, 16), SupplyUse.CHARITY, certificate_from=date(2026, 10, 16))


@pytest.mark.parametrize(
    "changed",
    [
        {"statuses": (DOMESTIC, CERTIFIED)},
        {"registrations": (Registration(date(2026, 10, 16), "GB123456789"),)},
    ],
    ids=["use", "registration"],
)
def test_parts_of_one_version_fill_one_block(changed: dict[str, tuple[object, ...]]) -> None:
    """288 kWh x 10p: not 150 kWh x 10p and, as half of the block was left to the second half, 138 kWh x 30p."""
    [bill] = october(EARLY, price(*BLOCKS), **changed)  # type: ignore[arg-type]
    assert amounts(bill) == [("Electricity, 0 to 310 kWh", "288", 2880)]
    assert len(bill.plan.parts) == 2


def test_second_part_goes_on_where_the_first_left_the_block() -> None:
    [bill] = october({10: "300", 20: "30"}, price(*BLOCKS), statuses=(DOMESTIC, CERTIFIED))
    assert amounts(bill) == [
        ("Electricity, 0 to 310 kWh", "300", 3000),
        ("Electricity, 0 to 310 kWh", "10", 100),
        ("Electricity, above 310 kWh", "20", 600),
    ]


def test_blocks_and_minimum_are_pro_rata_to_the_days_of_each_version() -> None:
    """A new price from the 11th: 310 x 10 / 31 = 100 kWh for it, and 210 kWh for the 21 days of the other."""
    old, new = price(*BLOCKS), price(*BLOCKS, MINIMUM, period_start=date(2026, 10, 11))
    [bill] = october({5: "110", 20: "40", 25: "50"}, old, new, statuses=(DOMESTIC, CERTIFIED))
    assert amounts(bill) == [
        ("Electricity, 0 to 100 kWh", "100", 1000),
        ("Electricity, above 100 kWh", "10", 300),
        ("Electricity, 0 to 210 kWh", "90", 900),
        ("Up to the minimum charge", "1", 1200),  # 3100 x 21 / 31 = 2100, less 900
    ]


def test_days_of_another_supplier_leave_a_smaller_block() -> None:
    """From the 11th to the 20th another one supplies: 310 x 21 / 31 = 210 kWh."""
    others = (Supplier(date(2026, 10, 11), "Other Power"), Supplier(date(2026, 10, 21), None))
    [bill] = october({5: "150", 15: "999", 25: "100"}, price(*BLOCKS), home=account(suppliers=others))
    assert amounts(bill) == [
        ("Electricity, 0 to 210 kWh", "150", 1500),
        ("Electricity, 0 to 210 kWh", "60", 600),
        ("Electricity, above 210 kWh", "40", 1200),
    ]


def test_each_payer_has_the_block_of_their_own_days() -> None:
    parties = (
        Party(PAYER, PartyRole.OCCUPIER, None, date(2026, 10, 10)),
        Party(TENANT, PartyRole.OCCUPIER, date(2026, 10, 11), None),
    )
    first, second = october({5: "110", 15: "110"}, price(*BLOCKS), home=account(parties=parties))
    assert amounts(first) == [
        ("Electricity, 0 to 100 kWh", "100", 1000),
        ("Electricity, above 100 kWh", "10", 300),
    ]
    assert amounts(second) == [("Electricity, 0 to 210 kWh", "110", 1100)]


def test_meter_of_two_elements_in_place_of_a_single_one_goes_on_with_its_block() -> None:
    """250 kWh of the old meter leave 60 for element A: 310 x 10p + 40 x 30p. Element B is another supply."""
    registers = (register(Element.B, 16), register(Element.A, 16), register(Element.SINGLE, 1, 15))
    [bill] = october({5: "250", 20: "100"}, price(*BLOCKS), home=account(registers=registers))
    assert amounts(bill) == [
        ("Electricity, 0 to 310 kWh", "250", 2500),
        ("Electricity, element A, 0 to 310 kWh", "60", 600),
        ("Electricity, element A, above 310 kWh", "40", 1200),
        ("Electricity, element B, 0 to 310 kWh", "100", 1000),
    ]


def test_elements_in_one_month_have_a_block_each() -> None:
    [bill] = october({5: "200"}, price(*BLOCKS), home=account(registers=(register(Element.A), register(Element.B))))
    assert [line[1:] for line in amounts(bill)] == [("200", 2000), ("200", 2000)]


def test_block_of_a_day_goes_on_within_a_day_of_an_exchange() -> None:
    """Up to 10 kWh a day at 10p, above at 30p: 8 kWh of each meter on the 16th are 10 at 10p and 6 at 30p."""
    at = datetime(2026, 10, 16, 11, tzinfo=UTC)
    registers = (
        Register(UUID(int=30), Element.SINGLE, Nature.POWER, LONG_AGO, at),
        Register(UUID(int=31), Element.A, Nature.POWER, at, None),
    )
    daily = (
        BLOCKS[0],
        Component(
            UUID(int=23),
            ComponentKind.UNIT_RATE,
            Decimal("0.30"),
            True,
            from_kwh=Decimal(10),
            threshold_period=ThresholdPeriod.DAY,
        ),
    )
    home = account(registers=registers, start_date=date(2026, 10, 16), end_date=date(2026, 10, 16))
    planned = plan_account(home, Terms(OCTOBER, LONDON, Tariffs({}, [price(*daily)]), VatTerms(), []))
    assert not isinstance(planned, NotBilled)
    [plan] = planned
    usages = {
        segment.usage_key: (
            Usage(Decimal(8), 24, *_edges(segment.span.start, segment.span.end), day=date(2026, 10, 16)),
        )
        for segment in plan.segments
    }
    bill = rate(plan, Measured(usages), Seller())
    assert isinstance(bill, Bill)
    assert [line[1:] for line in amounts(bill)] == [("8", 80), ("2", 20), ("6", 180)]


def _edges(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    return start, end - timedelta(minutes=30)


@pytest.mark.parametrize(
    ("kwh", "pence"),
    [
        ({5: "400"}, 4000),  # 40 pounds in one half, none in the other: above 31
        ({5: "100", 20: "110"}, 3100),  # 21 pounds, filled up once
        ({}, 3100),
    ],
)
def test_parts_of_one_version_share_one_minimum(kwh: dict[int, str], pence: int) -> None:
    [bill] = october(kwh, price(MINIMUM), statuses=(DOMESTIC, CERTIFIED))
    assert bill.total_pence == pence
    [whole] = october(kwh, price(MINIMUM))
    assert whole.total_pence == pence


def test_minimum_is_taxed_by_the_days_of_each_use() -> None:
    """Business from the 16th, at 1,023 kWh in 31 days: not small from 1,024 on. 3100 - 1550 = 1550p are missing."""
    business = VatStatus(date(2026, 10, 16), SupplyUse.BUSINESS)
    minimum = Component(UUID(int=22), ComponentKind.MINIMUM_CHARGE, Decimal("155"), True)
    [bill] = october({5: "1240"}, price(minimum), statuses=(DOMESTIC, business))
    # 15500 - 12400 = 3100p for 31 days: 1500p for the first 15, 1600p for the 16 others
    filled_up = [(line.vat.reason, line.part.days.count, line.amount_pence) for line in bill.lines[-2:]]
    assert filled_up == [("domestic", 15, 1500), ("business", 16, 1600)]


@pytest.mark.parametrize(
    ("day", "reduced", "standard"),
    [
        (date(1, 1, 1), "0", "0"),
        (date(1994, 3, 31), "0", "0.175"),
        (date(1994, 4, 1), "0.08", "0.175"),
        (date(1997, 9, 1), "0.05", "0.175"),
        (date(2008, 12, 1), "0.05", "0.15"),
        (date(2010, 12, 31), "0.05", "0.175"),
        (date(2011, 1, 4), "0.05", "0.20"),
        (date(9999, 12, 31), "0.05", "0.20"),
    ],
)
def test_every_day_has_its_rate_of_vat(day: date, reduced: str, standard: str) -> None:
    assert (reduced_rate(day), export_vat(True, day).rate) == (Decimal(reduced), Decimal(standard))


@given(
    kwh=month_kwh,
    unit_rates=st.tuples(rates, rates),
    threshold=st.integers(1, 1500),
    minimum=st.integers(0, 100),
    changes=st.sets(st.integers(2, 31), min_size=1, max_size=4),
    period=st.sampled_from(["day", "month"]),
)
def test_status_that_does_not_change_the_rate_does_not_change_the_total(
    kwh: list[Decimal],
    unit_rates: tuple[Decimal, Decimal],
    threshold: int,
    minimum: int,
    changes: set[int],
    period: ThresholdPeriod,
) -> None:
    low, high = unit_rates
    version = price(
        Component(uuid4(), ComponentKind.UNIT_RATE, low, True),
        Component(uuid4(), ComponentKind.UNIT_RATE, high, True, from_kwh=Decimal(threshold), threshold_period=period),
        Component(uuid4(), ComponentKind.MINIMUM_CHARGE, Decimal(minimum), True),
    )
    statuses = [
        VatStatus(FIRST.replace(day=day), (SupplyUse.CHARITY, SupplyUse.DOMESTIC)[number % 2], certificate_from=FIRST)
        for number, day in enumerate(sorted(changes))
    ]
    [whole] = october(kwh, version)
    [cut] = october(kwh, version, statuses=(DOMESTIC, *statuses))
    assert len(cut.plan.parts) == len(changes) + 1
    supplied = [tuple(x for x in bill.lines if x.kind != "minimum_charge") for bill in (whole, cut)]
    assert exact(supplied[0]) == exact(supplied[1])
    missing = [sum(x.amount_pence for x in bill.lines if x.kind == "minimum_charge") for bill in (whole, cut)]
    assert missing[0] == missing[1]
    # Each line is rounded once, by half a penny at most.
    assert abs(whole.total_pence - cut.total_pence) * 2 <= len(whole.lines) + len(cut.lines)


@given(kwh=month_kwh, exchanged=st.integers(2, 31), order=st.permutations([0, 1, 2]), threshold=st.integers(1, 900))
def test_order_of_registers_does_not_matter(
    kwh: list[Decimal], exchanged: int, order: list[int], threshold: int
) -> None:
    registers = (
        register(Element.SINGLE, 1, exchanged - 1),
        register(Element.A, exchanged),
        register(Element.B, exchanged),
    )
    version = price(
        BLOCKS[0],
        Component(
            uuid4(),
            ComponentKind.UNIT_RATE,
            Decimal("0.3"),
            True,
            from_kwh=Decimal(threshold),
            threshold_period=ThresholdPeriod.MONTH,
        ),
    )
    one, other = (
        october(kwh, version, home=account(registers=tuple(registers[number] for number in numbers)))
        for numbers in ([0, 1, 2], order)
    )
    assert one[0].lines == other[0].lines
