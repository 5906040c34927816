"""Every community's books, each checked by itself: what is wrong with one hides nothing of another and stops none."""

from typing import Final

from flows_billing.ledger.check import check_ledger
from flows_shared.apart import is_about_data
from flows_shared.contracts.ledger import LedgerCheck
from flows_shared.db import Connection
from flows_shared.errors import say_error
from flows_shared.logs import get_logger

ESCOS: Final = "SELECT id, code FROM flows.escos ORDER BY code"

log = get_logger()


async def check_all_books(db: Connection) -> None:
    """Name in the log whatever disagrees, with its community."""
    for row in await db.fetch(ESCOS):
        try:
            _say(row["code"], await check_ledger(db, [row["id"]]))
        except Exception as error:
            if not is_about_data(error):
                raise
            log.error("ledger_not_checked", esco=row["code"], reason=say_error(error))


def _say(esco: str, found: LedgerCheck) -> None:
    for each in found.findings:
        said = {"check": each.check, "of": each.name, "expected": each.expected, "found": each.found}
        log.error("ledger_unsound", esco=esco, **said)
    totals = {"entries": found.entries, "total_pence": found.total_pence, "findings": len(found.findings)}
    log.info("ledger_checked", esco=esco, **totals)
