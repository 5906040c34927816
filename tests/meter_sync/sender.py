"""A process that sends one command, to be killed while it does."""

import asyncio
import multiprocessing
from multiprocessing.process import BaseProcess
from uuid import UUID

from flows_meter_sync.fleet import open_fleet
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.writes.send import send_once
from flows_shared.db import Database

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["flows_meter_sync.writes.send", "pytest"])  # so that a process starts at once


def start_sending(settings: MeterSyncSettings, command_id: UUID) -> BaseProcess:
    process = CONTEXT.Process(target=_send, args=(settings, command_id), daemon=True)
    process.start()
    return process


def _send(settings: MeterSyncSettings, command_id: UUID) -> None:
    asyncio.run(_send_once(settings, command_id))


async def _send_once(settings: MeterSyncSettings, command_id: UUID) -> None:
    db = await Database.open(settings.database_url.get_secret_value(), name="sender", size=3)
    async with open_fleet(db, settings) as fleet:
        await send_once(fleet, settings, command_id)
    await db.close()
