"""How each amount of an invoice came about, from its sources to the penny."""

from typing import Final

from flows_billing.invoices.documents import PrintedInvoice, PrintedLine
from flows_billing.invoices.words import comparison, explanation
from flows_billing.rounding import RULES
from flows_billing.vat.rules import SMALL_QUANTITY_KWH_A_DAY
from flows_billing.vat.summary import VatAmount, vat_summary
from flows_billing.wording import format_quantity
from flows_shared.contracts.explanations import ExplainedLine, Explanation

# Other rules answer before it is asked how much was supplied.
JUDGED_BY_QUANTITY: Final = frozenset({"small_quantity", "business", "no_certificate"})


def explain(invoice: PrintedInvoice) -> Explanation:
    """Everything that a person needs to compute the invoice again with a pencil."""
    due = invoice.previous_balance_pence - invoice.payments_pence + invoice.total_pence
    return Explanation(
        number=invoice.number,
        lines=tuple(_line(line, small_quantity(invoice)) for line in invoice.lines),
        vat=tuple(_vat(amount) for amount in vat_summary(invoice.taxable)),
        balance=f"{invoice.previous_balance_pence}p before - {invoice.payments_pence}p paid since "
        f"+ {invoice.total_pence}p = {due}p due",
        comparison=comparison(invoice),
        rounding=RULES,
        sentences=tuple(explanation(invoice)),
    )


def small_quantity(invoice: PrintedInvoice) -> str:
    """How much was supplied, beside what counts as little for VAT."""
    kwh, days = invoice.kwh, invoice.supplied_days
    most = SMALL_QUANTITY_KWH_A_DAY * days
    size = "at most" if kwh <= most else "more than"
    return (
        f"{format_quantity(kwh)} kWh in {format_quantity(days)} days are {size} {format_quantity(most)}, "
        f"{SMALL_QUANTITY_KWH_A_DAY} a day"
    )


def _line(line: PrintedLine, judged: str) -> ExplainedLine:
    exact = line.quantity * line.rate * 100
    return ExplainedLine(
        description=line.description,
        arithmetic=f"{format_quantity(line.quantity)} {line.unit} x {format_quantity(line.rate * 100)}p "
        f"= {format_quantity(exact)}p -> {line.amount_pence}p",
        source=_source(line),
        vat=_vat_of(line, judged),
    )


def _vat_of(line: PrintedLine, judged: str) -> str:
    if not line.is_taxable:
        return f"outside the scope of VAT ({line.vat_reason})"
    rate = format_quantity(line.vat_rate * 100)
    reason = f"{line.vat_reason}: {judged}" if line.vat_reason in JUDGED_BY_QUANTITY else line.vat_reason
    return f"{rate}% {'within' if line.includes_vat else 'upon'} the price ({reason})"


def _source(line: PrintedLine) -> str:
    if line.kind == "solar_credit":
        return "the declared capacity, its days and the ratio of the month's solar credit"
    tariff = f"the {line.tariff_owner}'s tariff from {line.tariff_from}" if line.tariff_owner else "no tariff"
    if line.shared_by:
        tariff = f"the terms of {line.shared_by} from {line.shared_from}"
    if line.basis:
        return f"{line.basis}; {tariff}"
    if line.first_interval is None or line.last_interval is None:
        return tariff
    times = f"{line.first_interval:%Y-%m-%d %H:%M} to {line.last_interval:%Y-%m-%d %H:%M} UTC"
    if line.intervals is None:
        return f"readings of {times}; {tariff}"
    of = "what was shared of " if line.shared_by else ""
    return f"{of}{line.intervals} half hours, {times}, {line.estimated} estimated; {tariff}"


def _vat(amount: VatAmount) -> str:
    rate = format_quantity(amount.vat_rate * 100)
    whose = ", your output tax" if amount.is_bought and amount.vat_rate else ""
    if not amount.includes_vat:
        return f"{amount.net_pence}p x {rate}% = {amount.vat_pence}p on top{whose}"
    gross = amount.net_pence + amount.vat_pence
    return f"{gross}p x {rate} / (100 + {rate}) = {amount.vat_pence}p within{whose}"
