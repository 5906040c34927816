"""The models held against a migrated database, by Alembic: what a migration would have to change."""

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import Any, Final, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import (
    AlterColumnOp,
    CreateTableCommentOp,
    DropTableCommentOp,
    MigrateOperation,
    ModifyTableOps,
    UpgradeOps,
)
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import UTCDateTime

from flows_shared.models import flows, public
from flows_shared.models.columns import METADATA

__all__ = ["differences", "flows", "public", "upgrade_code"]  # the schemas' models, so that METADATA knows them

PARTITION: Final = re.compile(r"register_interval_hh_\d{4}_\d\d")
OPTIONS: Final = {"include_schemas": True, "compare_type": True, "compare_server_default": True}


def differences(connection: Connection) -> list[MigrateOperation]:
    """Of a connection without `public` in its search path, so that it is named like any other schema.

    What the columns mean is said by the models' docstrings and by the database's comments, each in its place.
    """
    context = MigrationContext.configure(connection, opts={**OPTIONS, "include_name": _is_modelled})
    found = produce_migrations(context, METADATA).upgrade_ops
    assert found is not None
    return list(_without_comments(found.ops))


def upgrade_code(operations: list[MigrateOperation]) -> str:
    """The body of `upgrade()`, for a person to read and to complete."""
    code = str(render_python_code(UpgradeOps(operations), render_item=_in_plain_types))
    return dedent("\n".join(line for line in code.splitlines() if "###" not in line))


def _in_plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration stays as it is when the models' library changes."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def _without_comments(operations: list[Any]) -> Iterator[MigrateOperation]:
    for operation in operations:
        if isinstance(operation, ModifyTableOps):
            operation.ops = list(_without_comments(operation.ops))
            if operation.ops:
                yield operation
        elif not (isinstance(operation, CreateTableCommentOp | DropTableCommentOp) or _is_comment(operation)):
            yield operation


def _is_comment(operation: MigrateOperation) -> bool:
    return isinstance(operation, AlterColumnOp) and not (
        operation.modify_type is not None
        or operation.modify_nullable is not None
        or operation.modify_server_default is not False
        or operation.modify_name is not None
    )


def _is_modelled(name: str | None, kind: str, _parents: Any) -> bool:
    if kind == "schema":
        return name in ("public", "flows")
    return not (kind == "table" and name and PARTITION.fullmatch(name))
