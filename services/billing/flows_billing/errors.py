"""What can be wrong with a request to bill."""

from datetime import date
from uuid import UUID

from flows_shared.errors import InvalidError, NotFoundError
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


class UnknownEsco(NotFoundError):
    """No community has this code or id."""

    code = "billing.unknown_esco"

    def __init__(self, esco: str | UUID) -> None:
        super().__init__(f"there is no community '{esco}'")


class UnknownRun(NotFoundError):
    """No billing run has this id."""

    code = "billing.unknown_run"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"there is no billing run {run_id}")


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
    """The community has no account of this number."""

    code = "billing.unknown_account"

    def __init__(self, number: int) -> None:
        super().__init__(f"the community has no account {number}")


class SharingInvalid(InvalidError):
    """The members of a group have more than all together."""

    code = "billing.sharing_invalid"

    def __init__(self, group: str, what: str, day: date) -> None:
        super().__init__(f"on {day} the members' {what} in {group} is more than 1 together")
