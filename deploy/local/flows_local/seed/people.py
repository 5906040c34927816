"""The people's side: customers and their logins, and who owns which home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows_local.seed.homes import Home, Person
from flows_local.seed.network import ESCO, meter_id, property_id, site_id
from flows_local.seed.rows import Row, Tables, row_id

DISTRIBUTOR = 22  # of the South West
MPAN_PRIMES = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)
ADMIN_EMAIL = "admin@example.org"
ASSOCIATION = row_id("corporate_body", "association")
ASSOCIATION_MEMBER = Person("Morwenna Tregarth", "morwenna.tregarth@example.org")


@dataclass(frozen=True)
class Logins:
    """Hashes of the passwords: one that all customers share, and the admin's."""

    customers: str
    admin: str


def people(homes: Sequence[Home], logins: Logins, since: datetime) -> Tables:
    """Everyone with a login; the admin looks after the community, a member acts for the housing association."""
    everyone = [ASSOCIATION_MEMBER, *(person for home in homes for person in _persons(home))]
    admin = row_id("user", ADMIN_EMAIL)
    return {
        "public.corporate_bodies": [{"id": ASSOCIATION, "name": "Dart Valley Homes Ltd", "company_number": "09876543"}],
        "public.customers": [_customer(person, since) for person in everyone],
        "public.customer_corporate_bodies": [
            {"customer": customer_id(ASSOCIATION_MEMBER), "corporate_body": ASSOCIATION}
        ],
        "public.users": [
            {"id": admin, "email": ADMIN_EMAIL, "password_hash": logins.admin, "role": "admin", "customer": None},
            *(_login(person, logins.customers) for person in everyone),
        ],
        "public.user_escos": [{"user_id": admin, "esco": ESCO}],
    }


def properties(homes: Sequence[Home]) -> Tables:
    """The homes with their meters and proprietors."""
    return {
        "public.properties": [
            {
                "id": property_id(home),
                "plot": f"Plot {home.number}",
                "description": home.address,
                "esco": ESCO,
                "site": site_id(home),
                "supply_meter": meter_id(home.supply_serial),
                "solar_meter": meter_id(home.solar_serial) if home.has_solar else None,
                "tenure": home.tenure,
                "mpan": _mpan(home),
            }
            for home in homes
        ],
        "public.registered_proprietors": [row for home in homes for row in _proprietors(home)],
    }


def customer_id(person: Person) -> str:
    return row_id("customer", person.email)


def owners(home: Home) -> tuple[Person, ...]:
    """The persons who own a home, or act for who does."""
    if home.owner:
        return (home.owner,)
    return (ASSOCIATION_MEMBER,) if home.tenure == "separate_owner_and_occupier" else home.occupiers


def _mpan(home: Home) -> str | None:
    """Half of the homes have a supply point of their own; the last digit checks the others."""
    if home.number % 2 == 0:
        return None
    digits = f"{DISTRIBUTOR}{home.number:010}"
    return digits + str(sum(int(digit) * prime for digit, prime in zip(digits, MPAN_PRIMES, strict=True)) % 11 % 10)


def _persons(home: Home) -> tuple[Person, ...]:
    return (*home.occupiers, home.owner) if home.owner else home.occupiers


def _customer(person: Person, since: datetime) -> Row:
    return {
        "id": customer_id(person),
        "esco": ESCO,
        "fullname": person.name,
        "email": person.email,
        "confirmed_details_at": since.isoformat(),
        "allow_onboard_transition": True,
        "has_payment_method": True,
    }


def _login(person: Person, password_hash: str) -> Row:
    return {
        "id": row_id("user", person.email),
        "email": person.email,
        "password_hash": password_hash,
        "role": "customer",
        "customer": customer_id(person),
    }


def _proprietors(home: Home) -> list[Row]:
    body = [(None, ASSOCIATION)] if home.housing_association else []
    persons = [] if home.housing_association and home.tenure != "shared_ownership" else owners(home)
    proprietors = [*body, *((customer_id(person), None) for person in persons)]
    ownership = "sole" if len(proprietors) == 1 else "tenant_in_common" if body else "joint_tenant"
    return [
        {"property": property_id(home), "customer": customer, "corporate_body": corporate_body, "ownership": ownership}
        for customer, corporate_body in proprietors
    ]
