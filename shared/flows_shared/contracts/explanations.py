"""How an invoice was computed, and how a credit note came about."""

from pydantic import Field

from flows_shared.contracts.corrections import LineDifference
from flows_shared.contracts.route import Answer, Request, Route


class ExplainRequest(Request):
    number: str


class ExplainedLine(Answer):
    description: str
    arithmetic: str = Field(examples=["298 kWh x 24.5p = 7301p -> 7301p"])
    source: str
    vat: str


class Explanation(Answer):
    """Each amount from its sources to the penny; `rounding` are the rules, `sentences` what the bill says."""

    number: str
    lines: tuple[ExplainedLine, ...]
    vat: tuple[str, ...]
    balance: str
    comparison: str | None
    rounding: tuple[str, ...]
    sentences: tuple[str, ...]


class CreditNoteExplanation(Answer):
    """The invoice taken back, line by line, and what is different in the one in its place."""

    number: str
    invoice: str
    replacement: str | None = Field(description="null: nothing takes its place")
    reason: str
    credited: tuple[ExplainedLine, ...]
    vat: tuple[str, ...]
    differences: tuple[LineDifference, ...]
    sentences: tuple[str, ...]


EXPLAIN_INVOICE = Route("POST", "/internal/billing/explanations", ExplainRequest, Explanation)
EXPLAIN_CREDIT_NOTE = Route("POST", "/internal/billing/credit-note-explanations", ExplainRequest, CreditNoteExplanation)
