"""The database restarted and killed under running services, which recover without a restart of theirs."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial

import httpx

from faults.month import LastMonth
from flows_local.ports import free_ports
from flows_local.servers import Postgres
from flows_shared.db import Database
from house import House
from mail_server import MailServer
from waiting import until


async def test_services_outlive_a_restart_during_a_run_and_a_crash_with_a_mail_on_its_way(
    last_month: LastMonth, house: House, postgres: Postgres, mail_server: MailServer
) -> None:
    places = start(house)
    mail_server.hold_taken = "home3@example.org"
    async with last_month.held(last_month.homes[3]):
        await last_month.ask()
        await until(last_month.run_waits)
        postgres.stop()
        await all_ready(house, places, 503)
        postgres.start()
    await all_ready(house, places, 200)

    await mail_server.wait_until_held()
    postgres.kill()
    await all_ready(house, places, 503)
    mail_server.release()  # taken, and nothing is there to write it down
    postgres.start()
    await all_ready(house, places, 200)

    await until(last_month.is_done)
    await last_month.check(mailed_again=1)
    assert mail_server.recipients().count("home3@example.org") == 2
    assert [process.terminate() for process in house.processes] == [0] * len(house.processes)


def start(house: House) -> list[str]:
    """Apps and workers; where each answers."""
    house.serve("api", "billing")
    ports = dict(zip(("billing", "notify"), free_ports(2), strict=True))
    for service, port in ports.items():
        house.work(service, FLOWS_WORKER_METRICS_PORT=str(port))
    return [house.url("api"), house.url("billing"), *(f"http://127.0.0.1:{port}" for port in ports.values())]


async def all_ready(house: House, places: Sequence[str], status: int) -> None:
    """Until /readyz of each answers so, while /healthz always says that the process is well."""
    async with httpx.AsyncClient(timeout=10) as client:

        async def answers(place: str) -> bool:
            house.assert_alive()
            house.assert_alive()
            assert (await client.get(f"{place}/healthz")).status_code == 200
            ready = await client.get(f"{place}/readyz")
            assert (ready.json()["checks"]["database"] == "ok") == (ready.status_code == 200)
            return ready.status_code == status

        for place in places:
            await until(partial(answers, place))


async def test_requests_under_way_as_the_database_crashes_are_answered_clearly(
    db: Database, house: House, postgres: Postgres
) -> None:
    house.variables["FLOWS_API_RATE_ADDRESS"] = "off"
    house.serve("api")
    statuses: Counter[int] = Counter()
    async with house.gateway() as gateway:

        async def ask() -> None:
            while not recovered.is_set():
                statuses[(await gateway.get("/rest/v1/regions")).status_code] += 1

        async def has_answered(status: int, more_than: int = 0) -> bool:
            house.assert_alive()
            return statuses[status] > more_than

        recovered = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(8):
                group.create_task(ask())
            await until(partial(has_answered, 200))
            postgres.kill()
            await until(partial(has_answered, 503))
            postgres.start()
            await until(partial(has_answered, 200, statuses[200]))
            recovered.set()
    assert set(statuses) == {200, 503}
