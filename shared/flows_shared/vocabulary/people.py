"""Words of homes, the people in them, their accounts, and what they are told."""

from flows_shared.vocabulary.word import Word


class WalletBalance(Word):
    SIMPLE = "simple"
    SMOOTH = "smooth"


class PaymentTiming(Word):
    MONTHLY = "monthly"
    WEEKLY = "weekly"


class Tenure(Word):
    SEPARATE_OWNER_AND_OCCUPIER = "separate_owner_and_occupier"
    SINGLE_OWNER_OCCUPIER = "single_owner_occupier"
    SHARED_OWNERSHIP = "shared_ownership"


class Ownership(Word):
    SOLE = "sole"
    JOINT_TENANT = "joint_tenant"
    TENANT_IN_COMMON = "tenant_in_common"


class CustomerStatus(Word):
    PENDING = "pending"
    PREONBOARDING = "preonboarding"
    ONBOARDING = "onboarding"
    PRELIVE = "prelive"
    LIVE = "live"
    EXITING = "exiting"
    ARCHIVED = "archived"


class UserRole(Word):
    CUSTOMER = "customer"
    ADMIN = "admin"


class InviteStatus(Word):
    PENDING = "pending"
    SENT = "sent"
    ACCEPTED = "accepted"
    EXPIRED = "expired"


class KeyRole(Word):
    """Of an API key."""

    ADMIN = "admin"
    SERVICE = "service"
    REPORTING = "reporting"


class AccountType(Word):
    SUPPLY = "supply"
    SOLAR = "solar"
    EV = "ev"


class ContractSubtype(Word):
    THIRTY_YEAR = "thirty_year"
    SHORT_TERM = "short_term"


class AccountStatus(Word):
    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"


class PaymentMethod(Word):
    """How an account pays."""

    DIRECT_DEBIT = "direct_debit"
    BANK_TRANSFER = "bank_transfer"
    CARD = "card"
    PREPAY = "prepay"


class PartyRole(Word):
    """Of a customer in an account."""

    OWNER = "owner"
    OCCUPIER = "occupier"


class AccountEventType(Word):
    OPEN = "open"
    CLOSE = "close"
    FRIENDLY_START = "friendly_start"
    FRIENDLY_END = "friendly_end"


class MandateStatus(Word):
    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    FAILED = "failed"


class MessageChannel(Word):
    EMAIL = "email"
    SMS = "sms"


class MessageStatus(Word):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    UNDELIVERABLE = "undeliverable"


class LoginMailKind(Word):
    PASSWORD_CHANGED = "password_changed"
    EMAIL_CHANGED = "email_changed"
    REAUTHENTICATION = "reauthentication"
