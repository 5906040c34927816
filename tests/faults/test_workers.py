"""Workers killed, stopped and doubled in the middle of a month's billing."""

import asyncio

from faults.conftest import HOMES
from faults.month import LastMonth
from house import House
from mail_server import MailServer
from waiting import until

FOURTH = 3  # its batch is the second of three


async def test_worker_killed_in_the_middle_of_a_run_leaves_one_invoice_an_account(
    last_month: LastMonth, house: House
) -> None:
    [worker, _] = house.work("billing", "notify")
    async with last_month.held(last_month.homes[FOURTH]):
        await last_month.ask()
        await until(last_month.run_waits)
        assert await last_month.invoices() == 2
        worker.kill()
        house.work("billing")
    await until(last_month.is_done)
    await last_month.check()


async def test_worker_told_to_stop_in_the_middle_of_a_run_hands_it_to_another(
    last_month: LastMonth, house: House
) -> None:
    house.work("notify")
    [worker] = house.work("billing", FLOWS_WORKER_GRACE_SECONDS="0.2", FLOWS_OUTBOX_LEASE_SECONDS="60")
    async with last_month.held(last_month.homes[FOURTH]):
        await last_month.ask()
        await until(last_month.run_waits)
        assert worker.terminate(seconds=10) == 0
        assert "bill_month" in [event["job"] for event in worker.events("job_released")]
        house.work("billing")
        await until(last_month.run_waits)  # the other is at the same account, long before a lease would have lapsed
        assert await last_month.invoices() == 2
    await until(last_month.is_done)
    await last_month.check()


async def test_worker_told_to_stop_with_time_left_finishes_the_run(last_month: LastMonth, house: House) -> None:
    [worker] = house.work("billing")
    async with last_month.held(last_month.homes[FOURTH]):
        await last_month.ask()
        await until(last_month.run_waits)
        worker.process.terminate()
        worker.wait_for("stopping")
    assert worker.process.wait(20) == 0
    assert [event["billed"] for event in worker.events("month_billed")] == [HOMES]
    assert await last_month.invoices() == HOMES


async def test_notify_killed_before_it_hears_that_a_mail_was_taken_sends_that_one_twice(
    last_month: LastMonth, house: House, mail_server: MailServer
) -> None:
    mail_server.hold_taken = "home3@example.org"
    [_, notify] = house.work("billing", "notify")
    await last_month.ask()
    await mail_server.wait_until_held()
    notify.kill()
    mail_server.release()
    house.work("notify")
    await until(last_month.is_done)
    await last_month.check(mailed_again=1)
    assert mail_server.recipients().count("home3@example.org") == 2


async def test_two_workers_of_each_service_make_one_invoice_and_one_mail_each(
    last_month: LastMonth, house: House
) -> None:
    house.work("billing", "billing", "notify", "notify")
    async with last_month.held(last_month.homes[FOURTH]):
        await last_month.ask()
        await until(last_month.run_waits)
        await asyncio.gather(*(last_month.ask() for _ in range(3)))  # while it runs: it runs once more, for nothing
    await until(last_month.is_done)
    await last_month.check()
