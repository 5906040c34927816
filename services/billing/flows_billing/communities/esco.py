"""A community, as its bills need it."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.errors import SellerWithoutVatNumber
from flows_billing.vat.rules import Seller


@dataclass(frozen=True, slots=True)
class Esco:
    """What a bill needs to know of a community."""

    id: UUID
    code: str
    zone: ZoneInfo
    seller: Seller
    vat_number: str | None
    payment_days: int
    back_bill_months: int | None = 12
    hold_spikes: bool = True
    hold_read_kwh: Decimal | None = Decimal(1)


def require_vat_number(esco: Esco) -> None:
    """A seller who charges VAT shows their number: VAT Regulations 1995, regulation 14."""
    if esco.seller.registered and not esco.vat_number:
        raise SellerWithoutVatNumber(esco.code)
