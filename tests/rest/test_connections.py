"""The few connections that many requests share."""

import asyncio
from collections import Counter

import asyncpg

from rest.conftest import Serving
from waiting import until


async def test_more_requests_than_connections_wait_for_their_turn(serving: Serving) -> None:
    async with serving(db_pool="2") as api:
        answers = await asyncio.gather(*(api.get("/clients?select=id&id=eq.1") for _ in range(40)))
        assert Counter(answer.text for answer in answers) == {'[{"id":1}]': 40}


async def test_connections_that_the_server_ended_are_replaced(serving: Serving, workshop_url: str) -> None:
    async with serving(db_pool="3") as api:
        await asyncio.gather(*(api.get("/clients") for _ in range(10)))
        admin = await asyncpg.connect(workshop_url)
        ended = await admin.fetch(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = 'api rest' AND datname = current_database()"""
        )
        await admin.close()
        assert ended

        async def answered() -> bool:
            answers = await asyncio.gather(*(api.get("/clients") for _ in range(10)))
            return {answer.status_code for answer in answers} == {200}

        await until(answered)
