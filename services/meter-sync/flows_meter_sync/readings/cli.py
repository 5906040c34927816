"""`flows readings`: half hours as an operator handles them, in the database at FLOWS_DATABASE_URL."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
import uvloop
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from flows_meter_sync.estimation.methods import Method
from flows_meter_sync.files.exports import export_field, export_own
from flows_meter_sync.files.field import Wh
from flows_meter_sync.files.imports import import_files
from flows_meter_sync.files.rows import FileLine, RowOutcome
from flows_meter_sync.intervals.registers import MeterRegister, named_registers
from flows_meter_sync.readings.answers import estimated_half_hours, imported_row, missing_half_hours, wrong_reading
from flows_meter_sync.readings.estimate import Estimated, estimate_missing
from flows_meter_sync.readings.gaps import Gap, find_gaps
from flows_meter_sync.readings.validate import Flagged, validate_readings
from flows_meter_sync.settings import ReadingsSettings
from flows_shared.command_line import command_database, command_settings
from flows_shared.contracts.readings import NamedFile
from flows_shared.db import Database
from flows_shared.errors import FlowsError
from flows_shared.time import END_OF_TIME, FIRST_DAY, Period, floor_half_hour, utc_now

T = TypeVar("T")
SHOWN = 200
DAYS = 30

readings = typer.Typer(help="Half hours: gaps, checks, estimates, files.", no_args_is_help=True)

Serials = Annotated[list[str] | None, typer.Option("--serial", help="Only this meter; can be repeated.")]
Esco = Annotated[str | None, typer.Option(help="Only the meters of the community with this code.")]
Since = Annotated[str | None, typer.Option(help=f"As 2026-10-01, UTC. [default: {DAYS} days ago]")]
Until = Annotated[str | None, typer.Option(help="As 2026-11-01, UTC; it is not included. [default: now]")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON document.")]


class FilesRefused(FlowsError):
    """Some rows of files were refused; the report says which."""

    code = "file.rows_refused"


@readings.command()
def gaps(
    serials: Serials = None, esco: Esco = None, since: Since = None, until: Until = None, as_json: AsJson = False
) -> None:
    """List half hours without a reading, and what the meter said; `flows sync --metric ProfileLog` asks again."""
    period = _period(since, until)

    async def work(db: Database, settings: ReadingsSettings) -> list[Gap]:
        async with db.connection() as connection:
            return await find_gaps(connection, await named_registers(connection, serials or [], esco), period)

    rows = [missing_half_hours(gap) for gap in _run(work)]
    _show(rows, as_json, "No half hour is missing")


@readings.command()
def validate(
    serials: Serials = None, esco: Esco = None, since: Since = None, until: Until = None, as_json: AsJson = False
) -> None:
    """Check readings, and list what looks wrong; it is kept in flows.register_interval_flags."""
    period = _period(since, until)

    async def work(db: Database, settings: ReadingsSettings) -> list[Flagged]:
        return await validate_readings(db, await _registers(db, settings, serials, esco), period, settings)

    rows = [wrong_reading(flagged) for flagged in _run(work)]
    _show(rows, as_json, "No reading looks wrong")


@readings.command()
def estimate(
    serials: Serials = None,
    esco: Esco = None,
    since: Since = None,
    until: Until = None,
    method: Annotated[Method, typer.Option(help="auto takes the best that what is known allows.")] = Method.AUTO,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the estimates, keep none.")] = False,
    as_json: AsJson = False,
) -> None:
    """Estimate half hours without a reading, until one comes."""
    period = _period(since, until)

    async def work(db: Database, settings: ReadingsSettings) -> list[Estimated]:
        return await estimate_missing(
            db, await _registers(db, settings, serials, esco), period, method, dry_run=dry_run
        )

    rows = [estimated_half_hours(each) for each in _run(work)]
    _show(rows, as_json, "No half hour is missing")


@readings.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="CSV files.", exists=True, dir_okay=False, show_default=False)],
    wh: Annotated[
        Wh,
        typer.Option(
            help="What the Wh of the field's files are; auto: counts, and refused where they could be energy."
        ),
    ] = Wh.AUTO,
    as_json: AsJson = False,
) -> None:
    """Take in half hours from CSV files, and say of each row what became of it. Exits with 1 where one was refused."""
    files, unread = _read(paths)

    async def work(db: Database, settings: ReadingsSettings) -> Sequence[RowOutcome]:
        return await import_files(db, files, utc_now(), wh, amperes=settings.readings_meter_amperes)

    outcomes = [*unread, *_run(work)]
    rows = [imported_row(each) for each in outcomes]
    _show(rows, as_json, "The files have no rows")
    counts = Counter(each.outcome for each in outcomes)
    if not as_json:
        typer.echo(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    if counts["refused"]:
        raise FilesRefused(f"{counts['refused']} of {len(outcomes)} rows were refused")


def _read(paths: Sequence[Path]) -> tuple[list[NamedFile], list[RowOutcome]]:
    """The files that can be read, and what is said of those that cannot."""
    files, unread = [], []
    for path in paths:
        try:
            files.append(NamedFile(name=path.name, text=path.read_text(encoding="utf-8-sig")))
        except (OSError, UnicodeDecodeError) as error:
            unread.append(RowOutcome(FileLine(path.name, 1), "refused", f"the file cannot be read: {error}"))
    return files, unread


@readings.command()
def export(
    out: Annotated[Path, typer.Option(help="Folder for the files.", file_okay=False)],
    serials: Serials = None,
    esco: Esco = None,
    since: Since = None,
    until: Until = None,
    field: Annotated[bool, typer.Option("--field", help="The field's files, one a meter and day, not ours.")] = False,
) -> None:
    """Write half hours to CSV files: one of ours, or the field's."""
    period = _period(since, until)

    async def work(db: Database, settings: ReadingsSettings) -> list[NamedFile]:
        async with db.connection() as connection:
            registers = await named_registers(connection, serials or [], esco, settings.readings_meter_amperes)
            if field:
                return await export_field(connection, registers, period)
            name = f"readings-{period.start:%Y%m%d}-{period.end:%Y%m%d}.csv"
            return [NamedFile(name=name, text=await export_own(connection, registers, period))]

    files = _run(work)
    out.mkdir(parents=True, exist_ok=True)
    for file in files:
        (out / file.name).write_text(file.text, encoding="utf-8")
    typer.echo(f"{len(files)} file{'' if len(files) == 1 else 's'} written to {out}")


def _run(work: Callable[[Database, ReadingsSettings], Awaitable[T]]) -> T:
    settings = command_settings(ReadingsSettings)

    async def run() -> T:
        async with command_database(settings, "flows readings") as db:
            return await work(db, settings)

    return uvloop.run(run())


async def _registers(
    db: Database, settings: ReadingsSettings, serials: Sequence[str] | None, esco: str | None
) -> list[MeterRegister]:
    async with db.connection() as connection:
        return await named_registers(connection, serials or [], esco, settings.readings_meter_amperes)


def _period(since: str | None, until: str | None) -> Period:
    now = floor_half_hour(utc_now())
    start = _instant(since, "--since") if since else now - timedelta(days=DAYS)
    end = _instant(until, "--until") if until else now
    if end <= start:
        raise typer.BadParameter("it does not lie after --since", param_hint="--until")
    return Period(start, min(end, now) if start < now else end)


def _instant(text: str, option: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no time like 2026-10-01", param_hint=option) from None
    if not FIRST_DAY <= at.date() < END_OF_TIME:
        raise typer.BadParameter(f"'{text}' lies before or after all that is kept", param_hint=option)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _show(said: Sequence[BaseModel], as_json: bool, nothing: str) -> None:
    rows = [each.model_dump() for each in said]
    if as_json:
        typer.echo(json.dumps(rows, default=_plain, indent=2))
        return
    if not rows:
        typer.echo(nothing)
        return
    left_out = len(rows) - SHOWN
    table = Table(*rows[0], caption=f"and {left_out} more: --json has all" if left_out > 0 else None)
    for row in rows[:SHOWN]:
        table.add_row(*(_text(value) for value in row.values()))
    Console().print(table)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _text(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}Z" if isinstance(value, datetime) else str(value)
