"""Invoices as they are printed."""

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

from pypdf import PdfReader

from billing.community import Community, insert
from flows_billing.invoices.documents import PrintedInvoice, printed_invoice
from flows_billing.invoices.html import render_html
from flows_billing.invoices.pdf import render


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def words_of(html: bytes) -> str:
    """What a reader sees of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode().split("</head>")[1]).replace("&#39;", "'").split())


async def printed(community: Community, number: str = "WLCE-000001") -> PrintedInvoice:
    async with community.billing.connection() as connection:
        invoice = await printed_invoice(connection, number)
    assert invoice
    return invoice


async def both(community: Community, number: str = "WLCE-000001") -> tuple[str, str]:
    invoice = await printed(community, number)
    return text_of(render(invoice)), words_of(render_html(invoice))


async def benchmarked(community: Community, **columns: Any) -> None:
    await community.execute("INSERT INTO flows.regions (code, name) VALUES ('SW', 'South West') ON CONFLICT DO NOTHING")
    await community.execute("UPDATE flows.escos SET region = 'SW'")
    for method in ("direct_debit", "prepay"):
        await insert(
            community.db, "public.benchmark_tariffs", region="SW", period_start=date(2026, 10, 1),
            payment_method=method, unit_rate=Decimal("0.25000"), standing_charge=Decimal("0.60000"), **columns,
        )  # fmt: skip
