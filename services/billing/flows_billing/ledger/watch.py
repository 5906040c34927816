"""The sums over the ledger as metrics, so that an alert can tell when one is not zero."""

from math import nan
from typing import Final

from prometheus_client import Gauge

from flows_billing.ledger.check import imbalances_pence
from flows_shared.db import Database

TIMEOUT: Final = "SET LOCAL statement_timeout = '30s'"

IMBALANCE: Final = Gauge(
    "flows_ledger_imbalance_pence",
    "Sum of all postings of the ledger, which is zero; NaN where it could not be read.",
    multiprocess_mode="mostrecent",
)
# Two communities that are off by as much either way hide each other in the sum over both.
OF_COMMUNITY: Final = Gauge(
    "flows_ledger_esco_imbalance_pence",
    "Sum of a community's postings, which is zero.",
    labelnames=["esco"],
    multiprocess_mode="mostrecent",
)


async def sum_ledger(db: Database) -> None:
    """Let the metrics say what the sums are now."""
    try:
        async with db.transaction() as transaction:
            await transaction.execute(TIMEOUT)
            imbalances = await imbalances_pence(transaction)
    except Exception:
        IMBALANCE.set(nan)
        raise
    IMBALANCE.set(sum(imbalances.values()))
    for code, pence in imbalances.items():
        OF_COMMUNITY.labels(code).set(pence)
