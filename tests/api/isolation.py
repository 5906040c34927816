"""A row in every table for each home, and everyone who may try to reach it: what the isolation tests walk over.

Both come from the catalog. A table that cannot be filled by its types, keys and checks alone has its values in VALUES.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from graphlib import TopologicalSorter
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from api.community import Community, Home
from builders import insert
from flows_shared.db import Connection

# Tables of which each home has rows of its own, although no key of theirs leads to one that has.
HOME_ROOTS: Final = {
    "public.customers", "public.users", "public.properties", "public.accounts", "public.wallets", "public.contracts",
    "public.corporate_bodies", "public.ledger_entries", "flows.meter_registry", "flows.circuits",
    "flows.properties", "flows.register_interval_hh",
}  # fmt: skip
# Tables that hold nothing of anyone: the same for all who may read them, or read by nobody.
REFERENCE: Final = {
    "flows.escos", "flows.regions", "flows.meter_event_log_type", "flows.meter_metrics", "flows.own_meter_metrics",
    "flows.calendar_days", "flows.calendar_half_hours", "flows.outbox", "flows.audit_log", "public.benchmark_tariffs",
    "public.contract_terms", "public.contract_terms_esco", "public.report_refreshes", "flows.holiday_calendars",
}  # fmt: skip
# What types, keys and checks do not tell.
VALUES: Final[Mapping[str, Mapping[str, Any]]] = {
    "public.invoice_lines": {"customer_tariff": None},
    "public.registered_proprietors": {"corporate_body": None},
    "public.gifts": {"account": None},
    "public.billing_run_accounts": {"outcome": "skipped", "invoice": None, "reason": "isolation"},
    "public.api_keys": {"scopes": ["read"]},
    "public.tariff_components": {"microgrid_tariff": None},
    "public.credit_notes": {"replacement": None, "causes": ["readings"], "total_pence": 2},
    "public.back_bill_exceptions": {"period_end": date(2030, 1, 1)},
    "public.documents": {"credit_note": None},
    "public.stale_invoices": {"cause": "payer"},
    "public.bill_holds": {"release_reason": None, "released_by": None, "released_at": None},
    "public.vat_statuses": {"property": None},
    "flows.meter_sources": {"url": "https://isolation.example/rest/v1"},
}
# Rows that the database takes only in the transaction of what they belong to.
WITH_PARENT: Final = {"public.invoice_lines"}
PAST_TRIGGERS: Final = "SET LOCAL session_replication_role = replica"
# Rows that come in twos.
COUNTERPARTS: Final[Mapping[str, Mapping[str, Any]]] = {"public.ledger_postings": {"amount_pence": -1}}

TABLES = """
    SELECT format('%s.%s', nspname, relname) AS name
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname IN ('public', 'flows')
"""
COLUMNS = """
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required,
           atthasdef OR attidentity <> '' AS has_default, attgenerated <> '' OR attidentity = 'a' AS generated,
           coalesce((SELECT array_agg(pg_get_constraintdef(oid)) FROM pg_constraint
                      WHERE conrelid = attrelid AND contype = 'c' AND attnum = ANY(conkey)
                        AND conname !~ '_at_most_'), '{}') AS checks
      FROM pg_attribute
     WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
"""
KEYS = """
    SELECT conname AS name, format('%s.%s', f.nspname, c.relname) AS source,
           format('%s.%s', g.nspname, d.relname) AS target, a.attname AS "column", b.attname AS referenced
      FROM pg_constraint
      JOIN pg_class AS c ON c.oid = conrelid JOIN pg_namespace AS f ON f.oid = c.relnamespace
      JOIN pg_class AS d ON d.oid = confrelid JOIN pg_namespace AS g ON g.oid = d.relnamespace
      JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = conkey[1]
      JOIN pg_attribute AS b ON b.attrelid = confrelid AND b.attnum = confkey[1]
     WHERE contype = 'f' AND NOT c.relispartition AND f.nspname IN ('public', 'flows') AND conparentid = 0
"""
PRIMARY = """
    SELECT array_agg(attname::text) FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
     WHERE indrelid = $1::text::regclass AND indisprimary
"""


@dataclass(frozen=True)
class Key:
    """A foreign key."""

    name: str
    source: str
    target: str
    column: str
    referenced: str


@dataclass
class Table:
    name: str
    columns: list[asyncpg.Record]
    primary: list[str]
    keys: list[Key] = field(default_factory=list)

    @property
    def schema(self) -> str:
        return self.name.partition(".")[0]

    @property
    def relation(self) -> str:
        return self.name.partition(".")[2]


@dataclass(frozen=True)
class Owned:
    """A row and whose it is: `home` is None where it is the community's."""

    esco: UUID
    home: str | None
    row: Mapping[str, Any]


@dataclass
class World:
    tables: dict[str, Table]
    keys: list[Key]
    rows: dict[str, list[Owned]] = field(default_factory=dict)

    def hidden(self, table: str, homes: set[str], escos: set[UUID]) -> Iterator[Owned]:
        """Rows that are of none of these homes and communities."""
        for owned in self.rows.get(table, []):
            if owned.esco not in escos or (owned.home is not None and owned.home not in homes):
                yield owned

    def marks(self, homes: set[str], escos: set[UUID]) -> set[str]:
        """Every value by which a hidden row could be known: those that no row in sight has."""
        hidden: set[str] = set()
        seen = {str(owned.esco) for rows in self.rows.values() for owned in rows}  # communities are no secret
        for table, rows in self.rows.items():
            out_of_sight = list(self.hidden(table, homes, escos))
            for owned in rows:
                (hidden if owned in out_of_sight else seen).update(_telling(owned))
        return hidden - seen


async def read_catalog(db: Connection) -> World:
    keys = [Key(**row) for row in await db.fetch(KEYS)]
    tables = {}
    for row in await db.fetch(TABLES):
        name = row["name"]
        own = [key for key in keys if key.source == name]
        tables[name] = Table(name, await db.fetch(COLUMNS, name), await db.fetchval(PRIMARY, name) or [], own)
    return World(tables, keys)


async def make_world(db: Connection, community: Community) -> World:
    """A row in each table for each home, or for each community where homes have none of their own."""
    world = await read_catalog(db)
    private = _private(world)
    names = {"ann": community.ann, "bob": community.bob, "cid": community.cid}
    graph = {name: {key.target for key in table.keys if key.target != name} for name, table in world.tables.items()}
    for cycle in (("public.properties", "public.customers"),):
        graph[cycle[1]].discard(cycle[0])
    for name in TopologicalSorter(graph).static_order():
        table = world.tables[name]
        if name in REFERENCE:
            continue
        assert name in private or any(key.target in world.rows or key.target == "flows.escos" for key in table.keys), (
            f"{name} leads to no community: say in REFERENCE that it holds nothing of anyone, or give it a key"
        )
        for mark, home in names.items():
            if name not in private and mark == "bob":
                continue
            owner = mark if name in private else None
            row = await _existing(db, table, home) or await _fill(db, world, table, home, mark)
            world.rows.setdefault(name, []).append(Owned(home.esco, owner, dict(row)))
    return world


def _private(world: World) -> set[str]:
    found = set(HOME_ROOTS)
    while True:
        more = {key.source for key in world.keys if key.target in found} - found - REFERENCE
        if not more:
            return found
        found |= more


async def _existing(db: Connection, table: Table, home: Home) -> asyncpg.Record | None:
    """What the community was made with."""
    known = {
        "public.customers": ("id", home.customer),
        "public.users": ("id", home.user),
        "public.properties": ("id", home.property),
        "public.accounts": ("id", home.account),
        "public.meters": ("id", home.meter),
        "public.payments": ("id", home.payment),
        "public.invoices": ("number", home.invoice),
        "public.customer_accounts": ("account", home.account),
        "public.microgrid_tariffs": ("esco", home.esco),
        "flows.properties": ("id", home.property),
        "flows.meter_registry": ("id", home.meter),
        "flows.meter_shadows": ("id", home.meter),
        "flows.meter_registers": ("register_id", home.register),
        "flows.meter_sync_status": ("meter_id", home.meter),
        "flows.register_interval_hh": ("register_id", home.register),
        "flows.register_interval_daily": ("register_id", home.register),
        "flows.register_import": ("register_id", home.register),
    }
    if table.name not in known:
        return None
    column, value = known[table.name]
    return await db.fetchrow(f'SELECT * FROM {table.name} WHERE "{column}" = $1 LIMIT 1', value)


async def _fill(db: Connection, world: World, table: Table, home: Home, mark: str) -> asyncpg.Record:
    values = new_row(world, table, home, mark)
    try:
        async with db.transaction():
            if table.name in WITH_PARENT:
                await db.execute(PAST_TRIGGERS)
            if counterpart := COUNTERPARTS.get(table.name):
                return await _insert_two(db, table.name, values, {**values, **counterpart})
            return await insert(db, table.name, **values)
    except asyncpg.PostgresError as error:
        raise AssertionError(f"{table.name} cannot be filled by itself ({error}): name values in VALUES") from error


async def _insert_two(
    db: Connection, table: str, first: Mapping[str, Any], second: Mapping[str, Any]
) -> asyncpg.Record:
    """In one statement; the first as the database made it."""
    names = ", ".join(f'"{name}"' for name in first)
    places = [f"${position}" for position in range(1, 2 * len(first) + 1)]
    rows = ", ".join(f"({', '.join(part)})" for part in (places[: len(first)], places[len(first) :]))
    made = await db.fetch(f"INSERT INTO {table} ({names}) VALUES {rows} RETURNING *", *first.values(), *second.values())
    return made[0]


def new_row(world: World, table: Table, home: Home, mark: str) -> dict[str, Any]:
    """Values of a row that would be this home's."""
    return _values(world, table, home, mark) | dict(VALUES.get(table.name, {}))


def _values(world: World, table: Table, home: Home, mark: str) -> dict[str, Any]:
    links = {key.column: key for key in table.keys}
    values: dict[str, Any] = {}
    for column in table.columns:
        name = column["name"]
        if column["generated"]:
            continue
        if key := links.get(name):
            values[name] = _linked(world, key, home, mark)
        elif not column["has_default"] and (column["required"] or (column["type"] == "text" and not column["checks"])):
            values[name] = _example(column, mark)
    return {name: value for name, value in values.items() if value is not None}


def _linked(world: World, key: Key, home: Home, mark: str) -> Any:
    if key.target == "flows.escos":
        return home.esco
    for owned in world.rows.get(key.target, []):
        if owned.home == mark or (owned.home is None and owned.esco == home.esco):
            return owned.row[key.referenced]
    return None


def _example(column: asyncpg.Record, mark: str) -> Any:
    for check in column["checks"]:
        if words := re.search(rf"\(?\b{column['name']}\b = ANY \(\(?ARRAY\['([^']+)'", check):
            return words[1]
    kind = re.sub(r"\(.*\)", "", column["type"])
    examples: dict[str, Any] = {
        "text": f"isolation-{mark}-{uuid4().hex[:8]}",
        "uuid": uuid4(),
        "date": date(2026, 10, 1),
        "timestamp with time zone": datetime(2026, 10, 5, tzinfo=UTC),
        "boolean": False,
        "jsonb": {},
        "bytea": uuid4().bytes,
        "inet": "192.0.2.1",
        "text[]": [f"isolation-{mark}"],
        "daterange": asyncpg.Range(date(2026, 10, 1), date(2026, 11, 1)),
    }
    return examples.get(kind, 1)


def _telling(owned: Owned) -> Iterator[str]:
    for value in owned.row.values():
        if isinstance(value, UUID) or (isinstance(value, str) and value.startswith("isolation-")):
            yield str(value)
