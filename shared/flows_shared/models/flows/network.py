"""Communities and how their properties are wired."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import SmallInteger, UniqueConstraint
from sqlmodel import Field

from flows_shared.models.columns import FLOWS, STATE, Dated, Identified, default
from flows_shared.vocabulary.billing import SupplyUse
from flows_shared.vocabulary.meters import ServiceHeadType


class Region(Dated, table=True):
    """An electricity distribution region of Great Britain, by the letter of its grid supply point group."""

    __tablename__ = "regions"
    __table_args__ = FLOWS

    code: str = Field(primary_key=True)
    name: str


class Esco(Identified, Dated, table=True):
    """An energy service company: the tenant that everything else belongs to. `payment_days`: from issue to due date."""

    __tablename__ = "escos"
    __table_args__ = FLOWS

    name: str
    code: str = Field(unique=True)
    app_url: str | None = None
    region: str | None = Field(default=None, foreign_key="flows.regions.code", index=True)
    time_zone: str = default("Europe/London")
    vat_number: str | None = None
    address: str | None = None
    payment_days: int = default(14, sa_type=SmallInteger)
    vat_registered: bool = default(True)
    vat_use: SupplyUse = default("domestic", sa_type=STATE)
    vat_small_quantities: bool = default(True)
    vat_mixed_use: bool = default(True)
    back_bill_months: int | None = default(12, sa_type=SmallInteger)
    hold_spikes: bool = default(True)
    hold_read_kwh: Decimal | None = default(1)
    contact_email: str | None = None
    contact_phone: str | None = None
    contact_address: str | None = None
    complaint_route: str | None = None
    redress_body: str | None = None
    bank_account_name: str | None = None
    bank_sort_code: str | None = None
    bank_account_number: str | None = None
    bank_iban: str | None = None
    bank_bic: str | None = None
    payment_limit_pence: int = default(100_000)


class Site(Identified, Dated, table=True):
    """Meters behind one boundary settlement meter."""

    __tablename__ = "sites_new"
    __table_args__ = (UniqueConstraint("esco", "code"), FLOWS)

    name: str
    code: str
    esco: UUID = Field(foreign_key="flows.escos.id")


class Property(Identified, Dated, table=True):
    """A home or unit as the network knows it; kept in step with `public.properties`."""

    __tablename__ = "properties"
    __table_args__ = FLOWS

    plot: str


class Feeder(Identified, Dated, table=True):
    """A cable from the substation that service heads hang on."""

    __tablename__ = "feeder_registry"
    __table_args__ = FLOWS

    name: str = Field(unique=True)
    esco: UUID = Field(foreign_key="flows.escos.id", index=True)


class ServiceHead(Identified, Dated, table=True):
    """Where a supply enters a building."""

    __tablename__ = "service_head_registry"
    __table_args__ = FLOWS

    name: str
    feeder: UUID | None = Field(default=None, foreign_key="flows.feeder_registry.id", index=True)
    phase: int | None = Field(default=None, sa_type=SmallInteger)
    fuse_rating: int | None = None
    type: ServiceHeadType | None = Field(default=None, sa_type=STATE)


class PropertyServiceHead(Dated, table=True):
    """Which service heads a property is wired to."""

    __tablename__ = "properties_service_head"
    __table_args__ = FLOWS

    property: UUID = Field(foreign_key="flows.properties.id", ondelete="CASCADE", primary_key=True)
    service_head: UUID = Field(
        foreign_key="flows.service_head_registry.id", ondelete="CASCADE", primary_key=True, index=True
    )


class EvCharger(Identified, Dated, table=True):
    """A charging point for electric vehicles."""

    __tablename__ = "ev_chargers"
    __table_args__ = FLOWS

    esco: UUID = Field(foreign_key="flows.escos.id", index=True)
    serial: str = Field(unique=True)
    pin: str | None = None
    position: str | None = None
