"""Templates in, texts out. A message's template is a name with three files: subject, text and HTML."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from flows_shared.money import format_pounds


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(template: str, **values: object) -> Rendered:
    """Fill a template; a value that it names and is not given is an error."""
    subject, text, html = (
        TEMPLATES.get_template(f"{template}.{part}").render(values) for part in ("subject.txt", "txt", "html")
    )
    return Rendered(" ".join(subject.split()), text, html)


def day(value: date) -> str:
    """`3 November 2026`."""
    return f"{value.day} {value:%B %Y}"


def kwh(value: Decimal) -> str:
    """`312.4 kWh`."""
    return f"{value:,.1f} kWh"


TEMPLATES = Environment(
    loader=PackageLoader("flows_notify"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(pounds=format_pounds, day=day, kwh=kwh)
