"""The whole schema as one page to read: `python -m flows_local.schema_page docs/schema.sql`, or `make schema`."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from flows_local.servers import Postgres, passing_postgres, postgres_binary
from flows_shared.migrate import upgrade

HEADING: Final = (
    "-- The schema of a migrated database. Written by make schema; its sources are in shared/flows_shared.\n"
)
WITHOUT: Final = ("--schema-only", "--no-owner", "--no-privileges", "--exclude-table=flows.register_interval_hh_2*")
# What tells the version or the run of pg_dump, and its settings of the session.
NOISE: Final = re.compile(
    r"^(--.*|SET .*;|SELECT pg_catalog\.set_config.*;|\\(un)?restrict .*"
    r"|CREATE SCHEMA public;|COMMENT ON SCHEMA public .*)\n",
    re.MULTILINE,
)


def schema_page(postgres: Postgres) -> str:
    """Of a server that has no databases of ours yet; monthly partitions, owners and grants are left out."""
    url = postgres.url()
    asyncio.run(upgrade(url))
    command = [str(postgres_binary("pg_dump")), f"--dbname={url}", *WITHOUT]
    for schema in ("public", "flows", "reports"):
        command += ["--schema", schema]
    dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return HEADING + re.sub(r"\n{2,}", "\n\n", NOISE.sub("", dump)).rstrip() + "\n"


def main() -> None:
    with passing_postgres() as postgres:
        Path(sys.argv[1]).write_text(schema_page(postgres), "utf-8")


if __name__ == "__main__":
    main()
