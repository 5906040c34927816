"""The next numbered migration, from what the models say beside a migrated database: `make migration NAME=things`."""

import asyncio
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Final

import asyncpg
from alembic.operations.ops import MigrateOperation
from sqlalchemy.ext.asyncio import create_async_engine

from flows_local.servers import passing_postgres
from flows_shared.migrate import upgrade
from flows_shared.models.compare import differences, upgrade_code

VERSIONS: Final = Path(str(files("flows_shared") / "migrations" / "versions"))
SCRIPT: Final = '''"""{title}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
{code}
'''


def main() -> None:
    title = sys.argv[1].strip()
    with passing_postgres() as postgres:
        found = asyncio.run(differences_of(postgres.url()))
    print(write_migration(VERSIONS, title, found) if found else "the models and the migrations agree")


async def differences_of(url: str) -> list[MigrateOperation]:
    """Of a database that this brings up to date first."""
    await upgrade(url)
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(url, server_settings={"search_path": "pg_catalog"}),
    )
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(differences)
    finally:
        await engine.dispose()


def write_migration(folder: Path, title: str, found: list[MigrateOperation]) -> Path:
    """For a person to read, to complete with what moves data, and to commit; there is no way back from a release."""
    before = max(path.name[:4] for path in folder.glob("[0-9]*.py"))
    revision = f"{int(before) + 1:04}"
    code = "\n".join(f"    {line}".rstrip() for line in upgrade_code(found).strip().splitlines())
    path = folder / f"{revision}_{re.sub(r'[^a-z0-9]+', '_', title.lower()).strip('_')}.py"
    path.write_text(SCRIPT.format(title=title, revision=revision, before=before, code=code), "utf-8")
    return path


if __name__ == "__main__":
    main()
