"""Groups of homes that share generation, on which terms, and what came of it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Computed, SmallInteger, UniqueConstraint
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, RATE, STATE, Dated, Identified, Table, computed, default
from flows_shared.vocabulary.billing import SharingMeterRole, SharingMethod


class SharingGroup(Identified, Dated, table=True):
    """Homes that share what their generation meters measure; `site` is the one behind the boundary meter."""

    __tablename__ = "sharing_groups"
    __table_args__ = (UniqueConstraint("esco", "name"), PUBLIC)

    esco: UUID = Field(foreign_key="flows.escos.id")
    site: UUID | None = Field(default=None, foreign_key="flows.sites_new.id", index=True)
    name: str


class SharingTerms(Identified, Dated, table=True):
    """How a group shares and at which price, from `period_start` until its next row; rates are GBP a kWh."""

    __tablename__ = "sharing_terms"
    __table_args__ = (UniqueConstraint("sharing_group", "period_start"), PUBLIC)

    sharing_group: UUID = Field(foreign_key="public.sharing_groups.id", ondelete="CASCADE")
    period_start: date
    method: SharingMethod = Field(sa_type=STATE)
    redistribute: bool = default(False)
    internal_rate: Decimal = Field(sa_type=RATE)
    surplus_rate: Decimal = default(Decimal(0), sa_type=RATE)
    includes_vat: bool = default(True)


class SharingMember(Identified, Dated, table=True):
    """A home's part in a group, both days included."""

    __tablename__ = "sharing_members"
    __table_args__ = (UniqueConstraint("property", "start_date"), PUBLIC)

    sharing_group: UUID = Field(foreign_key="public.sharing_groups.id", ondelete="CASCADE", index=True)
    property: UUID = Field(foreign_key="public.properties.id", ondelete="CASCADE")
    start_date: date
    end_date: date | None = None
    coefficient: Decimal = default(Decimal(0), max_digits=9, decimal_places=8)
    priority: int = default(1, sa_type=SmallInteger)
    surplus_ratio: Decimal = default(Decimal(0), max_digits=9, decimal_places=8)


class SharingMeter(Dated, table=True):
    """What measures a group's generation, or its site's boundary, on the local days `[valid_from, valid_to)`."""

    __tablename__ = "sharing_meters"
    __table_args__ = PUBLIC

    sharing_group: UUID = Field(foreign_key="public.sharing_groups.id", ondelete="CASCADE", index=True)
    # `register` is a method of SQLModel's base.
    register_id: UUID = Field(
        foreign_key="flows.meter_registers.register_id", primary_key=True, sa_column_kwargs={"name": "register"}
    )
    role: SharingMeterRole = Field(sa_type=STATE)
    valid_from: date = computed("'2000-01-01'::date", primary_key=True)
    valid_to: date | None = None


class SharingHalfHour(Table, table=True):
    """What a group generated, consumed and shared, beside its boundary meter."""

    __tablename__ = "sharing_half_hours"
    __table_args__ = PUBLIC

    sharing_group: UUID = Field(foreign_key="public.sharing_groups.id", ondelete="CASCADE", primary_key=True)
    timestamp: datetime = Field(primary_key=True)
    generation_kwh: Decimal
    consumption_kwh: Decimal
    shared_kwh: Decimal
    surplus_kwh: Decimal = Field(sa_column_args=(Computed("generation_kwh - shared_kwh", persisted=True),))
    others_kwh: Decimal
    boundary_import_kwh: Decimal | None = None
    boundary_export_kwh: Decimal | None = None
    residue_kwh: Decimal | None = Field(
        default=None,
        sa_column_args=(
            Computed(
                "generation_kwh + boundary_import_kwh - boundary_export_kwh - consumption_kwh - others_kwh",
                persisted=True,
            ),
        ),
    )


class SharingMonth(Table, table=True):
    """What a member consumed in a month of its group, how much of it was shared and imported, and its surplus."""

    __tablename__ = "sharing_months"
    __table_args__ = PUBLIC

    sharing_group: UUID = Field(foreign_key="public.sharing_groups.id", ondelete="CASCADE", primary_key=True)
    property: UUID = Field(foreign_key="public.properties.id", ondelete="CASCADE", primary_key=True, index=True)
    month: date = Field(primary_key=True)
    consumption_kwh: Decimal
    shared_kwh: Decimal
    imported_kwh: Decimal = Field(sa_column_args=(Computed("consumption_kwh - shared_kwh", persisted=True),))
    surplus_kwh: Decimal
