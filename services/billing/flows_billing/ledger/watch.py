"""The sum over the whole ledger as a metric, so that an alert can tell when it is not zero."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import nan
from typing import Final

from prometheus_client import Gauge

from flows_billing.ledger.check import imbalance_pence
from flows_shared.db import Database
from flows_shared.tasks import cancel_all
from flows_shared.telemetry.logs import get_logger

TIMEOUT: Final = "SET LOCAL statement_timeout = '30s'"

IMBALANCE: Final = Gauge(
    "flows_ledger_imbalance_pence",
    "Sum of all postings of the ledger, which is zero; NaN where it could not be read.",
    multiprocess_mode="mostrecent",
)

log = get_logger()


@asynccontextmanager
async def watching(db: Database, every_seconds: float) -> AsyncIterator[None]:
    """Sum again and again for the block."""
    task = asyncio.create_task(_watch(db, every_seconds))
    try:
        yield
    finally:
        await cancel_all([task])


async def _watch(db: Database, every_seconds: float) -> None:
    while True:
        try:
            async with db.transaction() as transaction:
                await transaction.execute(TIMEOUT)
                IMBALANCE.set(await imbalance_pence(transaction))
        except Exception as error:
            IMBALANCE.set(nan)
            log.warning("ledger_not_summed", reason=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_seconds)
