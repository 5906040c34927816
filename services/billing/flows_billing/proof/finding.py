"""What does not agree, and whether a person knows of it already."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from flows_shared.contracts.verifications import Finding, Standing

Cause: TypeAlias = Literal["readings", "sharing", "tariff", "vat", "payer", "days"]

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
EXPLAINED: Final[Mapping[Cause, frozenset[str]]] = {
    "readings": BY_READINGS,
    "sharing": BY_READINGS,
    "tariff": BY_TERMS,
    "vat": BY_TERMS,
    "payer": BY_TERMS,
    "days": BY_TERMS,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding, and the column that it is of where a change of the sources may explain it."""

    invoice: str
    check: str
    expected: str | None
    found: str
    field: str | None = None

    def judged(self, known: "Known | None") -> Finding:
        standing: Standing = "wrong"
        if known and any(self.field in EXPLAINED[cause] for cause in known.causes):
            standing = "decided" if known.is_decided else "due"
        return Finding(
            invoice=self.invoice, check=self.check, expected=self.expected, found=self.found, standing=standing
        )


@dataclass(frozen=True, slots=True)
class Known:
    """Why an invoice would be another today, as the database noted it, and whether it is left as it is."""

    causes: Collection[Cause]
    is_decided: bool
