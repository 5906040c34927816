"""`flows billing evidence`: the controls of a month, written as files."""

import asyncio
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from flows_billing.commands.database import billing_database, billing_settings
from flows_billing.communities.months import parse_month
from flows_billing.month_end.evidence import SUMMARY, Evidence
from flows_billing.month_end.take import take_evidence
from flows_billing.stores.communities import esco_by_code, find_escos
from flows_shared.errors import ConflictError
from flows_shared.time import utc_now


class EvidenceExists(ConflictError):
    """Evidence is never written over."""

    code = "evidence.exists"

    def __init__(self, directory: Path) -> None:
        super().__init__(f"{directory} exists already: evidence is never written over")


def evidence(
    month: Annotated[str, typer.Argument(help="A month that has ended, such as 2026-10.", show_default=False)],
    esco: Annotated[str, typer.Option("--esco", help="The community's code.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", help="Where its directory is made.")] = Path(),
) -> None:
    """Write the evidence of a month: each control as a file, a summary, and a manifest with hashes."""
    made = asyncio.run(_take(month, esco))
    directory = output / made.name
    try:
        directory.mkdir(parents=True)
    except FileExistsError:
        raise EvidenceExists(directory) from None
    for name, contents in made.files.items():
        (directory / name).write_bytes(contents)
    console = Console()
    console.print(made.files[SUMMARY].decode(), highlight=False, markup=False)
    console.print(f"{directory}, manifest {made.manifest_sha256}", soft_wrap=True)


async def _take(month: str, code: str) -> Evidence:
    settings = billing_settings()
    async with billing_database(settings) as db:
        async with db.connection() as connection:
            [esco] = await find_escos(connection, [await esco_by_code(connection, code)])
        by = f"{getuser()} (flows command)"
        return await take_evidence(db, esco, parse_month(month), settings, now=utc_now(), by=by)
