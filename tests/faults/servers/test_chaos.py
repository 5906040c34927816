"""A month billed while parts of Flows die one after another, in an order and at moments that a seed decides."""

from random import Random

import pytest

from billing.community import Community
from faults.month import STEPS, LastMonth
from flows_local.servers import Postgres, Valkey
from flows_shared.db import Database
from house import House
from mail_server import MailServer
from waiting import until

HOMES = 12
DEATHS = 4
PARTS = ("billing", "notify", "valkey", "postgres")


@pytest.fixture
async def last_month(db: Database, billing_db: Database, database_url: str, mail_server: MailServer) -> LastMonth:
    return await LastMonth.measured(await Community.make(db, billing_db), database_url, mail_server, HOMES)


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_or_doubled_whatever_dies(
    seed: int, last_month: LastMonth, house: House, postgres: Postgres, valkey: Valkey
) -> None:
    random = Random(seed)
    servers = {"postgres": postgres, "valkey": valkey}
    workers = dict(zip(("billing", "notify"), house.work("billing", "notify"), strict=True))
    victims = [random.choice(PARTS) for _ in range(DEATHS)]
    moments = sorted(random.sample(range(STEPS * HOMES), DEATHS))
    await last_month.ask()
    for part, moment in zip(victims, moments, strict=True):

        async def is_reached(moment: int = moment) -> bool:
            return await last_month.progress() >= moment

        await until(is_reached, every=0.002)
        if part in servers:
            servers[part].kill()
            servers[part].start()
        else:
            workers[part].kill()
            [workers[part]] = house.work(part)
    await until(last_month.is_done, seconds=30)
    # One mail is on its way at a time: it comes twice if its sender or the database dies before it is written down.
    await last_month.check(mailed_again=victims.count("notify") + victims.count("postgres"))
