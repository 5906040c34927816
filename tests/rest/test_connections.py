"""The few connections that many requests share."""

import asyncio
from collections import Counter

import asyncpg
import pytest

from rest.conftest import Serving
from waiting import until

END_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'api rest' AND datname = current_database()
"""
WAITING = "SELECT count(*) FROM pg_lock_status() WHERE relation = 'workshop.clients'::regclass AND NOT granted"


async def test_more_requests_than_connections_wait_for_their_turn(serving: Serving) -> None:
    async with serving(db_pool="2") as api:
        answers = await asyncio.gather(*(api.get("/clients?select=id&id=eq.1") for _ in range(40)))
        assert Counter(answer.text for answer in answers) == {'[{"id":1}]': 40}


async def test_connections_that_the_server_ended_are_replaced(serving: Serving, workshop_url: str) -> None:
    async with serving(db_pool="3") as api:
        await asyncio.gather(*(api.get("/clients") for _ in range(10)))
        admin = await asyncpg.connect(workshop_url)
        ended = await admin.fetch(END_ALL)
        await admin.close()
        assert ended

        async def answered() -> bool:
            answers = await asyncio.gather(*(api.get("/clients") for _ in range(10)))
            return {answer.status_code for answer in answers} == {200}

        await until(answered)


@pytest.mark.parametrize("more", [{}, {"db_one_trip": "true", "db_tx_end": "commit"}])
async def test_request_under_way_as_the_server_ends_its_connection_is_answered_503(
    serving: Serving, workshop_url: str, more: dict[str, str]
) -> None:
    admin = await asyncpg.connect(workshop_url)
    try:
        async with serving(db_pool="4", db_pool_share="1", **more) as api:
            assert (await api.get("/clients")).status_code == 200
            async with admin.transaction():
                await admin.execute("LOCK TABLE workshop.clients IN ACCESS EXCLUSIVE MODE")
                asked = [asyncio.create_task(api.get("/clients")) for _ in range(4)]

                async def all_wait() -> bool:
                    return bool(await admin.fetchval(WAITING) == len(asked))

                await until(all_wait)
                await admin.fetch(END_ALL)
                answers = await asyncio.gather(*asked)
            assert [answer.status_code for answer in answers] == [503] * 4
            assert (await api.get("/clients")).status_code == 200
    finally:
        await admin.close()
