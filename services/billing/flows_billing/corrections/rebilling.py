"""What a month billed again comes to, as it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from flows_billing.communities.esco import Esco
from flows_billing.corrections.difference import Correction
from flows_shared.contracts import corrections as contract
from flows_shared.time import Month

RebillOutcome: TypeAlias = Literal["unchanged", "differs", "corrected", "too_old", "failed"]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That it is to be done: why, if the differences do not say it, and by whom; `claims` are for the audit log."""

    requested_by: str
    reason: str | None = None
    claims: Mapping[str, object] | None = None


class Rebilled(contract.Correction):
    """The numbers of what was made are there once it was."""

    credit_note: str | None = None
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class RebilledAccount:
    account: UUID
    account_number: int
    outcome: RebillOutcome
    details: str | None
    corrections: tuple[Rebilled, ...] = ()


@dataclass(frozen=True, slots=True)
class Rebilling:
    """Only accounts that were billed for the month are in it."""

    esco: Esco
    month: Month
    accounts: tuple[RebilledAccount, ...]

    def count(self, outcome: RebillOutcome) -> int:
        return sum(account.outcome == outcome for account in self.accounts)

    @property
    def difference_pence(self) -> int:
        return sum(each.difference_pence for account in self.accounts for each in account.corrections)


def shown(correction: Correction, note: str | None = None, replacement: str | None = None) -> Rebilled:
    original, bill = correction.original, correction.bill
    return Rebilled(
        customer=correction.customer,
        causes=correction.causes,
        invoice=original.number if original else None,
        before_pence=correction.before_pence,
        after_pence=correction.after_pence,
        difference_pence=correction.after_pence - correction.before_pence,
        vat_before_pence=original.vat_pence if original else 0,
        vat_after_pence=bill.vat_pence if bill else 0,
        lines=correction.lines,
        credit_note=note,
        replacement=replacement,
    )
