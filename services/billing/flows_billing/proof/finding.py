"""What does not agree, and whether a person knows of it already."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import asyncpg

from flows_shared.contracts.verifications import FindingStatus
from flows_shared.vocabulary.billing import ChangeCause

# What of a month it is about.
Subject: TypeAlias = Literal["invoices", "series", "sharing"]

# What late readings alone can change of a bill: how much, so which blocks, and whether it is a small quantity.
BY_READINGS: Final = frozenset(
    {
        *("line", "quantity", "amount_pence", "rate_of_item", "intervals", "estimated", "first_interval"),
        *("last_interval", "vat_rate", "vat_reason", "basis", "net_pence", "vat_pence", "total_pence", "bill"),
    }
)
BY_TERMS: Final = BY_READINGS | {
    *("rate", "includes_vat", "customer_tariff", "microgrid_tariff", "component", "element", "period_start"),
    *("period_end", "customer", "sharing_terms"),
}
EXPLAINED: Final[Mapping[ChangeCause, frozenset[str]]] = {
    ChangeCause.READINGS: BY_READINGS,
    ChangeCause.SHARING: BY_READINGS,
    ChangeCause.TARIFF: BY_TERMS,
    ChangeCause.VAT: BY_TERMS,
    ChangeCause.PAYER: BY_TERMS,
    ChangeCause.DAYS: BY_TERMS,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`expected` is what follows from the sources, `found` what the invoice says."""

    invoice: str
    check: str
    expected: str | None
    found: str
    standing: FindingStatus = "wrong"
    subject: Subject = "invoices"


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding, and the column that it is of where a change of the sources may explain it."""

    invoice: str
    check: str
    expected: str | None
    found: str
    field: str | None = None
    subject: Subject = "invoices"

    def judged(self, known: "KnownChange | None") -> Finding:
        standing: FindingStatus = "wrong"
        if known and any(self.field in EXPLAINED[cause] for cause in known.causes):
            standing = "decided" if known.is_decided else "due"
        return Finding(self.invoice, self.check, self.expected, self.found, standing, self.subject)


@dataclass(frozen=True, slots=True)
class Check:
    """A statement that finds invoice, check, expected and found; and the subject, where that varies."""

    statement: str
    field: str | None = None
    subject: Subject = "invoices"

    def difference(self, row: asyncpg.Record) -> Difference:
        number, check, expected, found, *varying = row
        return Difference(number, check, expected, found, self.field, *(varying or (self.subject,)))


@dataclass(frozen=True, slots=True)
class KnownChange:
    """Why an invoice would be another today, as the database noted it, and whether it is left as it is."""

    causes: Collection[ChangeCause]
    is_decided: bool


@dataclass(frozen=True, slots=True)
class Verification:
    invoices: int
    findings: tuple[Finding, ...]

    def count(self, standing: FindingStatus) -> int:
        return sum(finding.standing == standing for finding in self.findings)
