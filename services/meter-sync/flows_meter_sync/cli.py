"""The service's part of the `flows` command."""

from collections.abc import Collection, Sequence
from typing import Annotated
from uuid import UUID

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows_meter_sync.emop_cli import commands as emop_commands
from flows_meter_sync.errors import MetersFailed, MetricUnknown, NoMeters
from flows_meter_sync.fleet import open_fleet
from flows_meter_sync.meter_cli import commands as meter_commands
from flows_meter_sync.readings.cli import readings
from flows_meter_sync.registry import due_meters, due_metrics, meter_of_serial
from flows_meter_sync.settings import SyncSettings
from flows_meter_sync.simulator.cli import commands as simulator_commands
from flows_meter_sync.sync_tasks import SyncOutcome
from flows_meter_sync.syncers import syncer_names
from flows_shared.command_line import command_database, command_settings
from flows_shared.db import Database

POOL_SIZE = 4

commands = typer.Typer(no_args_is_help=True)
commands.add_typer(simulator_commands)
commands.add_typer(emop_commands, name="emop")
commands.add_typer(meter_commands, name="meter")
commands.add_typer(readings, name="readings")


@commands.command()
def sync(
    serials: Annotated[list[str] | None, typer.Option("--serial", help="Only this meter; can be repeated.")] = None,
    esco: Annotated[str | None, typer.Option(help="Only the meters of the community with this code.")] = None,
    metrics: Annotated[list[str] | None, typer.Option("--metric", help="Only this, as Reads; can be repeated.")] = None,
) -> None:
    """Read meters now and store what they say: all active meters and all metrics that are on, unless told otherwise.

    Exits with 1 where a meter failed, and names it.
    """
    if serials and esco:
        raise typer.BadParameter("give --serial or --esco, not both")
    try:
        names = syncer_names(metrics or [])
    except MetricUnknown as error:
        raise typer.BadParameter(str(error), param_hint="--metric") from None
    settings = command_settings(SyncSettings)
    outcomes = uvloop.run(_sync(settings, serials or [], esco, names))
    if failed := [outcome for outcome in outcomes if outcome.reason is not None]:
        raise MetersFailed([(outcome.serial or "?", outcome.reason or "") for outcome in failed])
    meters = f"{len(outcomes)} meter{'s' if len(outcomes) > 1 else ''}"
    typer.echo(f"{meters} read, {sum(outcome.readings for outcome in outcomes)} values")


async def _sync(
    settings: SyncSettings, serials: Collection[str], esco: str | None, names: Sequence[str]
) -> list[SyncOutcome]:
    async with command_database(settings, "flows sync", POOL_SIZE) as db:
        async with db.connection() as connection:
            metrics = names or await due_metrics(connection)
            meters: list[UUID] = [await meter_of_serial(connection, serial) for serial in serials]
            meters = meters or await due_meters(connection, esco)
        if not meters:
            raise NoMeters(esco)
        return await _sync_with_bar(db, settings, meters, metrics)


async def _sync_with_bar(
    db: Database, settings: SyncSettings, meters: Collection[UUID], metrics: Sequence[str]
) -> list[SyncOutcome]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("reading meters", total=len(meters))
        async with open_fleet(db, settings) as fleet:
            return await fleet.sync(meters, metrics, lambda _: progress.advance(bar), by_hand=True)
