"""Which homes a community has: what is in each, who lives there, how they pay. A home's number decides it all."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from flows_shared.vocabulary.people import Tenure

SUPPLY_SERIALS, SOLAR_SERIALS = 2137580000, 2137590000
SOLAR_HARDWARE = "EMA1.w"


@dataclass(frozen=True)
class Person:
    name: str
    email: str


@dataclass(frozen=True)
class Home:
    """`owner` is None where the occupiers own it; a `housing_association` owns it alone or shares it with them."""

    number: int
    address: str
    site: int
    hardware: str
    has_solar: bool
    prepay: bool
    tenure: Tenure
    moved_in_late: bool
    discounted: bool
    occupiers: tuple[Person, ...]
    owner: Person | None
    housing_association: bool

    @property
    def supply_serial(self) -> str:
        return f"EML{SUPPLY_SERIALS + self.number}"

    @property
    def solar_serial(self) -> str:
        return f"EML{SOLAR_SERIALS + self.number}"

    @property
    def twin_element(self) -> bool:
        return self.hardware == "C1.w"

    @property
    def solar_kw(self) -> str:
        """Declared net capacity."""
        return ("3.6", "4.0", "2.8")[self.number % 3]


def make_homes(count: int) -> list[Home]:
    """Homes 1..count. The first ones stay the same whatever the count: a bigger community holds the smaller one."""
    return [_home(number) for number in range(1, count + 1)]


def _home(number: int) -> Home:
    tenure = _tenure(number)
    couple = number % 8 == 5
    rented = tenure == "separate_owner_and_occupier"
    private = rented and number % 20 == 9
    site = number % 2
    return Home(
        number=number,
        address=f"{(number + 1) // 2} {_names()['streets'][site]}",
        site=site,
        hardware=_hardware(number),
        has_solar=(number - 1) * 3 % 8 < 3,
        prepay=number % 10 == 3,
        tenure=tenure,
        moved_in_late=number % 16 == 6,
        discounted=number % 8 == 1,
        occupiers=tuple(person(number * 3 + place) for place in range(2 if couple else 1)),
        owner=person(number * 3 + 2) if private else None,
        housing_association=(rented and not private) or tenure == "shared_ownership",
    )


def _hardware(number: int) -> str:
    match number % 10:
        case 0:
            return "P1.ax"
        case 2 | 5 | 8:
            return "C1.w"
        case 1 | 6:
            return "B1.w"
        case _:
            return "EMA1.w"


def _tenure(number: int) -> Tenure:
    match number % 10:
        case 4:
            return Tenure.SHARED_OWNERSHIP
        case 7 | 9:
            return Tenure.SEPARATE_OWNER_AND_OCCUPIER
        case _:
            return Tenure.SINGLE_OWNER_OCCUPIER


def person(number: int) -> Person:
    """An invented person; numbers apart are names apart, and always addresses apart."""
    first_names, last_names = _names()["first"], _names()["last"]
    again, pair = divmod(number, len(first_names) * len(last_names))
    row, column = divmod(pair, len(first_names))
    first, last = first_names[column], last_names[(row + 7 * pair) % len(last_names)]
    mailbox = normalize("NFKD", f"{first}.{last}{again or ''}").encode("ascii", "ignore").decode().replace("'", "")
    return Person(f"{first} {last}", f"{mailbox.lower()}@example.org")


@cache
def _names() -> dict[str, list[str]]:
    return tomllib.loads((files("flows_local.seed") / "names.toml").read_text("utf-8"))
