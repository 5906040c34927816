"""INSERT, UPDATE and DELETE, with the body read by the database."""

from typing import Final

from flows_api.rest.plan.write import WritePlan, WrittenColumn
from flows_api.rest.query.conditions import where_sql
from flows_api.rest.query.one_trip import IS_SET, REQUEST
from flows_api.rest.query.writer import Writer, quote, quote_literal, quote_name
from flows_api.rest.request.payload import is_json_object

BODY: Final = "pgrst_body"
# A row that was inserted counts one up; one that met another and was merged into it, one down again.
COUNTED: Final = (
    "set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0) {step})::text,"
    " true) <> {never}"
)
INSERTED: Final = COUNTED.format(step="+ 1", never="'0'")
MERGED: Final = COUNTED.format(step="- 1", never="'-1'")


def write_sql(writer: Writer, plan: WritePlan, *, one_trip: bool = False) -> str:
    match plan.kind:
        case "insert" | "upsert":
            return _insert(writer, plan, one_trip=one_trip)
        case "update":
            return _update(writer, plan)
        case "delete":
            return f"DELETE FROM {quote_name(plan.relation.full_name)}{_where(writer, plan)}{_returning(plan)}"


def body_sql(
    writer: Writer, body: bytes, columns: tuple[WrittenColumn, ...], *, fills_defaults: bool, one: bool
) -> str:
    """A FROM item with a column for each of the body's keys."""
    is_object = is_json_object(body)
    data = f"(SELECT {writer.bind(body)}::json{'::jsonb' if fills_defaults else ''} AS data) AS pgrst_payload"
    value, prefix = "pgrst_payload.data", "jsonb" if fills_defaults else "json"
    if fills_defaults:
        data += f", LATERAL ({_with_defaults(columns, is_object=is_object)}) AS pgrst_filled"
        value = "pgrst_filled.data"
    if not columns:
        rows = "(VALUES (1)) AS _" if is_object else f"{prefix}_array_elements({value}) AS _"
        return f"{data}, LATERAL (SELECT FROM {rows}) AS {BODY}"
    taken = ", ".join(_taken(each) for each in columns)
    typed = ", ".join(f"{quote(c.column.name)} {'json' if c.parser else c.column.full_type}" for c in columns)
    rows = f"{prefix}_to_record{'' if is_object else 'set'}({value}) AS _({typed}){' LIMIT 1' if one else ''}"
    return f"{data}, LATERAL (SELECT {taken} FROM {rows}) AS {BODY}"


def _insert(writer: Writer, plan: WritePlan, *, one_trip: bool) -> str:
    names = ", ".join(quote(each.column.name) for each in plan.columns)
    values = ", ".join(f"{BODY}.{quote(each.column.name)}" for each in plan.columns)
    text = f"INSERT INTO {quote_name(plan.relation.full_name)}{f'({names})' if names else ''} SELECT {values} FROM "
    text += f"{REQUEST}, " if one_trip else ""
    text += body_sql(writer, plan.body, plan.columns, fills_defaults=plan.fills_defaults, one=False)
    conditions = [IS_SET] if one_trip else []
    conditions += [INSERTED] if plan.merges else []
    conditions += [where_sql(writer, BODY, where, _never) for where in plan.where]
    if conditions:
        text += " WHERE " + " AND ".join(f"({condition})" for condition in conditions)
    return text + _conflict(plan) + _returning(plan)


def _conflict(plan: WritePlan) -> str:
    if plan.resolution is None or not plan.conflict:
        return ""
    target = f" ON CONFLICT ({', '.join(quote(name) for name in plan.conflict)})"
    if not plan.merges or not plan.columns:
        return f"{target} DO NOTHING"
    changes = ", ".join(f"{quote(c.column.name)} = EXCLUDED.{quote(c.column.name)}" for c in plan.columns)
    return f"{target} DO UPDATE SET {changes} WHERE {MERGED}"


def _update(writer: Writer, plan: WritePlan) -> str:
    table = quote_name(plan.relation.full_name)
    if not plan.columns:
        place = quote(plan.relation.name)
        shown = ", ".join(f"{place}.{'*' if name == '*' else quote(name)}" for name in plan.returned)
        return f"SELECT {shown or 'NULL'} FROM {table} WHERE false"
    changes = ", ".join(f"{quote(each.column.name)} = {BODY}.{quote(each.column.name)}" for each in plan.columns)
    body = body_sql(writer, plan.body, plan.columns, fills_defaults=plan.fills_defaults, one=True)
    return f"UPDATE {table} SET {changes} FROM {body}{_where(writer, plan)}{_returning(plan)}"


def _where(writer: Writer, plan: WritePlan) -> str:
    place = quote(plan.relation.name)
    conditions = [where_sql(writer, place, where, _never) for where in plan.where]
    return " WHERE " + " AND ".join(f"({condition})" for condition in conditions) if conditions else ""


def _returning(plan: WritePlan) -> str:
    """At least a value a row, so that the rows can be counted."""
    place = quote(plan.relation.name)
    shown = ", ".join(f"{place}.{'*' if name == '*' else quote(name)}" for name in plan.returned)
    return f" RETURNING {shown or '1'}"


def _taken(each: WrittenColumn) -> str:
    name = quote(each.column.name)
    return f"{each.parser}({name}) AS {name}" if each.parser else name


def _with_defaults(columns: tuple[WrittenColumn, ...], *, is_object: bool) -> str:
    """What the body leaves out has the value that the database would give it."""
    pairs = ", ".join(
        f"{quote_literal(each.column.name)}, {each.column.default}" for each in columns if each.column.default
    )
    defaults = f"jsonb_build_object({pairs})"
    if is_object:
        return f"SELECT {defaults} || pgrst_payload.data AS data"
    return f"SELECT jsonb_agg({defaults} || item) AS data FROM jsonb_array_elements(pgrst_payload.data) AS item"


def _never(label: str) -> str:
    raise AssertionError(f"a write has no embedded rows, but was asked for {label}")
