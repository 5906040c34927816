"""The evidence of a month's end."""

from typing import Final
from uuid import UUID

from flows_shared.contracts.route import Request, Route
from flows_shared.dates import MonthText

MANIFEST_HEADER: Final = "X-Manifest-Sha256"


class EvidenceRequest(Request):
    month: MonthText
    esco: UUID


TAKE_EVIDENCE = Route("POST", "/internal/billing/evidence", EvidenceRequest, bytes)
