"""POST /v1/meters/SERIAL/exchange: a new meter goes on where the old one ends, in circuits and bills."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.community import Community
from api.conftest import TokenFor
from billing.community import Community as BilledCommunity
from builders import Home, Meter, insert, make_home, make_meter
from flows_shared.db import Connection, Database, connect
from flows_shared.time import HALF_HOUR, LONDON, Month, Period

OCTOBER = Month(2026, 10)
AT = datetime(2026, 10, 15, 10, 10, tzinfo=UTC)
NEXT = datetime(2026, 10, 15, 10, 30, tzinfo=UTC)


@pytest.fixture
async def db(module_database_url: str) -> AsyncIterator[Connection]:
    connection = await connect(module_database_url, name="tests")
    yield connection
    await connection.close()


async def in_circuit(db: Connection, register: UUID) -> UUID:
    circuit: UUID = (await insert(db, "flows.circuits", type="power"))["id"]
    await insert(
        db, "flows.circuit_register", circuit=circuit, register=register, start_time=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return circuit


async def stock(db: Connection, esco: UUID, hardware: str | None = "EMA1.w", **values: Any) -> Meter:
    """A meter in the registry, in no home yet."""
    meter = await make_meter(db, esco, hardware=hardware, **values)
    await db.execute("DELETE FROM flows.meter_registers WHERE meter_id = $1", meter.id)
    return meter


class Exchanges:
    """An admin of LAB, and what is asked for in their name."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    async def __call__(self, old: Meter, new: Meter, at: datetime = AT, **reads: Any) -> httpx.Response:
        body = {"new_serial": new.serial, "exchanged_at": at.isoformat(), **reads}
        return await self.client.post(f"/v1/meters/{old.serial}/exchange", json=body, headers=self.headers)


@pytest.fixture
def exchange(client: httpx.AsyncClient, community: Community, as_user: TokenFor) -> Exchanges:
    return Exchanges(client, as_user(community.lab_admin, "admin"))


async def test_new_meter_goes_on_in_circuit_home_and_service_head_and_the_reads_are_kept(
    exchange: Exchanges, db: Connection, community: Community
) -> None:
    home, new = await make_home(db, community.lab), await stock(db, community.lab)
    old, circuit = home.meter, await in_circuit(db, home.meter.register)
    feeder = await insert(db, "flows.feeder_registry", name=f"F {old.serial}", esco=community.lab)
    head = await insert(db, "flows.service_head_registry", name="H", feeder=feeder["id"])
    await insert(db, "flows.service_head_meter", service_head=head["id"], meter=old.id)
    wallet = await insert(db, "public.wallets", esco=community.lab)
    await db.execute("UPDATE public.meters SET wallet = $1 WHERE id = $2", wallet["id"], old.id)

    reads: dict[str, Any] = {"closing_reads": {"SINGLE": "1234.567"}, "opening_reads": {"SINGLE": 0}}
    response = await exchange(old, new, **reads)
    assert response.status_code == 201, response.text
    [register] = response.json()["registers"]
    assert (register["element"], register["nature"]) == ("SINGLE", "power")
    assert register["start_time"] == "2026-10-15T10:30:00Z"
    assert (register["follows"], register["circuits"]) == (str(old.register), [str(circuit)])

    ended = await db.fetchrow("SELECT * FROM flows.meter_registers WHERE register_id = $1", old.register)
    assert ended is not None
    assert (ended["status"], ended["end_time"], ended["replaced_by"]) == ("replaced", NEXT, new.id)
    links = await db.fetch("SELECT * FROM flows.circuit_register WHERE circuit = $1 ORDER BY start_time", circuit)
    assert [(row["end_time"], str(row["register"])) for row in links] == [
        (NEXT, str(old.register)),
        (None, register["register_id"]),
    ]
    kept = await db.fetch(
        "SELECT timestamp, read FROM flows.register_import WHERE register_id = ANY($1) ORDER BY read DESC",
        [old.register, UUID(register["register_id"])],
    )
    assert [tuple(row) for row in kept] == [(NEXT, Decimal("1234.567")), (AT, 0)]
    assert await db.fetchval("SELECT supply_meter FROM public.properties WHERE id = $1", home.property) == new.id
    assert await db.fetchval("SELECT meter FROM flows.service_head_meter") == new.id
    assert await db.fetchval("SELECT wallet FROM public.meters WHERE id = $1", new.id) == wallet["id"]
    status = "SELECT installation_status FROM flows.meter_registry WHERE id = $1"
    assert [await db.fetchval(status, meter.id) for meter in (old, new)] == ["disabled", "enabled"]
    actors = (
        "SELECT DISTINCT actor FROM flows.audit_log WHERE table_name = 'flows.meter_registers' AND row_id = ANY($1)"
    )
    changed = [str(old.register), register["register_id"]]
    assert str(community.lab_admin) in [row["actor"] for row in await db.fetch(actors, changed)]


@pytest.mark.parametrize(
    ("old", "used", "hardware", "followed"),
    [
        (("A", "B"), ("A", "B"), "C1.w", {"A": "A", "B": "B"}),
        (("A", "B"), ("A",), "EMA1.w", {"A": "SINGLE"}),
        (("A", "B"), ("B",), "P1.ax", {"B": "SINGLE"}),
        (("A", "B"), (), "B1.w", {"A": "SINGLE"}),
        (("A",), ("A",), "B1.w", {"A": "SINGLE"}),
        (("SINGLE",), ("SINGLE",), "C1.w", {"SINGLE": "A"}),
        (("SINGLE",), (), "P1.cx", {"SINGLE": "SINGLE"}),
        (("A", "B"), ("A", "B"), None, {"A": "A", "B": "B"}),
    ],
)
async def test_elements_go_on_as_the_new_meter_has_them(
    exchange: Exchanges,
    db: Connection,
    community: Community,
    old: tuple[str, ...],
    used: tuple[str, ...],
    hardware: str | None,
    followed: dict[str, str],
) -> None:
    meter, new = await make_meter(db, community.lab, *old), await stock(db, community.lab, hardware)
    for element in used:
        await in_circuit(db, meter.registers[element])
    response = await exchange(meter, new)
    assert response.status_code == 201, response.text
    elements = {str(register): element for element, register in meter.registers.items()}
    found = {elements[row["follows"]]: row["element"] for row in response.json()["registers"]}
    assert found == followed
    open_ones = "SELECT count(*) FROM flows.meter_registers WHERE meter_id = $1 AND status = 'enabled'"
    assert await db.fetchval(open_ones, meter.id) == 0


async def test_two_circuits_do_not_fit_into_one_element(
    exchange: Exchanges, db: Connection, community: Community
) -> None:
    old, new = await make_meter(db, community.lab, "A", "B"), await stock(db, community.lab, "EMA1.w")
    for register in old.registers.values():
        await in_circuit(db, register)
    response = await exchange(old, new)
    assert (response.status_code, response.json()["code"]) == (409, "meter.exchange_refused")
    assert response.json()["message"] == (
        f"elements A and B both measure a circuit, and meter {new.serial} (EMA1.w) has one element"
    )
    assert await db.fetchval("SELECT count(*) FROM flows.meter_registers WHERE meter_id = $1", new.id) == 0


async def test_what_cannot_be_is_refused_and_changes_nothing(
    exchange: Exchanges, db: Connection, community: Community
) -> None:
    old, new = await make_meter(db, community.lab, since=AT - timedelta(days=1)), await stock(db, community.lab)
    foreign, used = await stock(db, community.wlce), await make_meter(db, community.lab)
    await insert(db, "flows.register_import", register_id=old.register, timestamp=AT - HALF_HOUR, read=100)
    ahead = datetime.now(UTC) + timedelta(hours=1)
    cases: list[tuple[httpx.Response, int, str]] = [
        (await exchange(old, foreign), 404, f"there is no meter '{foreign.serial}', or it is not yours"),
        (await exchange(foreign, new), 404, f"there is no meter '{foreign.serial}'"),
        (await exchange(old, Meter(old.id, "EML-NONE", {})), 404, "there is no meter 'EML-NONE'"),
        (await exchange(old, old), 422, "cannot replace itself"),
        (await exchange(old, new, ahead), 422, "lies in the future"),
        (await exchange(old, new, AT - timedelta(days=2)), 422, f"meter {old.serial} has measured only since"),
        (await exchange(old, used), 409, f"meter {used.serial} is in use already"),
        (await exchange(new, old), 409, f"meter {new.serial} has no register"),
        (await exchange(old, new, closing_reads={"A": 1}), 422, "the old meter has no element A"),
        (await exchange(old, new, opening_reads={"B": 1}), 422, "no element B of the new meter"),
        (await exchange(old, new, closing_reads={"SINGLE": "99.5"}), 422, "had counted 100 kWh before, more than 99.5"),
        (await exchange(old, new, closing_reads={"SINGLE": -1}), 422, "closing_reads"),
        (await exchange(old, new, closing_reads={"C": 1}), 422, "closing_reads"),
    ]
    for response, status, reason in cases:
        assert (response.status_code, reason in response.json()["message"]) == (status, True), response.text
    assert (
        await db.fetchval("SELECT status FROM flows.meter_registers WHERE register_id = $1", old.register) == "enabled"
    )
    assert (await exchange(old, new)).status_code == 201
    again = await exchange(old, await stock(db, community.lab))
    assert (again.status_code, "was replaced at 2026-10-15T10:30" in again.json()["message"]) == (409, True)


async def test_meter_that_measured_after_the_exchange_was_not_exchanged_then(
    exchange: Exchanges, db: Connection, community: Community
) -> None:
    old, new = await make_meter(db, community.lab), await stock(db, community.lab)
    await insert(db, "flows.register_interval_hh", register_id=old.register, timestamp=NEXT, kwh=1)
    response = await exchange(old, new)
    assert (response.status_code, "still measured at 2026-10-15T10:30" in response.text) == (422, True)
    assert (await exchange(old, new, AT + timedelta(hours=1))).status_code == 201


async def test_operator_of_both_communities_moves_no_meter_between_them(
    client: httpx.AsyncClient, db: Connection, community: Community, as_user: TokenFor
) -> None:
    old, new = await make_meter(db, community.lab), await stock(db, community.wlce)
    response = await Exchanges(client, as_user(community.operator, "admin"))(old, new)
    assert (response.status_code, "belongs to another community" in response.text) == (409, True)


async def test_customer_exchanges_nothing(
    client: httpx.AsyncClient, db: Connection, community: Community, as_user: TokenFor
) -> None:
    home, new = await make_home(db, community.lab), await stock(db, community.lab)
    response = await Exchanges(client, as_user(home.customer.login))(home.meter, new)
    assert (response.status_code, response.json()["code"]) == (403, "auth.role")


async def test_admin_links_no_register_to_a_meter_of_another_community(
    client: httpx.AsyncClient, db: Connection, community: Community, as_user: TokenFor
) -> None:
    ours, theirs = await make_meter(db, community.lab), await make_meter(db, community.wlce)
    response = await client.patch(
        f"/rest/v1/meter_registers?register_id=eq.{ours.register}",
        json={"replaced_by": str(theirs.id)},
        headers={**as_user(community.lab_admin, "admin"), "Content-Profile": "flows"},
    )
    assert (response.status_code, response.json()["code"]) == (403, "42501")


async def test_customer_sees_what_the_old_meter_measured_and_nobody_elses(
    client: httpx.AsyncClient, exchange: Exchanges, db: Connection, community: Community, as_user: TokenFor
) -> None:
    home, neighbour, new = (
        await make_home(db, community.lab),
        await make_home(db, community.lab),
        await stock(db, community.lab),
    )
    circuit = await in_circuit(db, home.meter.register)
    noon = datetime(2026, 10, 1, 12, tzinfo=UTC)
    await insert(db, "flows.register_interval_hh", register_id=home.meter.register, timestamp=noon, kwh=1)
    await exchange(home.meter, new)
    [follower] = await db.fetch("SELECT register_id FROM flows.meter_registers WHERE meter_id = $1", new.id)
    later = NEXT + HALF_HOUR
    await insert(db, "flows.register_interval_hh", register_id=follower["register_id"], timestamp=later, kwh=2)

    async def seen(who: Home, table: str, query: str) -> list[Any]:
        headers = {**as_user(who.customer.login), "Accept-Profile": "flows"}
        return list((await client.get(f"/rest/v1/{table}?{query}", headers=headers)).json())

    assert [row["kwh"] for row in await seen(home, "register_interval_hh", "select=kwh&order=timestamp")] == [1, 2]
    circuits = f"select=kwh&circuit_id=eq.{circuit}&order=timestamp"
    assert [row["kwh"] for row in await seen(home, "circuit_interval_hh", circuits)] == [1, 2]
    assert await seen(neighbour, "register_interval_hh", "select=kwh") == []
    assert await seen(home, "meter_registry", f"select=serial&id=eq.{home.meter.id}") == []


async def test_meter_of_a_sharing_group_goes_on_with_its_days(
    exchange: Exchanges, db: Connection, community: Community
) -> None:
    old, new = await make_meter(db, community.lab, "A", "B", nature="solar"), await stock(db, community.lab, "C1.w")
    group = (await insert(db, "public.sharing_groups", esco=community.lab, name=f"Roofs of {old.serial}"))["id"]
    days = {"valid_from": date(2026, 3, 1), "valid_to": date(2026, 12, 1)}
    for element, role in (("A", "generation"), ("B", "boundary_export")):
        await insert(
            db, "public.sharing_meters", sharing_group=group, register=old.registers[element], role=role, **days
        )
    response = await exchange(old, new)
    assert response.status_code == 201, response.text
    followers = {row["element"]: UUID(row["register_id"]) for row in response.json()["registers"]}
    rows = await db.fetch("SELECT * FROM public.sharing_meters WHERE sharing_group = $1", group)
    assert {(row["register"], row["role"], row["valid_from"], row["valid_to"]) for row in rows} == {
        (registers[element], role, *days.values())
        for registers in (old.registers, followers)
        for element, role in (("A", "generation"), ("B", "boundary_export"))
    }


class Billed:
    """A community that is billed, and an operator who exchanges its meters."""

    def __init__(self, community: BilledCommunity, exchange: Exchanges) -> None:
        self.community, self.exchange = community, exchange

    async def stock(self, **values: Any) -> Meter:
        async with self.community.db.connection() as db:
            return await stock(db, self.community.esco, **values)

    async def exchanged(self, old: UUID, new: Meter, at: datetime) -> dict[str, UUID]:
        """The new registers by element."""
        serial = await self.community.value("SELECT serial FROM flows.meter_registry WHERE id = $1", old)
        response = await self.exchange(Meter(old, serial, {}), new, at)
        assert response.status_code == 201, response.text
        return {row["element"]: UUID(row["register_id"]) for row in response.json()["registers"]}


@pytest.fixture
async def billed(
    client: httpx.AsyncClient,
    module_database_url: str,
    module_role_url: Callable[[str], str],
    community: Community,
    as_user: TokenFor,
) -> AsyncIterator[Billed]:
    owner = await Database.open(module_database_url, name="tests", size=3)
    billing = await Database.open(module_role_url("flows_billing"), name="tests", size=3)
    number = await owner.pool.fetchval("SELECT count(*) FROM flows.escos")
    made = await BilledCommunity.make(owner, billing, code=f"EX{number}")
    await made.tariff("0.20000", "0.50000")
    yield Billed(made, Exchanges(client, as_user(community.operator, "admin")))
    await billing.close()
    await owner.close()


async def test_bill_over_an_exchange_counts_both_meters(billed: Billed) -> None:
    home, new = await billed.community.home(), await billed.stock()
    month = OCTOBER.period(LONDON)
    await billed.community.measure(home.registers["SINGLE"], Period(month.start, NEXT), "0.1")
    registers = await billed.exchanged(home.meter, new, AT)
    await billed.community.measure(registers["SINGLE"], Period(NEXT, month.end), "0.2")
    run = await billed.community.bill()
    assert run.billed == 1, await billed.community.outcome(home)
    # From 1 October 00:00 (23:00 UTC) to 15 October 10:30 UTC 14 days and 11.5 hours: 695 half hours of 1,490.
    assert await billed.community.lines(home) == [
        ("Electricity", Decimal("69.5"), "0.20000", 1390),
        ("Electricity", Decimal("159.0"), "0.20000", 3180),  # 795 x 0.2
        ("Standing charge", Decimal(31), "0.50000", 1550),
    ]


async def test_element_that_nothing_follows_is_billed_to_its_end(billed: Billed) -> None:
    home, new = await billed.community.home(elements=("A", "B")), await billed.stock(hardware="EMA1.w")
    month = OCTOBER.period(LONDON)
    for element, kwh in (("A", "0.1"), ("B", "0.3")):
        await billed.community.measure(home.registers[element], Period(month.start, NEXT), kwh)
    registers = await billed.exchanged(home.meter, new, AT)
    assert list(registers) == ["SINGLE"]
    await billed.community.measure(registers["SINGLE"], Period(NEXT, month.end), "0.2")
    await billed.community.bill()
    lines = await billed.community.lines(home)
    assert sorted(line[1] for line in lines) == sorted(
        [Decimal("69.5"), Decimal("208.5"), Decimal("159.0"), Decimal(31)]  # 695 x 0.3
    )


async def test_meter_that_moves_on_to_another_home_is_billed_in_each_for_its_time(billed: Billed) -> None:
    first, second = await billed.community.home(), await billed.community.home()
    month, moved = OCTOBER.period(LONDON), datetime(2026, 10, 20, tzinfo=UTC)
    at_home = first.registers["SINGLE"]
    await billed.community.measure(at_home, Period(month.start, NEXT), "0.1")
    after = await billed.exchanged(first.meter, await billed.stock(), AT)
    await billed.community.measure(after["SINGLE"], Period(NEXT, month.end), "0.2")
    # What the first home gave away takes the place of the second home's meter.
    await billed.community.execute(
        "UPDATE flows.meter_registry SET installation_status = 'enabled' WHERE id = $1", first.meter
    )
    serial = await billed.community.value("SELECT serial FROM flows.meter_registry WHERE id = $1", first.meter)
    await billed.community.measure(second.registers["SINGLE"], Period(month.start, moved), "0.4")
    again = await billed.exchanged(second.meter, Meter(first.meter, serial, {}), moved)
    await billed.community.measure(again["SINGLE"], Period(moved, month.end), "0.5")
    run = await billed.community.bill()
    assert run.billed == 2
    # The second home: 19 days and an hour, 914 half hours; then 576 of the other meter.
    assert [line[1] for line in await billed.community.lines(first)] == [Decimal("69.5"), Decimal("159.0"), Decimal(31)]
    assert [line[1] for line in await billed.community.lines(second)] == [
        Decimal("365.6"),
        Decimal("288.0"),
        Decimal(31),
    ]
