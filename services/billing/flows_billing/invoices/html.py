"""The bill as a page of its own, with the same words as on paper."""

from collections.abc import Sequence
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from flows_billing.invoices.documents import DayUsage, PrintedInvoice
from flows_billing.invoices.wording import (
    READ_TITLES,
    comparison,
    explanation,
    facts,
    how_to_pay,
    line_rows,
    line_titles,
    read_cells,
    self_billing,
    totals,
    usage_heading,
    use_over_time,
    what_to_pay,
    who_to_ask,
)

TEMPLATES: Final = Environment(
    loader=PackageLoader("flows_billing.invoices"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
CHART_HEIGHT: Final = 100


def render_html(invoice: PrintedInvoice) -> bytes:
    """The same invoice gives the same page."""
    page = TEMPLATES.get_template("invoice.html").render(
        invoice=invoice,
        facts=facts(invoice),
        to_pay=what_to_pay(invoice),
        titles=line_titles(invoice.lines),
        lines=line_rows(invoice.lines),
        read_titles=READ_TITLES,
        reads=[read_cells(read) for read in invoice.reads],
        totals=totals(invoice),
        self_billing=self_billing(invoice),
        comparison=comparison(invoice),
        bars=_bars(invoice.usage),
        usage_heading=usage_heading(invoice),
        use_over_time=use_over_time(invoice),
        how_to_pay=how_to_pay(invoice),
        who_to_ask=who_to_ask(invoice),
        explanation=explanation(invoice),
    )
    return page.encode()


def _bars(usage: Sequence[DayUsage]) -> list[tuple[DayUsage, int]]:
    """Days and the heights of their bars."""
    most = max((day.kwh for day in usage), default=0)
    return [(day, round(day.kwh / most * CHART_HEIGHT)) for day in usage] if most else []
