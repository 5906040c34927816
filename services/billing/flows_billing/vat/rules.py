"""How a supply of electricity is taxed. All rules of VAT are here, with their source and the day from which they hold.

Sources, as of October 2026:
- VAT Act 1994, Schedule 7A, Group 1 (domestic fuel or power): 5% since 1 September 1997 for qualifying use, which is
  domestic use and a charity's non-business use; VAT Notice 701/19, sections 2.1 and 3.1 to 3.3.
- VAT Act 1994, section 2(1): the standard rate, 20% since 4 January 2011; Notice 701/19, section 5.3. Before that, and
  before 1 September 1997 (8%) and 1 April 1994 (zero) for fuel and power: the rates that Finance Acts since 1972 set.
- Small quantities: electricity at a rate of at most 1,000 kWh a month counts as domestic use, Schedule 7A, Group 1,
  Note 5(g); by the day 33 kWh, judged for the period of a bill, Notice 701/19, section 5.2.
- Mixed use: where 60% or more qualifies, all of it does, otherwise the supply is apportioned, Schedule 7A, Group 1,
  Note 4; Notice 701/19, section 3.4. The customer certifies the share, section 3.5, as a charity does its use.
- Export: a supply by the customer. Only one who is registered charges VAT on it, at the standard rate: their output
  tax and our input tax, on a part of the bill that we make out for them (VAT Notice 700/62, self-billing), which shows
  their VAT number and says so. It needs their agreement.
- Tax point: the day on which a VAT invoice is issued, VAT Regulations 1995, regulation 86 (continuous supplies of
  power). What it must show, regulation 14: number, dates, seller's name, address and VAT number, customer's name and
  address, and for each line description, quantity, rate of VAT and amount without VAT, with the total of VAT.
- A price that includes VAT includes it at whichever rate applies: VAT Act 1994, section 19(2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from flows_shared.vocabulary.billing import SupplyUse

NO_VAT: Final = Decimal(0)
# From the first day of all on, so that every day has its rate.
REDUCED_RATES: Final = (
    (date.min, NO_VAT),
    (date(1994, 4, 1), Decimal("0.08")),
    (date(1997, 9, 1), Decimal("0.05")),
)
STANDARD_RATES: Final = (
    (date.min, NO_VAT),
    (date(1973, 4, 1), Decimal("0.10")),
    (date(1974, 7, 29), Decimal("0.08")),
    (date(1979, 6, 18), Decimal("0.15")),
    (date(1991, 4, 1), Decimal("0.175")),
    (date(2008, 12, 1), Decimal("0.15")),
    (date(2010, 1, 1), Decimal("0.175")),
    (date(2011, 1, 4), Decimal("0.20")),
)
SMALL_QUANTITY_KWH_A_DAY: Final = 33
MIXED_USE_PERCENT: Final = 60


@dataclass(frozen=True, slots=True)
class Seller:
    """A community's settings. `default_use` is that of premises whose use nobody has stated."""

    registered: bool = True
    default_use: SupplyUse = SupplyUse.DOMESTIC
    small_quantities: bool = True
    mixed_use: bool = True


@dataclass(frozen=True, slots=True)
class VatStatus:
    """How premises or a customer use their supply, from a day until the next status."""

    valid_from: date
    use: SupplyUse
    qualifying_percent: Decimal | None = None
    certificate_from: date | None = None
    certificate_to: date | None = None

    def is_certified(self, day: date) -> bool:
        started = self.certificate_from is not None and self.certificate_from <= day
        return started and (self.certificate_to is None or day <= self.certificate_to)

    @property
    def changes(self) -> set[date]:
        """Days from which another answer may be right."""
        after = self.certificate_to + timedelta(days=1) if self.certificate_to else None
        return {day for day in (self.valid_from, self.certificate_from, after) if day}


@dataclass(frozen=True, slots=True)
class Registration:
    """A customer's own registration for VAT, from a day until the next one."""

    valid_from: date
    vat_number: str | None


@dataclass(frozen=True, slots=True)
class VatUse:
    """How a supply is used on the days of a part."""

    use: SupplyUse
    qualifying_percent: Decimal | None = None
    is_certified: bool = False


@dataclass(frozen=True, slots=True)
class VatShare:
    """A part of each amount that is taxed at one rate, and the code of the rule."""

    fraction: Decimal
    rate: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class VatTerms:
    """What decides the VAT of a community's bills; statuses are ordered by their days."""

    seller: Seller = field(default_factory=Seller)
    premises: Mapping[UUID, Sequence[VatStatus]] = field(default_factory=dict)
    customers: Mapping[UUID, Sequence[VatStatus]] = field(default_factory=dict)
    registrations: Mapping[UUID, Sequence[Registration]] = field(default_factory=dict)

    def changes(self, premises: UUID, customer: UUID) -> set[date]:
        statuses = (*self.premises.get(premises, ()), *self.customers.get(customer, ()))
        registered = {registration.valid_from for registration in self.registrations.get(customer, ())}
        return registered.union(*(status.changes for status in statuses))

    def use_on(self, day: date, premises: UUID, customer: UUID) -> VatUse:
        """The premises' own status goes before the customer's, and both before the community's default."""
        for statuses in (self.premises.get(premises, ()), self.customers.get(customer, ())):
            status = next((status for status in reversed(statuses) if status.valid_from <= day), None)
            if status:
                return VatUse(status.use, status.qualifying_percent, status.is_certified(day))
        return VatUse(self.seller.default_use)

    def is_registered(self, customer: UUID, day: date) -> bool:
        rows = [row for row in self.registrations.get(customer, ()) if row.valid_from <= day]
        return bool(rows) and rows[-1].vat_number is not None


def supply_vat(seller: Seller, use: VatUse, day: date, kwh: Decimal, days: int) -> tuple[VatShare, ...]:
    """The VAT of what is supplied from `day` on; `kwh` and `days` are those of the whole bill at these premises."""
    if not seller.registered:
        return (VatShare(Decimal(1), NO_VAT, "not_registered"),)
    reduced, standard = _rate_on(REDUCED_RATES, day), _rate_on(STANDARD_RATES, day)
    if use.use == SupplyUse.DOMESTIC or (use.use == SupplyUse.CHARITY and use.is_certified):
        return (VatShare(Decimal(1), reduced, use.use),)
    if seller.small_quantities and kwh <= SMALL_QUANTITY_KWH_A_DAY * days:
        return (VatShare(Decimal(1), reduced, "small_quantity"),)
    if use.use == SupplyUse.MIXED and use.is_certified and use.qualifying_percent is not None:
        return _mixed(seller, use.qualifying_percent, reduced, standard)
    return (VatShare(Decimal(1), standard, "business" if use.use == SupplyUse.BUSINESS else "no_certificate"),)


def export_vat(registered: bool, day: date) -> VatShare:
    """The VAT of what a customer exports: the exporter's status decides, not the buyer's."""
    if registered:
        return VatShare(Decimal(1), _rate_on(STANDARD_RATES, day), "exporter_registered")
    return VatShare(Decimal(1), NO_VAT, "exporter_not_registered")


def credit_reason(rate: Decimal) -> str:
    """Of a credit for what was exported, by its rate."""
    return "exporter_registered" if rate else "exporter_not_registered"


# Reasons of what a customer supplies to us, and of all that they are paid for.
EXPORT_REASONS: Final = frozenset({"exporter_registered", "exporter_not_registered"})
CREDIT_REASONS: Final = EXPORT_REASONS | {"solar_credit"}

# Paid for declared capacity, not for energy that was delivered: no supply, so outside the scope of VAT.
SOLAR_CREDIT_VAT: Final = VatShare(Decimal(1), NO_VAT, "solar_credit")
# No taxable supply: neither taxed at 0% nor part of what is without VAT.
OUTSIDE_SCOPE: Final = frozenset({"solar_credit", "exporter_not_registered"})


def reduced_rate(day: date) -> Decimal:
    """The rate for homes."""
    return _rate_on(REDUCED_RATES, day)


def _mixed(seller: Seller, percent: Decimal, reduced: Decimal, standard: Decimal) -> tuple[VatShare, ...]:
    if seller.mixed_use and percent >= MIXED_USE_PERCENT:
        return (VatShare(Decimal(1), reduced, "mixed_use"),)
    fraction = percent / 100
    shares = VatShare(fraction, reduced, "mixed_qualifying"), VatShare(1 - fraction, standard, "mixed_other")
    return tuple(share for share in shares if share.fraction)


def _rate_on(rates: Sequence[tuple[date, Decimal]], day: date) -> Decimal:
    return next(rate for since, rate in reversed(rates) if since <= day)
