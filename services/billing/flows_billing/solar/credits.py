"""What an installation is paid for a month, and which homes get it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from flows_billing.accounts.account import Account
from flows_billing.apportion import apportion
from flows_billing.days import Days
from flows_billing.rounding import MAX_PENCE, cut_pence
from flows_shared.time import Month


@dataclass(frozen=True, slots=True)
class SolarTariff:
    """Pence a kW and day, from `period_start` until the next one."""

    period_start: date
    pence_per_day: Decimal


@dataclass(frozen=True, slots=True)
class Installation:
    """Panels of a home; `ratios` say which homes get how much of its credit."""

    home: UUID
    capacity_kw: Decimal
    commissioned_on: date
    ratios: tuple[tuple[UUID, Decimal], ...]


@dataclass(frozen=True, slots=True)
class SolarCredit:
    """A home's part of an installation's credit; `account` where an invoice that stands has it."""

    home: UUID
    source: UUID
    pence: int
    ratio: Decimal
    account: UUID | None = None

    def is_for(self, account: Account) -> bool:
        """Whether it is the account's home's, and on no other account's invoice."""
        return self.home == account.premises and self.account in (None, account.id)


def installation_pence(installation: Installation, month: Month, tariffs: Sequence[SolarTariff]) -> int:
    """Capacity x days x pence a day, cut to whole pence; the days are those from its commissioning on."""
    days = (day for day in Days.of(month).each() if day >= installation.commissioned_on)
    pence = cut_pence(sum((installation.capacity_kw * _rate_on(day, tariffs) for day in days), Decimal(0)))
    if not 0 <= pence <= MAX_PENCE:
        raise ValueError(f"{pence} pence is too much to be true")
    return pence


def share_credit(installation: Installation, month: Month, tariffs: Sequence[SolarTariff]) -> list[SolarCredit]:
    """The installation's credit by its ratios, to the last penny; none where they do not sum to 1.

    Pence that cutting leaves go to those who lost most by it, of equals in turn from month to month.
    """
    ratios = sorted(installation.ratios)
    if sum(ratio for _, ratio in ratios) != 1:
        return []
    decimals = max(-int(ratio.as_tuple().exponent) for _, ratio in ratios)
    weights = [int(ratio.scaleb(decimals)) for _, ratio in ratios]
    turn = month.year * 12 + month.month
    parts = apportion(installation_pence(installation, month, tariffs), weights, 10**decimals, turn)
    return [
        SolarCredit(home, installation.home, pence, ratio) for (home, ratio), pence in zip(ratios, parts, strict=True)
    ]


def _rate_on(day: date, tariffs: Sequence[SolarTariff]) -> Decimal:
    return next((tariff.pence_per_day for tariff in reversed(tariffs) if tariff.period_start <= day), Decimal(0))
