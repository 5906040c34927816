"""What the models of all tables share: one metadata, PostgreSQL's own names, ids, and times that the database keeps."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

import sqlalchemy
from sqlalchemy import Column, MetaData, Numeric, Text, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import AutoString

# As PostgreSQL names what a migration leaves unnamed.
NAMES: Final = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
}
METADATA: Final = MetaData(naming_convention=NAMES)

FLOWS: Final = {"schema": "flows"}
PUBLIC: Final = {"schema": "public"}

JSON_VALUE: Final = JSONB(none_as_null=True)
RATE: Final = Numeric(10, 5)  # GBP
STATE: Final = Text()  # one of the words that the model's `Word` lists; the database checks them


class Table(SQLModel):
    """What every model derives from. `METADATA` knows the tables of both schemas."""

    metadata: ClassVar[MetaData] = METADATA


@event.listens_for(Column, "before_parent_attach")
def _store_str_as_text(column: Column[Any], table: object) -> None:
    """SQLModel makes a `varchar` of `str`; our columns are `text`."""
    if isinstance(table, sqlalchemy.Table) and table.metadata is METADATA and isinstance(column.type, AutoString):
        column.type = Text()


def default(value: str | int | Decimal, **options: Any) -> Any:
    """A value that the model and the database give where none is given."""
    literal = f"'{value}'" if isinstance(value, str) else str(value).lower()
    return Field(default=value, sa_column_kwargs={"server_default": text(literal)}, **options)


def computed(expression: str, **options: Any) -> Any:
    """A value that the database gives where none is given; it is here once the row is flushed."""
    return Field(default=None, nullable=False, sa_column_kwargs={"server_default": text(expression)}, **options)


def new_id() -> Any:
    """A key that the model or the database makes."""
    return Field(
        default_factory=uuid4, primary_key=True, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )


class Identified(Table):
    id: UUID = new_id()


class Created(Table):
    created_at: datetime = computed("now()")


class Dated(Created):
    """`updated_at` is set by a trigger at every update, whatever is written to it."""

    updated_at: datetime = computed("now()")
