"""What can be wrong with a request to bill."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flows_shared.errors import ConflictError, InvalidError, NotFoundError
from flows_shared.idempotency import say_taken
from flows_shared.time import Month


class MonthInvalid(InvalidError):
    """The text is no month."""

    code = "billing.month_invalid"


class MonthInFuture(InvalidError):
    """The month has not begun."""

    code = "billing.month_in_future"

    def __init__(self, month: Month, esco_code: str) -> None:
        super().__init__(f"{month} cannot be billed for {esco_code}: it is in the future")


class MonthUnfinished(InvalidError):
    """The month's last local day is not over."""

    code = "billing.month_unfinished"

    def __init__(self, month: Month, esco_code: str, today: date) -> None:
        super().__init__(f"{month} cannot be billed for {esco_code}: there it is {today}, so the month is not over")


class ZoneUnfit(InvalidError):
    """The local days of a community's zone cannot be billed by half hours."""

    code = "billing.zone_unfit"

    def __init__(self, zone: str, reason: str) -> None:
        super().__init__(f"nothing can be billed in time zone {zone}: {reason}")


class UnknownEsco(NotFoundError):
    """No community has this code or id."""

    code = "billing.unknown_esco"

    def __init__(self, esco: str | UUID) -> None:
        super().__init__(f"there is no community '{esco}'")


class EscoUnreadable(InvalidError):
    """What is held of the community cannot be read, such as a time zone that there is not."""

    code = "billing.esco_unreadable"

    def __init__(self, code: str, reason: Exception) -> None:
        super().__init__(f"community {code} cannot be read: {reason}")


class UnknownRun(NotFoundError):
    """No billing run has this id."""

    code = "billing.unknown_run"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"there is no billing run {run_id}")


class SellerWithoutVatNumber(ConflictError):
    """Who is registered for VAT must show the number on each bill."""

    code = "billing.no_vat_number"

    def __init__(self, esco_code: str) -> None:
        super().__init__(
            f"{esco_code} cannot bill: it is registered for VAT, and its VAT number is missing. "
            "Enter vat_number, or set vat_registered to false"
        )


class TariffInvalid(InvalidError):
    """The components of a tariff contradict each other."""

    code = "billing.tariff_invalid"


class UnknownInvoice(NotFoundError):
    """No invoice has this number."""

    code = "invoice.unknown"

    def __init__(self, number: str) -> None:
        super().__init__(f"there is no invoice '{number}'")


class UnknownProfile(NotFoundError):
    """The community has no rate profile of this id."""

    code = "billing.unknown_profile"

    def __init__(self, profile: UUID) -> None:
        super().__init__(f"the community has no rate profile {profile}")


class UnknownAccount(NotFoundError):
    """There is no account of this number or id, or not in this community."""

    code = "billing.unknown_account"

    def __init__(self, account: int | UUID) -> None:
        super().__init__(f"there is no account {account}")


class SharingInvalid(InvalidError):
    """The members of a group have more than all together."""

    code = "billing.sharing_invalid"

    def __init__(self, group: str, what: str, day: date) -> None:
        super().__init__(f"on {day} the members' {what} in {group} is more than 1 together")


class UnknownPayment(NotFoundError):
    """The account has no such payment that succeeded."""

    code = "payment.unknown"

    def __init__(self, payment: UUID) -> None:
        super().__init__(f"there is no payment {payment} that succeeded")


class PaymentNotReversible(ConflictError):
    """Only what has succeeded can be taken back."""

    code = "payment.not_reversible"

    def __init__(self, payment: UUID, status: str) -> None:
        super().__init__(f"payment {payment} is {status}: only one that succeeded can be reversed")


class PaymentTooLarge(InvalidError):
    """A payment or gift of more than the community's limit."""

    code = "payment.too_large"


class RefundTooLarge(InvalidError):
    """More than the payment or the account's credit."""

    code = "refund.too_large"


class WriteOffTooLarge(InvalidError):
    """More than is owed."""

    code = "write_off.too_large"


class DayInFuture(InvalidError):
    """Money is recorded once it has moved."""

    code = "payment.day_in_future"

    def __init__(self, asked: date, today: date) -> None:
        super().__init__(f"{asked} is in the future: there it is {today}")


class NobodyToGiveTo(InvalidError):
    """The account has neither occupier nor owner."""

    code = "gift.nobody"

    def __init__(self) -> None:
        super().__init__("the account has neither occupier nor owner who could be given something")


class KeyTaken(ConflictError):
    """The idempotency key stands for another request."""

    code = "payment.key_taken"

    def __init__(self, key: str, first: Mapping[str, object], again: Mapping[str, object]) -> None:
        super().__init__(say_taken(key, first, again))


class LastDayNotOver(InvalidError):
    """An account is billed to its last day once that day is over."""

    code = "billing.last_day_not_over"

    def __init__(self, last_day: date, today: date) -> None:
        super().__init__(f"{last_day} is not over: in the community it is {today}")


class AccountNotClosable(InvalidError):
    """The account cannot end with this day."""

    code = "billing.account_not_closable"

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"account {number} cannot be closed: {why}")


class ReasonMissing(InvalidError):
    """Whoever releases a bill says why."""

    code = "billing.reason_missing"

    def __init__(self) -> None:
        super().__init__("say why the bill is right as it is")


class NothingHeld(NotFoundError):
    """No bill of the account waits in this month."""

    code = "billing.nothing_held"

    def __init__(self, month: Month) -> None:
        super().__init__(f"no bill of the account is held for {month}")


class UnknownCreditNote(NotFoundError):
    """No credit note has this number."""

    code = "credit_note.unknown"

    def __init__(self, number: str) -> None:
        super().__init__(f"there is no credit note '{number}'")
