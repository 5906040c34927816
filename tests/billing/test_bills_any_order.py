"""Whatever changes in whatever order: once it was put right, every kWh is on one bill, and nobody else's bill moved."""

from collections.abc import Coroutine, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import asyncpg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from billing.village import MONTHS, YEAR_LATER, Household, Place, Village, in_database
from billing.village_checks import all_right, nothing_impossible, put_right, totals
from billing.village_meters import Meters
from billing.village_terms import Agreements
from databases import Background, Databases, RoleUrl
from flows_shared.db import Database
from flows_shared.errors import FlowsError

HOMES = st.integers(0, 2)
PLACES = st.integers(0, 5)
DAYS = st.dates(date(2025, 10, 1), date(2025, 11, 30))
START = datetime(2025, 10, 1, 1, tzinfo=UTC)
MINUTES = st.integers(0, 60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
HALF_HOURS = MINUTES.map(lambda at: at - timedelta(minutes=at.minute % 30))
MONTH = st.sampled_from(MONTHS)
REFUSALS = asyncpg.IntegrityConstraintViolationError, FlowsError  # what a rule of the database or a command forbids


class Bills(RuleBasedStateMachine):
    """Three homes and two roofs; a neighbouring village to which nothing happens."""

    databases: ClassVar[Databases]
    background: ClassVar[Background]
    template: ClassVar[str]
    villages: ClassVar[tuple[Village, Village]]

    def __init__(self) -> None:
        super().__init__()
        self.name = self.databases.create(self.template)
        self.pools = self.background.run(open_pools(self.databases, self.name))
        self.village, self.neighbour = (in_database(each, *self.pools) for each in self.villages)
        self.meters, self.agreements = Meters(self.village), Agreements(self.village)
        self.neighbours_totals = self.run(totals(self.neighbour))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.background.run(work)

    def attempt(self, work: Coroutine[Any, Any, None]) -> None:
        with suppress(*REFUSALS):
            self.run(work)

    def home(self, number: int) -> Household:
        return self.village.homes[number]

    def roof(self, number: int) -> Place:
        return self.village.roofs[number % len(self.village.roofs)]

    def place(self, number: int) -> Place:
        return self.home(number).place if number < 3 else self.roof(number)

    @rule(where=PLACES, at=MINUTES, hardware=st.sampled_from([None, "C1.w"]))
    def exchange_meter(self, where: int, at: datetime, hardware: str | None) -> None:
        self.run(self.meters.exchange(self.place(where), at, hardware))

    @rule(day=DAYS, days=st.none() | st.integers(1, 40))
    def add_roof(self, day: date, days: int | None) -> None:
        self.run(self.meters.add_roof(day, days))

    @rule(where=PLACES, day=DAYS)
    def end_roof(self, where: int, day: date) -> None:
        self.attempt(self.meters.end_roof(self.roof(where), day))

    @rule(where=HOMES, day=DAYS)
    def join_or_leave(self, where: int, day: date) -> None:
        self.attempt(self.agreements.join(self.home(where), day))

    @rule(
        method=st.sampled_from(["fixed", "proportional", "priority"]), day=DAYS, rate=st.sampled_from(["0.08", "0.12"])
    )
    def change_terms(self, method: str, day: date, rate: str) -> None:
        self.attempt(self.agreements.share_by(method, day, rate))

    @rule(day=DAYS, kind=st.sampled_from(["flat", "blocks", "daily blocks", "minimum", "bands"]))
    def change_price(self, day: date, kind: str) -> None:
        self.attempt(self.agreements.reprice(day, kind))

    @rule(pence=st.integers(15, 30))
    def correct_price(self, pence: int) -> None:
        self.attempt(self.agreements.correct_price(Decimal(pence) / 100))

    @rule(where=HOMES, day=DAYS, use=st.sampled_from(["domestic", "business", "mixed"]))
    def change_use(self, where: int, day: date, use: str) -> None:
        self.attempt(self.agreements.tax(self.home(where), day, use))

    @rule(where=HOMES, day=DAYS, number=st.sampled_from(["GB987654321", None]))
    def change_registration(self, where: int, day: date, number: str | None) -> None:
        payer = self.home(where).payers[self.home(where).accounts[-1].account]
        self.attempt(self.agreements.register_for_vat(payer, day, number))

    @rule(where=HOMES, day=DAYS, name=st.sampled_from(["Other Ltd", None]))
    def change_supplier(self, where: int, day: date, name: str | None) -> None:
        self.attempt(self.agreements.change_supplier(self.home(where), day, name))

    @rule(where=HOMES, day=DAYS)
    def change_payer(self, where: int, day: date) -> None:
        self.attempt(self.agreements.change_payer(self.home(where), day))

    @rule(where=HOMES, day=DAYS, again=st.none() | st.integers(1, 10))
    def move_out_and_in(self, where: int, day: date, again: int | None) -> None:
        self.attempt(self.agreements.move_out(self.home(where), day))
        if again:
            self.attempt(self.agreements.move_in(self.home(where), day + timedelta(days=again)))

    @rule(where=PLACES, at=HALF_HOURS, half_hours=st.integers(1, 100), estimate=st.booleans())
    def readings_are_late(self, where: int, at: datetime, half_hours: int, estimate: bool) -> None:
        for register in self.place(where).registers:
            self.run(self.meters.withhold(register, at, half_hours))
        if estimate:
            self.run(self.meters.estimate())

    @rule()
    def late_readings_come(self) -> None:
        self.run(self.meters.come_late())

    @rule(where=PLACES, at=HALF_HOURS, half_hours=st.integers(1, 100), wh=st.integers(0, 900))
    def correct_readings(self, where: int, at: datetime, half_hours: int, wh: int) -> None:
        for register in self.place(where).registers:
            self.run(self.meters.correct_readings(register, at, half_hours, Decimal(wh) / 1000))

    @rule(where=HOMES, at=HALF_HOURS)
    def find_a_spike(self, where: int, at: datetime) -> None:
        self.run(self.meters.spike(self.place(where).registers[-1], at))

    @rule(zone=st.sampled_from(["Europe/London", "Atlantic/Azores", "America/Havana", "Europe/Berlin"]))
    def change_zone(self, zone: str) -> None:
        self.run(self.agreements.move_zone(zone))

    @rule(where=HOMES, day=DAYS, days=st.integers(1, 40))
    def except_days(self, where: int, day: date, days: int) -> None:
        self.run(self.agreements.except_days(self.home(where), day, days))

    @rule(where=HOMES, pence=st.integers(1, 20000))
    def pay(self, where: int, pence: int) -> None:
        self.attempt(self.agreements.pay(self.home(where), pence))

    @rule(month=MONTH)
    def bill(self, month: Any) -> None:
        self.run(self.village.bill(month))

    @rule(month=MONTH)
    def release_and_bill(self, month: Any) -> None:
        self.run(self.village.release())
        self.run(self.village.bill(month))

    @rule(month=MONTH)
    def rebill(self, month: Any) -> None:
        """Dry, it changes nothing; confirmed, it leaves nothing to correct."""
        before = self.run(totals(self.village))
        self.run(self.village.rebill(month, confirm=False))
        assert self.run(totals(self.village)) == before
        done = self.run(self.village.rebill(month, confirm=True)).accounts
        failed = {each.account for each in done if each.outcome == "failed"}
        again = self.run(self.village.rebill(month, confirm=False)).accounts
        assert {each.outcome for each in again if each.account not in failed} <= {"unchanged", "too_old"}, again

    @rule()
    def put_right(self) -> None:
        self.run(put_right(self.village))
        self.run(all_right(self.village))

    @rule()
    def wait_a_year(self) -> None:
        self.village.now = YEAR_LATER

    @invariant()
    def nothing_impossible(self) -> None:
        self.run(nothing_impossible(self.village))

    def teardown(self) -> None:
        try:
            self.put_right()
            again = self.run(self.neighbour.rebill(MONTHS[0], confirm=False))
            assert {account.outcome for account in again.accounts} == {"unchanged"}
            assert self.run(totals(self.neighbour)) == self.neighbours_totals
        finally:
            for pool in self.pools:
                self.run(pool.close())
            self.databases.drop(self.name)


async def open_pools(databases: Databases, name: str) -> tuple[Database, Database]:
    urls = databases.url_of(name), databases.url_of(name, user="flows_billing")
    owner, billing = [await Database.open(url, name="tests", size=2) for url in urls]
    return owner, billing


async def make_villages(databases: Databases, name: str) -> tuple[Village, Village]:
    """The neighbours have been billed."""
    pools = await open_pools(databases, name)
    village, neighbour = [await Village.make(*pools, code) for code in ("VILLAGE", "NEXT")]
    for month in MONTHS:
        await neighbour.bill(month)
    for pool in pools:
        await pool.close()
    return village, neighbour


@pytest.fixture
def bills(databases: Databases, background: Background, role_url: RoleUrl) -> Iterator[type[Bills]]:
    """Each example has a copy of the same two villages."""
    role_url("flows_billing")

    class Here(Bills):
        """On this server."""

    Here.databases, Here.background, Here.template = databases, background, databases.create()
    Here.villages = background.run(make_villages(databases, Here.template))
    yield Here
    databases.drop(Here.template)


def test_every_kwh_is_on_one_bill_after_any_changes(bills: type[Bills]) -> None:
    run_state_machine_as_test(bills, settings=settings(max_examples=4, stateful_step_count=10, derandomize=True))
