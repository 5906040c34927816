"""What the `flows billing` commands print."""

from uuid import UUID

import asyncpg
from rich.console import Console
from rich.table import Table

from flows_billing.bills.preview import Preview
from flows_billing.bills.simulate import Simulation
from flows_billing.outcomes import Outcome
from flows_billing.runs.run import Run, Unbilled
from flows_billing.wording import format_quantity
from flows_shared.contracts.explanations import Explanation
from flows_shared.contracts.previews import PreviewAccount
from flows_shared.contracts.verifications import Verification
from flows_shared.money import format_pounds
from flows_shared.reports import ReportSummary, csv_cell

SHOWN = 100


def runs_table(runs: list[Run]) -> Table:
    table = Table("community", "month", "status", "done", "accounts", "billed", "skipped", "failed", "error")
    for run in runs:
        counts = (run.accounts, run.billed, run.skipped, run.failed)
        table.add_row(run.esco.code, str(run.month), run.status, f"{run.percent}%", *map(str, counts), run.error or "")
    return table


def unbilled_table(run: Run, unbilled: list[Unbilled]) -> Table:
    left_out = run.failed + run.skipped - len(unbilled)
    caption = f"and {left_out} more: see the run's result in the API" if left_out > 0 else None
    table = Table("account", "outcome", "reason", "details", title=f"{run.esco.code}: not billed", caption=caption)
    for account in unbilled:
        table.add_row(str(account.account_number), account.outcome, account.reason, account.details)
    return table


def preview_table(preview: Preview) -> Table:
    """The sums, then the first accounts."""
    counts = ", ".join(f"{preview.count(outcome)} {outcome}" for outcome in Outcome)
    title = f"{preview.esco.code} {preview.month}, nothing stored: {counts}, {format_pounds(preview.total_pence)}"
    table = Table("account", "outcome", "kWh", "net", "VAT", "total", "benchmark", "reason", title=title)
    for account in preview.accounts[:SHOWN]:
        amounts = [format_pounds(pence) for pence in (account.net_pence, account.vat_pence, account.total_pence)]
        benchmark = "" if account.benchmark_pence is None else format_pounds(account.benchmark_pence)
        kwh = format_quantity(account.kwh)
        table.add_row(str(account.account_number), account.outcome, kwh, *amounts, benchmark, account.details or "")
    return table


def lines_table(account: PreviewAccount) -> Table:
    table = Table("line", "quantity", "unit", "rate", "pence", "VAT", title=f"account {account.account_number}")
    for line in account.lines:
        vat = f"{format_quantity(line.vat_rate * 100)}% {'within' if line.includes_vat else 'upon'}"
        amounts = format_quantity(line.quantity), line.unit, f"{line.rate:f}", str(line.amount_pence)
        table.add_row(line.description, *amounts, vat)
    return table


def simulation_table(simulation: Simulation) -> Table:
    """The sums, then the first accounts."""
    now, proposed = simulation.now_pence, simulation.proposed_pence
    months = " to ".join(dict.fromkeys((str(simulation.months[0]), str(simulation.months[-1]))))
    title = (
        f"{simulation.esco.code} {months}, {len(simulation.compared)} accounts: {format_pounds(now)} now, "
        f"{format_pounds(proposed)} proposed, {format_pounds(proposed - now)}"
    )
    table = Table("account", "now", "proposed", "difference", "why not", title=title)
    for account in simulation.accounts[:SHOWN]:
        pence = (account.now_pence, account.proposed_pence, account.difference_pence)
        shown = ["" if amount is None else format_pounds(amount) for amount in pence]
        table.add_row(str(account.account_number), *shown, account.why_not or "")
    return table


def findings_table(verification: Verification) -> Table:
    title = f"{verification.invoices} invoices computed again, {len(verification.findings)} disagreements"
    table = Table("invoice", "check", "expected", "found", "standing", title=title)
    for finding in verification.findings:
        table.add_row(finding.invoice, finding.check, finding.expected or "", finding.found, finding.standing)
    return table


def reports_table(states: list[ReportSummary]) -> Table:
    table = Table("report", "what it holds", "made at", "seconds", "error")
    for state in states:
        table.add_row(state.name, state.title, _at(state), str(state.seconds), state.error or "")
    return table


def report_table(state: ReportSummary, rows: list[asyncpg.Record], shown: int) -> Table:
    """The first rows, without ids."""
    title = f"{state.title}, as of {_at(state)}"
    caption = f"the first {shown} rows: --csv writes all" if len(rows) > shown else None
    table = Table(title=title, caption=caption)
    columns = [name for name, value in (rows[0].items() if rows else ()) if not isinstance(value, UUID)]
    for name in columns:
        table.add_column(name.replace("_", " "))
    for row in rows[:shown]:
        table.add_row(*("" if row[name] is None else str(csv_cell(row[name])) for name in columns))
    return table


def _at(state: ReportSummary) -> str:
    return f"{state.refreshed_at:%Y-%m-%d %H:%M} UTC" if state.refreshed_at else "never"


def show_explanation(console: Console, explanation: Explanation) -> None:
    table = Table("line", "arithmetic", "from", "VAT", title=f"Invoice {explanation.number}")
    for line in explanation.lines:
        table.add_row(line.description, line.arithmetic, line.source, line.vat)
    console.print(table)
    for sentence in (*explanation.vat, explanation.balance, *filter(None, [explanation.comparison])):
        console.print(sentence)
    for rule in explanation.rounding:
        console.print(f"- {rule}")
