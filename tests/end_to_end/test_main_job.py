"""Meters answer, half hours are kept, a month is billed and mailed, and the customer reads it: by public faces only."""

import io
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from email.message import EmailMessage
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from pypdf import PdfReader

from databases import RoleUrl
from flows_local.seed.homes import Home, make_homes
from flows_local.seed.network import property_id
from flows_local.seed.rows import row_id
from flows_local.seed.seed import CUSTOMER_PASSWORD, Login, Seeded, seed
from flows_local.simulated import describe_meters, place_meters
from flows_meter_sync.simulator import SimulatedMeter, Simulator, load
from flows_shared.db import Database
from house import House, log_in
from mail_server import MailServer
from waiting import until

HOMES = make_homes(10)
BILLED = [home for home in HOMES if not home.prepay]
LONDON = ZoneInfo("Europe/London")
PROFILE_LOG = "SyncerProfileLog"
SOLAR_PENCE_PER_KW_DAY = 20
Json: TypeAlias = dict[str, Any]
# kWh by element and half hour.
Measured: TypeAlias = dict[str, dict[datetime, Decimal]]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
async def seeded(db: Database) -> Seeded:
    async with db.transaction() as transaction:
        return await seed(transaction, len(HOMES), datetime.now(UTC))


@pytest.fixture
async def simulator(db: Database, seeded: Seeded, tmp_path: Path) -> AsyncIterator[Simulator]:
    """The community's meters, as the demo has them."""
    async with db.transaction() as transaction:
        described = await describe_meters(transaction, await place_meters(transaction), datetime.now(UTC))
    file = tmp_path / "meters.yaml"
    file.write_text(described)
    async with Simulator(load(file)) as simulator:
        yield simulator


@pytest.fixture
def house(settings_env: dict[str, str], role_url: RoleUrl, mail_server: MailServer, tmp_path: Path) -> Iterator[House]:
    mail = {"FLOWS_NOTIFY_SMTP_PORT": str(mail_server.port), "FLOWS_NOTIFY_SMTP_FROM": "invoices@water-lane.example"}
    with House({**settings_env, **mail}, role_url, tmp_path) as house:
        house.serve("api", "meter-sync", "billing")
        house.work("meter-sync", "billing", "notify")
        yield house


async def test_month_from_the_meters_to_the_customers(
    seeded: Seeded, simulator: Simulator, house: House, mail_server: MailServer
) -> None:
    async with house.gateway() as gateway:
        admin = await log_in(gateway, seeded.admin)
        await read_all_meters(gateway, admin, list(simulator.meters))
        run = await bill_last_month(gateway, admin)
        assert (run["accounts"], run["billed"], run["skipped"], run["failed"]) == (10, 9, 1, 0)

        async def all_mailed() -> bool:
            return len(mail_server.received) >= len(BILLED)

        await until(all_mailed, seconds=30)
        shares = share_by_hand(simulator.meters)
        mails = dict(zip(mail_server.recipients(), mail_server.received, strict=True))
        for home in BILLED:
            [email] = [person.email for person in home.occupiers if person.email in mails]
            customer = await log_in(gateway, Login(email, CUSTOMER_PASSWORD))
            await check_bill(gateway, customer, home, simulator.meters[home.supply_serial], shares, mails[email])

        again = await gateway.post("/v1/billing/runs", json={"month": str(last_month())[:7]}, headers=admin)
        assert again.status_code == 200
        assert len(mail_server.received) == len(BILLED)


async def read_all_meters(gateway: httpx.AsyncClient, admin: dict[str, str], serials: list[str]) -> None:
    """On demand, until the profile log of each has been read."""
    for serial in serials:
        accepted = await gateway.post(f"/v1/meters/{serial}/sync", headers=admin)
        assert accepted.status_code == 202, accepted.text

    async def is_read(serial: str) -> bool:
        status = (await gateway.get(f"/v1/meters/{serial}/sync", headers=admin)).json()
        return any(metric["metric"] == PROFILE_LOG and metric["last_success_at"] for metric in status["metrics"])

    for serial in serials:
        await until(partial(is_read, serial), seconds=60)
        status = (await gateway.get(f"/v1/meters/{serial}/sync", headers=admin)).json()
        assert (status["health"], [m["last_error"] for m in status["metrics"] if m["last_error"]]) == ("healthy", [])


async def bill_last_month(gateway: httpx.AsyncClient, admin: dict[str, str]) -> Json:
    started = await gateway.post("/v1/billing/runs", json={"month": str(last_month())[:7]}, headers=admin)
    assert started.status_code == 202, started.text
    path = f"/v1/billing/runs/{started.json()[0]['id']}"

    async def is_completed() -> bool:
        return bool((await gateway.get(path, headers=admin)).json()["status"] == "completed")

    await until(is_completed, seconds=30)
    run: Json = (await gateway.get(path, headers=admin)).json()
    return run


async def check_bill(
    gateway: httpx.AsyncClient,
    customer: dict[str, str],
    home: Home,
    meter: SimulatedMeter,
    shares: dict[int, Measured],
    mail: EmailMessage,
) -> None:
    """What the customer reads is what the meter measured, at the tariff, to the penny; the mail and its PDF say so."""
    [invoice] = await rows(gateway, customer, "public", "invoices?select=*")
    [account] = await rows(gateway, customer, "public", "accounts?select=*&type=eq.supply")
    first_day, after = max(last_month(), date.fromisoformat(account["start_date"])), month_after(last_month())
    assert (invoice["period_start"], invoice["period_end"]) == (str(first_day), str(after))
    [tariff] = [
        tariff
        for tariff in await tariffs(gateway, customer, discounted=home.discounted)
        if tariff["period_start"] == str(quarter(first_day))
    ]
    measured = half_hours(meter, first_day, after)
    [terms] = await rows(gateway, customer, "public", "sharing_terms?select=internal_rate")
    shared = {element: kwh_since(wh, first_day) for element, wh in shares[home.number].items()}
    credit = solar_credit(home)
    assert sum(sum(each.values()) for each in shared.values()) > 0
    assert (invoice["total_pence"], invoice["vat_pence"]) == bill_by_hand(
        measured, shared, (after - first_day).days, tariff, Decimal(str(terms["internal_rate"])), credit
    )

    async def has_costs() -> bool:
        return len(await rows(gateway, customer, "public", "monthly_costs?select=*")) == 1

    await until(has_costs, seconds=30)
    [cost] = await rows(gateway, customer, "public", "monthly_costs?select=*")
    assert to_pence(Decimal(str(cost["total"]))) == invoice["total_pence"] + credit

    [registered] = await rows(gateway, customer, "flows", f"meter_registry?select=id&serial=eq.{home.supply_serial}")
    for element, readings in measured.items():
        of_element = f"meter_registers?select=register_id&meter_id=eq.{registered['id']}&element=eq.{element}"
        [register] = await rows(gateway, customer, "flows", of_element)
        stored = await rows(
            gateway,
            customer,
            "flows",
            f"register_interval_hh?select=timestamp,kwh&register_id=eq.{register['register_id']}&order=timestamp"
            f"&timestamp=gte.{utc(first_day):%FT%TZ}&timestamp=lt.{utc(after):%FT%TZ}",
        )
        kwh = {datetime.fromisoformat(row["timestamp"]): Decimal(str(row["kwh"])) for row in stored}
        assert kwh == readings

    pounds = f"£{Decimal(invoice['total_pence']) / 100:,.2f}"
    assert pounds in mail["Subject"]
    [attached] = [part.get_payload(decode=True) for part in mail.iter_attachments()]
    document = await gateway.get(f"/v1/invoices/{invoice['number']}/pdf", headers=customer)
    assert document.content == attached
    assert pounds in "".join(page.extract_text() for page in PdfReader(io.BytesIO(document.content)).pages)


def bill_by_hand(
    measured: Measured, shared: Measured, days: int, tariff: Json, internal_rate: Decimal, solar_credit: int
) -> tuple[int, int]:
    """Total and VAT in pence: each line quantity x rate, rounded once; VAT at 5 % is held in the prices.

    What was shared is billed at the internal rate, the rest at the tariff; the solar credit holds no VAT.
    """
    rate_a = Decimal(str(tariff["computed_unit_rate"]))
    rates = {"A": rate_a, "SINGLE": rate_a, "B": Decimal(str(tariff["computed_unit_rate_b"]))}
    kwh = {element: sum(readings.values(), Decimal(0)) for element, readings in measured.items()}
    from_roofs = {element: sum(readings.values(), Decimal(0)) for element, readings in shared.items()}
    lines = [(kwh[element] - from_roofs[element]) * rates[element] for element in measured]
    lines += [from_roofs[element] * internal_rate for element in measured]
    lines.append(days * Decimal(str(tariff["computed_standing_charge"])))
    total = sum(to_pence(line) for line in lines)
    return total - solar_credit, to_pence(Decimal(total) / 100 * 5 / 105)


def share_by_hand(meters: Mapping[str, SimulatedMeter]) -> dict[int, Measured]:
    """Home -> what it gets of the roofs' energy last month, in proportion to what it and the others consume."""
    first_day, after = last_month(), month_after(last_month())
    solar = [meters[home.solar_serial] for home in HOMES if home.has_solar]
    roofs = [half_hours(meter, first_day, after, "export_wh")["SINGLE"] for meter in solar]
    homes = sorted(BILLED, key=lambda home: UUID(property_id(home)))
    used = {home.number: half_hours(meters[home.supply_serial], first_day, after) for home in homes}
    shared: dict[int, Measured] = {number: {element: {} for element in each} for number, each in used.items()}
    for at in sorted(roofs[0]):
        turn = sum(divmod(int(at.timestamp()) // 1800, 48))  # by half hour, and by day
        generated = int(sum(roof[at] for roof in roofs) * 1000)
        wanted = [int(sum(element[at] for element in used[home.number].values()) * 1000) for home in homes]
        parts = wanted if sum(wanted) <= generated else largest_remainders(generated, wanted, turn)
        for home, part in zip(homes, parts, strict=True):
            registers = {row_id("register", home.supply_serial, element): element for element in used[home.number]}
            elements = [registers[register] for register in sorted(registers)]
            measured = [int(used[home.number][element][at] * 1000) for element in elements]
            for element, wh in zip(elements, largest_remainders(part, measured, turn), strict=True):
                shared[home.number][element][at] = Decimal(wh) / 1000
    return shared


def largest_remainders(units: int, weights: list[int], turn: int) -> list[int]:
    exact = [Fraction(units * weight, sum(weights) or 1) for weight in weights]
    order = sorted(range(len(exact)), key=lambda n: (-(exact[n] % 1), (n - turn) % len(exact)))
    more = order[: round(sum(exact)) - sum(int(each) for each in exact)]
    return [int(each) + (number in more) for number, each in enumerate(exact)]


def kwh_since(readings: dict[datetime, Decimal], first_day: date) -> dict[datetime, Decimal]:
    return {at: kwh for at, kwh in readings.items() if at >= utc(first_day)}


def solar_credit(home: Home) -> int:
    """Pence: capacity x days x pence a day, cut."""
    days = (month_after(last_month()) - last_month()).days
    return int(Decimal(home.solar_kw) * days * SOLAR_PENCE_PER_KW_DAY) if home.has_solar else 0


def half_hours(meter: SimulatedMeter, first_day: date, after: date, counted: str = "import_wh") -> Measured:
    """Element -> kWh by half hour, as the simulator itself has them; what a roof generates, its meter counts out."""
    found: Measured = {}
    for half_hour in meter.half_hours(utc(first_day), utc(after)):
        at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=half_hour.start)
        found.setdefault(half_hour.element, {})[at] = Decimal(getattr(half_hour, counted)) / 1000
    return found


async def tariffs(gateway: httpx.AsyncClient, customer: dict[str, str], *, discounted: bool) -> list[Json]:
    """The customer's own, or else the community's."""
    own = await rows(gateway, customer, "public", "customer_tariffs?select=*")
    assert bool(own) == discounted
    return own or await rows(gateway, customer, "public", "microgrid_tariffs?select=*")


async def rows(gateway: httpx.AsyncClient, headers: dict[str, str], schema: str, query: str) -> list[Json]:
    response = await gateway.get(f"/rest/v1/{query}", headers={**headers, "Accept-Profile": schema})
    assert response.status_code == 200, response.text
    found: list[Json] = response.json()
    return found


def to_pence(pounds: Decimal) -> int:
    return int((pounds * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def last_month() -> date:
    """Its first day."""
    today = datetime.now(LONDON).date()
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(first_day: date) -> date:
    return (first_day + timedelta(days=31)).replace(day=1)


def quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def utc(day: date) -> datetime:
    """Local midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)
