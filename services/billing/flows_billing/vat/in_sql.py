"""The rules of VAT as `flows.supply_vat_rate` has them: the rates that meters show, worked out by the rules of bills.

They are those that bills charge, but for small quantities: how much is used is known only afterwards. This is the only
way in which the VAT in a meter's price, or in an accrual at flat rates, may be another than that of the bill.

`make schema` writes them into the function's file.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, product
from pathlib import Path
from typing import Final

from flows_billing.vat.rules import MIXED_USE_PERCENT, REDUCED_RATES, STANDARD_RATES, Seller, VatUse, supply_vat
from flows_shared.vocabulary.billing import SupplyUse

BLOCK: Final = re.compile(r"(?<=\(VALUES\n).*?(?=\n +\) AS known \()", re.DOTALL)
KNOWN_BEFORE: Final = Seller(small_quantities=False, mixed_use=False)
DAYS: Final = sorted({since for since, _ in (*REDUCED_RATES, *STANDARD_RATES)})


@dataclass(frozen=True, slots=True)
class KnownRate:
    """From a day on, of a use that is certified or not. `rest_rate` is that of what does not qualify, in mixed use."""

    use: SupplyUse
    is_certified: bool
    since: date
    rate: Decimal
    rest_rate: Decimal | None

    def __str__(self) -> str:
        since = "-infinity" if self.since == date.min else f"{self.since}"
        rest = "NULL, NULL" if self.rest_rate is None else f"{self.rest_rate}, {MIXED_USE_PERCENT}"
        return f"('{self.use}', {str(self.is_certified).lower()}, date '{since}', {self.rate}, {rest})"


def known_rates() -> Iterator[KnownRate]:
    """Where they change."""
    for use, is_certified in product(SupplyUse, (False, True)):
        rates = [_known_on(use, is_certified, day) for day in DAYS]
        yield from (next(same) for _, same in groupby(rates, key=lambda known: (known.rate, known.rest_rate)))


def with_rates(text: str) -> str:
    """The function's text with the rates of today's rules."""
    rows = ",\n".join(f"           {known}" for known in known_rates())
    return BLOCK.sub(rows, text)


def _known_on(use: SupplyUse, is_certified: bool, day: date) -> KnownRate:
    [whole], [none] = (
        supply_vat(KNOWN_BEFORE, VatUse(use, Decimal(percent), is_certified), day, Decimal(0), 1)
        for percent in (100, 0)
    )
    return KnownRate(use, is_certified, day, whole.rate, none.rate if use == SupplyUse.MIXED and is_certified else None)


def main() -> None:
    file = Path(sys.argv[1])
    file.write_text(with_rates(file.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
