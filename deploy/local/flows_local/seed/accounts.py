"""Accounts with signed contracts: supply for each home, solar for each installation, a wallet where it is prepaid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flows_local.seed.homes import Home, Person
from flows_local.seed.network import ESCO, property_id
from flows_local.seed.people import customer_id, owners
from flows_local.seed.rows import Row, Tables, row_id

LATE_MOVE = timedelta(days=8)
TERMS_VERSION = "2024-04"
TERMS = (("supply", "thirty_year"), ("supply", "short_term"), ("solar", "thirty_year"))


@dataclass(frozen=True)
class Account:
    home: Home
    type: str
    start: date
    roles: tuple[tuple[Person, str], ...]

    @property
    def id(self) -> str:
        return row_id("account", self.home.number, self.type)

    @property
    def contract(self) -> str:
        return row_id("contract", self.home.number, self.type)

    @property
    def is_prepay(self) -> bool:
        return self.home.prepay and self.type == "supply"

    @property
    def has_no_mandate(self) -> bool:
        """A few have not set their Direct Debit up: their bills ask for a transfer."""
        return self.home.number % 10 == 4

    @property
    def signers(self) -> list[Person]:
        """Occupiers sign for the supply, owners for the solar panels."""
        signing = "owner" if self.type == "solar" else "occupier"
        return [person for person, role in self.roles if role == signing]

    @property
    def terms(self) -> str:
        rented = self.home.tenure == "separate_owner_and_occupier" and self.type == "supply"
        return _terms(self.type, "short_term" if rented else "thirty_year")


def accounts(homes: Sequence[Home], first_day: date, since: datetime) -> Tables:
    """Open accounts from `first_day` on; some occupiers moved in a little later."""
    every = [_supply(home, first_day) for home in homes] + [_solar(home, first_day) for home in homes if home.has_solar]
    signed_at = since.isoformat()
    return {
        "public.contract_terms": [
            {"id": _terms(*terms), "version": TERMS_VERSION, "type": terms[0], "subtype": terms[1]} for terms in TERMS
        ],
        "public.contract_terms_esco": [{"terms": _terms(*terms), "esco": ESCO} for terms in TERMS],
        "public.contracts": [
            {
                "id": account.contract,
                "terms": account.terms,
                "type": account.type,
                "effective_date": account.start.isoformat(),
                "signatures_required": len(account.signers),
            }
            for account in every
        ],
        "public.contract_signatures": [
            {"contract": account.contract, "customer": customer_id(person), "signed_at": signed_at}
            for account in every
            for person in account.signers
        ],
        "public.accounts": [_account(account) for account in every],
        "public.account_events": [
            {
                "id": row_id("account_event", account.id, "open"),
                "account": account.id,
                "history_type": "open",
                "event_timestamp": signed_at,
            }
            for account in every
        ],
        "public.customer_accounts": [
            {"customer": customer_id(person), "account": account.id, "role": role}
            for account in every
            for person, role in account.roles
        ],
        "public.direct_debit_mandates": [
            {
                "id": row_id("mandate", account.id),
                "account": account.id,
                "reference": f"WLCE-{account.home.number:04}-{account.type.upper()}",
                "status": "active",
                "valid_from": account.start.isoformat(),
            }
            for account in every
            if not account.is_prepay and not account.has_no_mandate
        ],
        "public.wallets": [{"id": wallet_id(home), "balance": 0} for home in homes if home.prepay],
    }


def wallet_id(home: Home) -> str:
    return row_id("wallet", home.number)


def _supply(home: Home, first_day: date) -> Account:
    start = first_day + LATE_MOVE if home.moved_in_late else first_day
    occupiers = tuple((person, "occupier") for person in home.occupiers)
    return Account(home, "supply", start, (*occupiers, *((person, "owner") for person in owners(home))))


def _solar(home: Home, first_day: date) -> Account:
    return Account(home, "solar", first_day, tuple((person, "owner") for person in owners(home)))


def _account(account: Account) -> Row:
    return {
        "id": account.id,
        "property": property_id(account.home),
        "current_contract": account.contract,
        "type": account.type,
        "status": "open",
        "start_date": account.start.isoformat(),
        "name": f"{account.home.address}, {account.type}",
        "payment_method": "prepay" if account.is_prepay else "direct_debit",
    }


def _terms(account_type: str, subtype: str) -> str:
    return row_id("terms", account_type, subtype, TERMS_VERSION)
