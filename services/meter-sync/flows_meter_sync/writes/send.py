"""Sending a command: alone with its meter, each step kept before the next one, so that a crash loses none."""

from functools import partial
from time import perf_counter
from uuid import UUID

from flows_meter_sync.errors import REFUSALS, LeaseLost, MeterNotActive, Superseded, WriteImpossible
from flows_meter_sync.fleet import Fleet
from flows_meter_sync.settings import MeterSyncSettings
from flows_meter_sync.syncers import syncers_of
from flows_meter_sync.syncers.base import LogProgress, MeterSession
from flows_meter_sync.telemetry import COMMANDS
from flows_meter_sync.visits.report import Report
from flows_meter_sync.visits.store import store_reports
from flows_meter_sync.visits.visit import identify, read_metric
from flows_meter_sync.writes.kinds import write_of
from flows_meter_sync.writes.store import Command, begin_try, confirm, fail, note_error, note_sent
from flows_meter_sync.writes.write import Seen, Write, carry_out
from flows_shared.errors import FlowsError
from flows_shared.logs import get_logger
from flows_shared.telemetry.trace import bind_work

MOST_SECONDS = 3600.0  # between two tries

log = get_logger()


async def send_once(fleet: Fleet, settings: MeterSyncSettings, command_id: UUID) -> float | None:
    """One try of a command; in how many seconds the next one is due, None where it has come to its end."""
    async with fleet.db.connection() as connection:
        command = await begin_try(connection, command_id)
    if command is None:
        return None
    with bind_work(serial=command.serial, command=command.kind):
        try:
            await _try(fleet, command)
        except FlowsError as error:
            return await _failed(fleet, settings, command, error)
    COMMANDS.labels(command.kind, "confirmed").inc()
    log.info("command_confirmed", tries=command.tries)
    return None


async def _try(fleet: Fleet, command: Command) -> None:
    write = write_of(command.kind, command.arguments)
    async with fleet.alone_with(command.meter_id) as known:
        if known is None:
            raise MeterNotActive
        report = Report(known, syncers_of(write.metrics), fleet.clock())
        after = await _write(fleet, command, write, report)
        async with fleet.db.transaction() as transaction:
            await confirm(transaction, command, after)
            await store_reports(transaction, [report])
            await fleet.leases.release(transaction, [known.id])


async def _write(fleet: Fleet, command: Command, write: Write, report: Report) -> Seen:
    started, meter = perf_counter(), fleet.reach(report.known)
    try:
        report.known = await identify(meter, report.known, report.readings)
        report.reached = True
        session = MeterSession(meter, report.known, LogProgress(), fleet.clock, started + fleet.policy.visit_seconds)
        after = await carry_out(write, session, command.before, partial(_about_to_send, fleet, command))
        await _read_again(report, session)
        return after
    finally:
        report.duration_ms = round((perf_counter() - started) * 1000)
        meter.close()


async def _about_to_send(fleet: Fleet, command: Command, before: Seen) -> None:
    async with fleet.db.connection() as connection:
        if not await note_sent(connection, command.id, before):
            raise Superseded


async def _read_again(report: Report, session: MeterSession) -> None:
    """Let the shadow follow; the write is done, whether or not this works."""
    try:
        for syncer in report.unread:
            report.attempts.append(await read_metric(syncer, session, report.readings))
    except LeaseLost:
        raise
    except FlowsError as error:
        report.will_retry, report.failure = True, error


async def _failed(fleet: Fleet, settings: MeterSyncSettings, command: Command, error: FlowsError) -> float | None:
    last = isinstance(error, (WriteImpossible, *REFUSALS)) or command.tries >= settings.meter_sync_command_tries
    log.warning("command_failed", code=error.code, reason=str(error), tries=command.tries, will_retry=not last)
    COMMANDS.labels(command.kind, error.code).inc()
    async with fleet.db.transaction() as transaction:
        await (fail if last else note_error)(transaction, command, error)
    return None if last else _pause(settings.meter_sync_command_retry_seconds, command.tries)


def _pause(first_seconds: float, tries: int) -> float:
    return min(first_seconds * float(1 << min(tries - 1, 20)), MOST_SECONDS)
