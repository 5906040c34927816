"""The `flows` command: what every installation has, and the commands of whichever services are installed.

Exit status: 0 done, 1 failed (why is on stderr), 2 wrong use, a wrong setting included.
"""

import asyncio
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer

from flows_shared.errors import FlowsError
from flows_shared.numbers import whole_option
from flows_shared.settings import DatabaseSettings, HttpSettings, SettingsError, load_settings

app = typer.Typer(
    help="Flows: metering and billing for energy communities. Settings are environment variables FLOWS_*.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
outbox = typer.Typer(help="Jobs that failed and wait for a person.", no_args_is_help=True)
app.add_typer(outbox, name="outbox")
BUILT_IN = ("serve", "work", "migrate", "settings", "outbox")

Service = Annotated[str, typer.Argument(help="Which service, such as api or billing.", show_default=False)]


class CommandFailed(FlowsError):
    """The command did not do what it was asked."""

    code = "command.failed"


def main() -> None:
    """The console script. Of the services only the one whose command is asked for is loaded, or all for their list."""
    asked = sys.argv[1] if sys.argv[1:] else ""
    if asked not in BUILT_IN:
        add_service_commands(asked)
    try:
        app()
    except SettingsError as error:
        _exit(error, 2)
    except FlowsError as error:
        _exit(error, 1)


def add_service_commands(asked: str = "") -> None:
    """Merge the commands of the package that has the one asked for; without such a one, those of all packages.

    In `flows.commands` a package names its `typer.Typer` under each of its commands.
    """
    installed = entry_points(group="flows.commands")
    places = {entry.value: entry for entry in installed.select(name=asked) or installed}
    for _, entry in sorted(places.items()):
        app.add_typer(entry.load())


@app.command()
def serve(
    service: Service,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: FLOWS_HOST or 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(parser=whole_option(), help="Port to listen on. [default: FLOWS_PORT or 8000]")
    ] = None,
    workers: Annotated[int, typer.Option(parser=whole_option(least=1), help="Processes that share the port.")] = 1,
    rest_only: Annotated[
        bool, typer.Option("--rest-only", help="Of the api, only its data API: any database.")
    ] = False,
) -> None:
    """Serve a service's web app until SIGTERM or Ctrl-C."""
    from flows_shared.serve import serve_app

    entry = _entry_point("flows.rest_apps" if rest_only else "flows.apps", service)
    settings = load_settings(HttpSettings)
    serve_app(entry, host or settings.host, port or settings.port, workers, settings)


@app.command()
def work(service: Service) -> None:
    """Run a worker of a service until SIGTERM or Ctrl-C; start as many as the work needs."""
    import uvloop

    from flows_shared.worker import run_worker

    uvloop.run(run_worker(_entry_point("flows.workers", service).load()()))


@app.command()
def migrate(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit with 1 if one is missing.")] = False,
) -> None:
    """Bring the database at FLOWS_DATABASE_URL up to date; several may run at once."""
    from flows_shared.migrate import pending, upgrade

    url = _database_url()
    if not check:
        applied = asyncio.run(upgrade(url))
        typer.echo(f"Applied: {', '.join(applied)}" if applied else "The database is up to date")
    elif missing := asyncio.run(pending(url)):
        raise CommandFailed(f"the database misses {', '.join(missing)}: run flows migrate")
    else:
        typer.echo("The database is up to date")


@app.command()
def settings(
    service: Annotated[
        str | None, typer.Argument(help="Which service, such as api or billing.", show_default=False)
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The page of all of them, docs/settings.md.")] = False,
) -> None:
    """Print every setting of a service with its default and its meaning."""
    from flows_shared.settings_reference import installed_settings, settings_listing, settings_of, settings_page

    classes = installed_settings()
    if markdown and service is None:
        typer.echo(settings_page(classes), nl=False)
    elif not markdown and service in classes:
        typer.echo(settings_listing(settings_of(classes[service])))
    else:
        raise typer.BadParameter(f"name one of {', '.join(classes)}, or give --markdown alone")


@outbox.command("list")
def list_failed(
    service: Annotated[str | None, typer.Option(help="Only this service's jobs.", show_default=False)] = None,
) -> None:
    """List the jobs that failed: id, when, service, job, arguments and the last error."""
    from flows_shared.outbox import failed_jobs

    for job in _with_database(failed_jobs, service):
        call = f"{job.job}({', '.join(map(repr, job.arguments))})"
        typer.echo(f"{job.id}  {job.failed_at:%Y-%m-%d %H:%M:%S}Z  {job.service}  {call}")
        typer.echo(f"    attempt {job.attempts}: {job.last_error}")


@outbox.command("retry")
def retry(
    ids: Annotated[list[UUID] | None, typer.Argument(help="Ids from flows outbox list.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="All failed jobs.")] = False,
) -> None:
    """Queue failed jobs again."""
    from flows_shared.outbox import retry_failed

    if bool(ids) == everything:
        raise typer.BadParameter("name the jobs by their ids, or give --all")
    count = _with_database(retry_failed, ids or None)
    if ids and not count:
        raise CommandFailed("no failed job has such an id, or the same work is queued already")
    typer.echo(f"Queued again: {count}")


def _with_database(work: Any, *arguments: Any) -> Any:
    from flows_shared.db import connected

    async def run() -> Any:
        async with connected(_database_url(), name="flows command") as connection:
            return await work(connection, *arguments)

    return asyncio.run(run())


def _database_url() -> str:
    from flows_shared.command_line import command_settings

    return command_settings(DatabaseSettings).database_url.get_secret_value()


def _entry_point(group: str, service: str) -> EntryPoint:
    installed = {entry.name: entry for entry in entry_points(group=group)}
    if service not in installed:
        raise typer.BadParameter(f"unknown service '{service}'; installed: {', '.join(sorted(installed)) or 'none'}")
    return installed[service]


def _exit(error: FlowsError, status: int) -> NoReturn:
    typer.echo(f"flows: {error}", err=True)
    sys.exit(status)
