"""The floor that the data API is measured against: ASGI and asyncpg with a statement written by hand, nothing else."""

import os
from typing import Any
from urllib.parse import parse_qsl

import asyncpg

ONE = "SELECT coalesce(json_agg(t), '[]')::text FROM (SELECT * FROM meters WHERE id = $1::text::int) AS t"
HUNDRED = """
    SELECT coalesce(json_agg(t), '[]')::text
      FROM (SELECT * FROM meters WHERE id >= $1::text::int ORDER BY serial LIMIT 100) AS t
"""
EMBED = """
    SELECT coalesce(json_agg(t), '[]')::text
      FROM (SELECT m.id, m.serial, json_build_object('name', h.name) AS home
              FROM meters AS m JOIN homes AS h ON h.id = m.home LIMIT $1::text::int) AS t
"""
INSERT = "INSERT INTO notes (body) SELECT body FROM json_to_record($1::text::json) AS given (body text)"


class Floor:
    def __init__(self) -> None:
        self.pool: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        query = dict(parse_qsl(scope["query_string"].decode()))
        if scope["method"] == "POST":
            given = (await receive())["body"].decode()
            await self.pool.execute(INSERT, given)
            await _send(send, 201, b"")
            return
        statement = EMBED if "limit" in query and "select" in query else HUNDRED if "order" in query else ONE
        value = query["limit"] if statement is EMBED else query["id"].partition(".")[2]
        await _send(send, 200, (await self.pool.fetchval(statement, value)).encode())

    async def _live(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.pool = await asyncpg.create_pool(os.environ["FLOOR_URL"], min_size=0, max_size=10, reset=_nothing)
            else:
                await self.pool.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return


async def _send(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _nothing(_connection: Any) -> None:
    """As the data API: nothing outlives a statement."""


app = Floor()
