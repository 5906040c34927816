"""An account as a billing run sees it: its days, who pays on them, and what measures its supply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from flows_billing.days import Days
from flows_shared.time import Month
from flows_shared.vocabulary.meters import Element, Nature
from flows_shared.vocabulary.people import AccountStatus, PartyRole


@dataclass(frozen=True, slots=True)
class Register:
    """One measured quantity of a supply meter, within its life `[start, end)`."""

    id: UUID
    element: Element
    nature: Nature
    start: datetime
    end: datetime | None

    @property
    def feeds(self) -> Element:
        """The supply that it measures: a meter of one element measures what element A of one with two does."""
        return Element.A if self.element == Element.SINGLE else self.element


@dataclass(frozen=True, slots=True)
class Party:
    """A customer's part in an account, both days included where they are given."""

    customer: UUID
    role: PartyRole
    start_date: date | None = None
    end_date: date | None = None

    def takes_part(self, day: date) -> bool:
        started = self.start_date is None or self.start_date <= day
        return started and (self.end_date is None or day <= self.end_date)


@dataclass(frozen=True, slots=True)
class OtherAccount:
    """Another supply account of the same premises: on a day that both cover, one of them is billed."""

    number: int
    start_date: date
    end_date: date | None
    is_occupied: bool

    def covers(self, day: date) -> bool:
        return self.start_date <= day and (self.end_date is None or day <= self.end_date)

    @property
    def precedence(self) -> tuple[bool, date, int]:
        """An occupier's account goes before an owner's, and the one that starts later before the earlier."""
        return self.is_occupied, self.start_date, self.number


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who supplies an account from a day until the next row; no name: the community."""

    valid_from: date
    name: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """A supply account that was there in the month. `parties` are in the order in which they were named."""

    id: UUID
    number: int
    premises: UUID
    status: AccountStatus
    start_date: date
    end_date: date | None
    payment_method: str
    prepay: bool
    parties: tuple[Party, ...]
    registers: tuple[Register, ...]
    other_accounts: tuple[OtherAccount, ...] = ()
    suppliers: tuple[Supplier, ...] = ()

    @property
    def as_billed(self) -> "Account":
        """What was billed was open then, and not on prepay."""
        status = AccountStatus.OPEN if self.status == AccountStatus.PENDING else self.status
        return replace(self, prepay=False, status=status)

    def payer_on(self, day: date) -> UUID | None:
        """The occupier, of several the one named first, or the owner where nobody occupies."""
        present = [party for party in self.parties if party.takes_part(day)]
        roles = PartyRole.OCCUPIER, PartyRole.OWNER
        return next((party.customer for role in roles for party in present if party.role == role), None)


def billed_days(account: Account, month: Month) -> list[Days]:
    """The month's local days that the account is billed for, in runs: between its first and last, both included.

    Days that another account of the premises goes before are left to that one.
    """
    whole = Days.of(month)
    end = whole.end if account.end_date is None else min(whole.end, account.end_date + timedelta(days=1))
    start = max(whole.start, account.start_date)
    if start >= end:
        return []
    if not account.other_accounts:
        return [Days(start, end)]
    occupied = any(party.role == PartyRole.OCCUPIER for party in account.parties)
    own = OtherAccount(account.number, account.start_date, account.end_date, occupied).precedence
    return _runs([day for day in Days(start, end).each() if not _is_others(day, own, account.other_accounts)])


def supplied_days(account: Account, runs: Sequence[Days]) -> list[Days]:
    """Those of the days on which the community supplies: what another supplier does is metered and not billed here."""
    if not account.suppliers:
        return list(runs)
    return _runs([day for run in runs for day in run.each() if _is_supplied(day, account.suppliers)])


def _is_supplied(day: date, suppliers: Sequence[Supplier]) -> bool:
    started = [supplier for supplier in suppliers if supplier.valid_from <= day]
    return not started or started[-1].name is None


def _is_others(day: date, own: tuple[bool, date, int], other_accounts: Sequence[OtherAccount]) -> bool:
    return any(other.covers(day) and other.precedence > own for other in other_accounts)


def _runs(days: Sequence[date]) -> list[Days]:
    runs: list[Days] = []
    for day in days:
        start = runs.pop().start if runs and runs[-1].end == day else day
        runs.append(Days(start, day + timedelta(days=1)))
    return runs
