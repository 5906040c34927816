"""Customers, those who log in, and the bodies that they act for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Text, UniqueConstraint
from sqlmodel import Field

from flows_shared.models.columns import PUBLIC, STATE, Dated, Identified, computed, default, new_id
from flows_shared.vocabulary.people import CustomerStatus, InviteStatus, KeyRole, UserRole


class Customer(Identified, Dated, table=True):
    """A person. `status` is derived by `customer_status()`; what is written to it is replaced."""

    __tablename__ = "customers"
    __table_args__ = PUBLIC

    esco: UUID | None = Field(default=None, foreign_key="flows.escos.id", index=True)
    fullname: str
    email: str | None = Field(default=None, unique=True)
    phone: str | None = None
    language: str = default("en")
    status: CustomerStatus = default("pending", sa_type=STATE)
    exiting: bool = default(False)
    confirmed_details_at: datetime | None = None
    allow_onboard_transition: bool = default(False)
    has_payment_method: bool = default(False)


class User(Identified, Dated, table=True):
    """Who may log in: a customer, or an admin of some or all communities."""

    __tablename__ = "users"
    __table_args__ = PUBLIC

    email: str = Field(unique=True)
    password_hash: str | None = None
    role: UserRole = Field(sa_type=STATE)
    customer: UUID | None = Field(default=None, foreign_key="public.customers.id", ondelete="CASCADE", unique=True)
    all_escos: bool = default(False)
    disabled_at: datetime | None = None
    last_login_at: datetime | None = None


class UserEsco(Dated, table=True):
    """A community that an admin runs."""

    __tablename__ = "user_escos"
    __table_args__ = PUBLIC

    user_id: UUID = Field(foreign_key="public.users.id", ondelete="CASCADE", primary_key=True)
    esco: UUID = Field(foreign_key="flows.escos.id", ondelete="CASCADE", primary_key=True, index=True)


class CorporateBody(Identified, Dated, table=True):
    """A company or charity that may own homes; its members act for it."""

    __tablename__ = "corporate_bodies"
    __table_args__ = (UniqueConstraint("esco", "company_number"), PUBLIC)

    esco: UUID | None = Field(default=None, foreign_key="flows.escos.id")
    name: str
    company_number: str | None = None


class CorporateBodyMember(Identified, Dated, table=True):
    """A member who acts for a corporate body."""

    __tablename__ = "customer_corporate_bodies"
    __table_args__ = (UniqueConstraint("customer", "corporate_body"), PUBLIC)

    customer: UUID = Field(foreign_key="public.customers.id", ondelete="CASCADE")
    corporate_body: UUID = Field(foreign_key="public.corporate_bodies.id", ondelete="CASCADE", index=True)


class CustomerInvite(Dated, table=True):
    """A link that lets a customer make their login, for seven days. The row holds the seals of its tokens."""

    __tablename__ = "customer_invites"
    __table_args__ = PUBLIC

    invite_token: UUID = new_id()
    customer: UUID = Field(foreign_key="public.customers.id", ondelete="CASCADE", index=True)
    expires_at: datetime = computed("now() + interval '7 days'")
    accessed_at: datetime | None = None
    invite_url: str | None = None
    mailed_token: UUID | None = Field(default=None, unique=True)
    status: InviteStatus = default("pending", sa_type=STATE)


class ApiKey(Identified, Dated, table=True):
    """A program's key: it acts for the admin who made it, within its role, community and scopes."""

    __tablename__ = "api_keys"
    __table_args__ = PUBLIC

    name: str
    hint: str
    role: KeyRole = Field(sa_type=STATE)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    esco: UUID | None = Field(default=None, foreign_key="flows.escos.id", ondelete="CASCADE", index=True)
    created_by: UUID = Field(foreign_key="public.users.id", ondelete="CASCADE", index=True)
    expires_at: datetime
    revoked_at: datetime | None = None
