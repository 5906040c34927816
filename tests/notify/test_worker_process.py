"""The worker as a process: killed or stopped while a mail is on its way."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from mail_server import MailServer
from notify.conftest import IssueInvoice, Notify
from processes import FlowsProcess
from waiting import until

FLOWS = str(Path(sys.executable).with_name("flows"))
QUICK = {
    "FLOWS_OUTBOX_POLL_SECONDS": "0.1",
    "FLOWS_OUTBOX_RESEND_SECONDS": "1",
    "FLOWS_OUTBOX_LEASE_SECONDS": "1",
    "FLOWS_OUTBOX_HEARTBEAT_SECONDS": "0.2",
    "FLOWS_WORKER_GRACE_SECONDS": "0",
}
PEOPLE = [f"{name}@example.org" for name in ("ada", "ben", "cleo", "dev")]
StartWorker: TypeAlias = Callable[[], FlowsProcess]


@pytest.fixture
def start_worker(notify_env: dict[str, str], redis_url: str, tmp_path: Path) -> Iterator[StartWorker]:
    started: list[FlowsProcess] = []

    def start() -> FlowsProcess:
        log = tmp_path / f"worker-{len(started)}.log"
        started.append(FlowsProcess([FLOWS, "work", "notify"], {**notify_env, **QUICK}, log))
        started[-1].wait_for("started")
        return started[-1]

    yield start
    for process in started:
        process.__exit__()


async def all_sent(notify: Notify) -> bool:
    return await notify.statuses() == ["sent"] * len(PEOPLE)


async def test_worker_killed_while_a_mail_is_on_its_way_sends_each_once(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer, start_worker: StartWorker
) -> None:
    mail_server.hold = PEOPLE[2]
    worker = start_worker()
    await notify.add(*[await issue_invoice(person) for person in PEOPLE])
    await mail_server.wait_until_held()
    worker.kill()
    mail_server.release(take=False)
    start_worker()
    await until(lambda: all_sent(notify))
    assert mail_server.recipients() == PEOPLE


async def test_worker_told_to_stop_ends_the_mail_that_is_on_its_way(
    notify: Notify, issue_invoice: IssueInvoice, mail_server: MailServer, start_worker: StartWorker
) -> None:
    mail_server.hold = PEOPLE[2]
    worker = start_worker()
    await notify.add(*[await issue_invoice(person) for person in PEOPLE])
    await mail_server.wait_until_held()
    worker.process.terminate()
    worker.wait_for("stopping")
    mail_server.release()
    assert worker.process.wait(10) == 0
    assert await notify.statuses() == ["sent", "sent", "sent", "pending"]
    start_worker()
    await until(lambda: all_sent(notify))
    assert mail_server.recipients() == PEOPLE
