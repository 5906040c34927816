"""`flows seed` and `flows demo`."""

import asyncio
from typing import Annotated

import typer

from flows_shared.numbers import whole_option

commands = typer.Typer()


@commands.command()
def seed(
    homes: Annotated[
        int, typer.Option(parser=whole_option(least=1, most=20_000), help="How many homes the community has.")
    ] = 40,
) -> None:
    """Put a community to try things with into the database at FLOWS_DATABASE_URL.

    One company with two sites, homes of all kinds with their meters, people with logins, contracts and prices. The
    same each time: what is there already stays as it is.
    """
    from flows_local.seed.seed import seed_database
    from flows_shared.settings import DatabaseSettings, load_settings
    from flows_shared.time import utc_now

    url = load_settings(DatabaseSettings).database_url.get_secret_value()
    seeded = asyncio.run(seed_database(url, homes, utc_now()))
    typer.echo(
        f"{seeded.homes} homes with {seeded.meters} meters; rows added: {seeded.added}\n"
        f"Customer  {seeded.customer.email}  {seeded.customer.password}\n"
        f"Admin     {seeded.admin.email}  {seeded.admin.password}"
    )


@commands.command()
def demo() -> None:
    """Start all of Flows on this machine with a simulated community, until Ctrl-C.

    It brings its own database and queue, reads the meters, bills last month and mails the invoices to a folder. The
    data stays for the next start. FLOWS_DEMO_HOMES, FLOWS_DEMO_PORT and FLOWS_DATA_DIR set its size, the gateway's
    port and where the data is.
    """
    from flows_local.demo import run_demo
    from flows_local.settings import DemoSettings
    from flows_shared.settings import load_settings

    asyncio.run(run_demo(load_settings(DemoSettings)))
