"""The derived status follows from whatever it depends on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from builders import insert, make_esco, make_home, make_meter
from databases import Background
from flows_shared.db import Connection, connect


async def test_status_follows_a_home_that_its_owner_gets_and_loses(tx: Connection) -> None:
    left = await make_home(tx, status="closed")

    async def status(customer: UUID) -> str:
        return str(await tx.fetchval("SELECT status FROM public.customers WHERE id = $1", customer))

    assert await status(left.customer.id) == "archived"
    bought = await insert(tx, "public.properties", plot="Bought", esco=left.esco, owner=left.customer.id)
    assert await status(left.customer.id) == "preonboarding"
    await tx.execute("DELETE FROM public.properties WHERE id = $1", bought["id"])
    assert await status(left.customer.id) == "archived"


async def test_status_that_is_written_is_replaced_by_the_derived_one(tx: Connection) -> None:
    home = await make_home(tx)
    await tx.execute("UPDATE public.customers SET status = 'live'")
    assert await tx.fetchval("SELECT status FROM public.customers") == "preonboarding"
    assert await tx.fetchval("SELECT public.customer_status($1)", home.customer.id) == "preonboarding"


# The rule in plain words, held against the database after every one of many changes


@dataclass(eq=False)
class Person:
    id: UUID
    exiting: bool = False
    may_onboard: bool = False
    confirmed: bool = False
    pays: bool = False
    has_login: bool = False
    acts_for_body: bool = False


@dataclass(eq=False)
class Home:
    id: UUID
    meter: UUID
    has_meter: bool = False
    meter_was_healthy: bool = False
    old_owner: Person | None = None
    proprietors: set["Person | None"] = field(default_factory=set)  # None: the corporate body

    def is_owned_by(self, person: Person) -> bool:
        if not self.proprietors:
            return self.old_owner is person
        return person in self.proprietors or (None in self.proprietors and person.acts_for_body)


@dataclass(eq=False)
class Account:
    id: UUID
    home: Home
    type: str
    status: str
    people: set[Person] = field(default_factory=set)
    contract: UUID | None = None
    signatures_required: int = 0
    signers: set[Person] = field(default_factory=set)

    @property
    def waits_for_signatures(self) -> bool:
        return self.contract is not None and len(self.signers) < self.signatures_required


def expected_status(person: Person, homes: list[Home], accounts: list[Account]) -> str:
    owned = [home for home in homes if home.is_owned_by(person)]
    own = [account for account in accounts if account.home in owned or person in account.people]
    running = [account for account in own if account.status != "closed"]
    supplied = [account.home for account in running if account.type == "supply"]
    if own and not running and not owned:
        return "archived"
    if person.exiting:
        return "exiting"
    if not person.has_login:
        return "pending"
    if not person.may_onboard:
        return "preonboarding"
    if not (person.confirmed and person.pays) or any(account.waits_for_signatures for account in running):
        return "onboarding"
    if not all(home.has_meter and home.meter_was_healthy for home in supplied):
        return "prelive"
    return "live"


SET_FLAG = {
    "exiting": "exiting = $2",
    "may_onboard": "allow_onboard_transition = $2",
    "confirmed": "confirmed_details_at = CASE WHEN $2 THEN now() END",
    "pays": "has_payment_method = $2",
}
PEOPLE, HOMES = st.integers(0, 1), st.integers(0, 1)
TYPES, STATUSES = st.sampled_from(["supply", "solar"]), st.sampled_from(["pending", "open", "closed"])


class Community(RuleBasedStateMachine):
    """Two persons and a corporate body with two homes, whatever happens to them."""

    db: ClassVar[Connection]
    background: ClassVar[Background]

    def __init__(self) -> None:
        super().__init__()
        self.accounts: list[Account] = []
        self.transaction = self.db.transaction()
        self.background.run(self.begin())

    async def begin(self) -> None:
        await self.transaction.start()
        self.esco = await make_esco(self.db)
        self.body = (await insert(self.db, "public.corporate_bodies", name="Homes Ltd", esco=self.esco))["id"]
        self.people = [Person(await self.insert("public.customers", fullname=name)) for name in ("Ann", "Bob")]
        self.homes = [
            Home(
                await self.insert("public.properties", plot=plot, esco=self.esco),
                (await make_meter(self.db, self.esco)).id,
            )
            for plot in ("1", "2")
        ]

    async def insert(self, table: str, **values: Any) -> UUID:
        return UUID(str((await insert(self.db, table, **values))["id"]))

    def make(self, table: str, **values: Any) -> UUID:
        return self.background.run(self.insert(table, **values))

    def execute(self, statement: str, *values: Any) -> None:
        self.background.run(self.db.execute(statement, *values))

    def teardown(self) -> None:
        self.background.run(self.transaction.rollback())

    @rule(who=PEOPLE, flag=st.sampled_from(sorted(SET_FLAG)), value=st.booleans())
    def set_flag(self, who: int, flag: str, value: bool) -> None:
        person = self.people[who]
        self.execute(f"UPDATE public.customers SET {SET_FLAG[flag]} WHERE id = $1", person.id, value)
        setattr(person, flag, value)

    @initialize()
    def begin_with_one_who_is_nearly_live(self) -> None:
        self.give_or_take_login(0)
        for flag in ("may_onboard", "confirmed", "pays"):
            self.set_flag(0, flag, True)
        self.fit_or_remove_meter(0)
        self.open_account(0, "supply", "open", 0, "occupier")

    @rule(who=PEOPLE)
    def give_or_take_login(self, who: int) -> None:
        person = self.people[who]
        if person.has_login:
            self.execute("DELETE FROM public.users WHERE customer = $1", person.id)
        else:
            self.make("public.users", email=f"{person.id}@example.org", role="customer", customer=person.id)
        person.has_login = not person.has_login

    @rule(where=HOMES, who=st.none() | PEOPLE)
    def register_or_strike_proprietor(self, where: int, who: int | None) -> None:
        home, person = self.homes[where], None if who is None else self.people[who]
        owner = {"corporate_body": self.body} if person is None else {"customer": person.id}
        if person in home.proprietors:
            [(column, value)] = owner.items()
            strike = f"DELETE FROM public.registered_proprietors WHERE property = $1 AND {column} = $2"
            self.execute(strike, home.id, value)
        else:
            self.make("public.registered_proprietors", property=home.id, **owner)
        home.proprietors ^= {person}

    @rule(where=HOMES, who=st.none() | PEOPLE)
    def set_superseded_owner(self, where: int, who: int | None) -> None:
        home = self.homes[where]
        home.old_owner = None if who is None else self.people[who]
        owner = home.old_owner and home.old_owner.id
        self.execute("UPDATE public.properties SET owner = $2 WHERE id = $1", home.id, owner)

    @rule(who=PEOPLE)
    def join_or_leave_body(self, who: int) -> None:
        person = self.people[who]
        if person.acts_for_body:
            self.execute("DELETE FROM public.customer_corporate_bodies WHERE customer = $1", person.id)
        else:
            self.make("public.customer_corporate_bodies", customer=person.id, corporate_body=self.body)
        person.acts_for_body = not person.acts_for_body

    @rule(where=HOMES)
    def fit_or_remove_meter(self, where: int) -> None:
        home = self.homes[where]
        home.has_meter = not home.has_meter
        fit = "UPDATE public.properties SET supply_meter = $2 WHERE id = $1"
        self.execute(fit, home.id, home.meter if home.has_meter else None)

    @rule(where=HOMES, health=st.sampled_from(["healthy", "unhealthy"]))
    def read_meter(self, where: int, health: str) -> None:
        home = self.homes[where]
        self.execute("UPDATE flows.meter_shadows SET health = $2 WHERE id = $1", home.meter, health)
        home.meter_was_healthy = home.meter_was_healthy or health == "healthy"

    @precondition(lambda self: len(self.accounts) < 3)
    @rule(where=HOMES, kind=TYPES, status=STATUSES, who=PEOPLE, role=st.sampled_from(["owner", "occupier"]))
    def open_account(self, where: int, kind: str, status: str, who: int, role: str) -> None:
        home, person = self.homes[where], self.people[who]
        account = Account(self.make("public.accounts", property=home.id, type=kind, status=status), home, kind, status)
        self.make("public.customer_accounts", account=account.id, customer=person.id, role=role)
        account.people.add(person)
        self.accounts.append(account)

    def account(self, data: st.DataObject) -> Account:
        return self.accounts[data.draw(st.integers(0, len(self.accounts) - 1), label="account")]

    @precondition(lambda self: self.accounts)
    @rule(data=st.data(), status=STATUSES, kind=TYPES, where=HOMES)
    def change_account(self, data: st.DataObject, status: str, kind: str, where: int) -> None:
        account = self.account(data)
        account.status, account.type, account.home = status, kind, self.homes[where]
        change = "UPDATE public.accounts SET status = $2, type = $3, property = $4 WHERE id = $1"
        self.execute(change, account.id, status, kind, account.home.id)

    @precondition(lambda self: self.accounts)
    @rule(data=st.data(), who=PEOPLE)
    def hand_account_over(self, data: st.DataObject, who: int) -> None:
        account = self.account(data)
        account.people = {self.people[who]}
        self.execute(
            "UPDATE public.customer_accounts SET customer = $2 WHERE account = $1", account.id, self.people[who].id
        )

    @precondition(lambda self: self.accounts)
    @rule(data=st.data())
    def delete_account(self, data: st.DataObject) -> None:
        account = self.account(data)
        self.execute("DELETE FROM public.accounts WHERE id = $1", account.id)
        self.accounts.remove(account)

    @precondition(lambda self: self.accounts)
    @rule(data=st.data(), required=st.integers(0, 2))
    def give_contract(self, data: st.DataObject, required: int) -> None:
        account = self.account(data)
        account.contract = self.make("public.contracts", type=account.type, signatures_required=required)
        account.signatures_required, account.signers = required, set()
        give = "UPDATE public.accounts SET current_contract = $2 WHERE id = $1"
        self.execute(give, account.id, account.contract)

    @precondition(lambda self: any(account.contract for account in self.accounts))
    @rule(data=st.data(), who=PEOPLE)
    def sign_or_withdraw(self, data: st.DataObject, who: int) -> None:
        account = data.draw(st.sampled_from([each for each in self.accounts if each.contract]), label="account")
        person = self.people[who]
        if person in account.signers:
            withdraw = "DELETE FROM public.contract_signatures WHERE contract = $1 AND customer = $2"
            self.execute(withdraw, account.contract, person.id)
        else:
            sign = "INSERT INTO public.contract_signatures (contract, customer, signed_at) VALUES ($1, $2, now())"
            self.execute(sign, account.contract, person.id)
        account.signers ^= {person}

    @invariant()
    def every_status_is_as_the_rule_says(self) -> None:
        rows = self.background.run(self.db.fetch("SELECT id, status FROM public.customers"))
        expected = {person.id: expected_status(person, self.homes, self.accounts) for person in self.people}
        assert {row["id"]: row["status"] for row in rows} == expected


@pytest.fixture
def community(calendar_url: str, background: Background) -> Iterator[type[Community]]:
    class Here(Community):
        """On the database of this file."""

    Here.db, Here.background = background.run(connect(calendar_url, name="tests")), background
    yield Here
    background.run(Here.db.close())


def test_status_is_as_the_rule_says_after_any_changes(community: type[Community]) -> None:
    run_state_machine_as_test(community, settings=settings(max_examples=80, stateful_step_count=30))
