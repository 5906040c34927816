"""The queue's server killed, with all that it held, at one moment after another."""

from redis.asyncio import Redis

from faults.month import LastMonth
from flows_local.servers import Valkey
from flows_shared.queue import queue_name
from house import House
from mail_server import MailServer
from processes import FlowsProcess
from waiting import until


async def test_killed_before_during_and_after_a_run(
    last_month: LastMonth, house: House, valkey: Valkey, mail_server: MailServer
) -> None:
    [billing, notify] = house.work("billing", "notify")
    valkey.kill()
    await last_month.ask()
    billing.wait_for("relay_interrupted")
    async with last_month.held(last_month.homes[3]):
        valkey.start()
        await until(last_month.run_waits)
        await lose(valkey, billing)
    mail_server.hold = "home3@example.org"
    await mail_server.wait_until_held()
    await lose(valkey, notify)
    mail_server.release()
    await until(last_month.is_done)
    await last_month.check()


async def test_killed_with_the_job_on_the_queue(last_month: LastMonth, house: House, valkey: Valkey) -> None:
    [relaying] = house.work("billing", FLOWS_WORKER_POLL_SECONDS="600")  # it does not look at the queue again
    await last_month.ask()

    async def is_queued() -> bool:
        async with Redis.from_url(valkey.url()) as redis:
            return bool(await redis.zcard(queue_name("billing")))

    await until(is_queued)
    relaying.kill()
    valkey.kill()
    valkey.start()
    assert not await is_queued()
    house.work("billing", "notify")
    await until(last_month.is_done)
    await last_month.check()


async def lose(valkey: Valkey, worker: FlowsProcess) -> None:
    """Kill the server, let the worker notice, and start it again, empty."""
    lost = len(worker.events("queue_lost"))
    valkey.kill()
    worker.wait_for("queue_lost", count=lost + 1)
    valkey.start()
