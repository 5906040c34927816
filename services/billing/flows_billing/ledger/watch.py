"""The sum over the whole ledger as a metric, so that an alert can tell when it is not zero."""

from math import nan
from typing import Final

from prometheus_client import Gauge

from flows_billing.ledger.check import imbalance_pence
from flows_shared.db import Database

TIMEOUT: Final = "SET LOCAL statement_timeout = '30s'"

IMBALANCE: Final = Gauge(
    "flows_ledger_imbalance_pence",
    "Sum of all postings of the ledger, which is zero; NaN where it could not be read.",
    multiprocess_mode="mostrecent",
)


async def sum_ledger(db: Database) -> None:
    """Let the metric say what the sum is now."""
    try:
        async with db.transaction() as transaction:
            await transaction.execute(TIMEOUT)
            IMBALANCE.set(await imbalance_pence(transaction))
    except Exception:
        IMBALANCE.set(nan)
        raise
