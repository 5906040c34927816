"""The one statement of a request: it returns the finished body, and what the answer's head needs to know."""

from dataclasses import dataclass

from flows_api.rest.catalog.conversions import ANY_ROW, Handler
from flows_api.rest.catalog.functions import Function
from flows_api.rest.media_types import MediaType
from flows_api.rest.plan.call import CallPlan
from flows_api.rest.plan.media import Form
from flows_api.rest.plan.read import Node
from flows_api.rest.plan.write import WritePlan
from flows_api.rest.query.calls import SCALAR, call_sql
from flows_api.rest.query.one_trip import TOO_LONG, one_trip_sql
from flows_api.rest.query.rows import SOURCE, counted_sql, rows_sql
from flows_api.rest.query.writer import Statement, Writer, quote_name
from flows_api.rest.query.writes import write_sql
from flows_api.rest.request.preferences import Preferences
from flows_api.rest.request.ranges import ALL_ROWS, RowRange

ANSWER = """\
SELECT {total} AS total, {rows} AS rows, {location}{body} AS body,
       nullif(current_setting('response.headers', true), '') AS headers,
       nullif(current_setting('response.status', true), '') AS status, {inserted} AS inserted
  FROM ({page}) AS pgrst_page"""

# A new row's key as the filters of its address. The columns stand in the order in which they were returned.
LOCATION = """\
CASE WHEN count(*) = 1 THEN
    (SELECT array_agg(json.key || '=' || coalesce('eq.' || json.value, 'is.null'))
       FROM json_each_text((SELECT row_to_json({source}) FROM {source} LIMIT 1)) AS json
      WHERE json.key = ANY({key}::text[])) END AS location, """

NO_LOCATION = "NULL::text[] AS location, "
# The body stays in the database where it is too large.
SIZED = """\
total, rows, location, CASE WHEN pg_column_size(body) <= {most} THEN body END AS body, headers, status, inserted,
       pg_column_size(body) AS size"""
# Or the statement fails, so that what it did is taken back: it is a transaction by itself.
BOUNDED = f"""\
total, rows, location, CASE WHEN pg_column_size(body) <= {{most}} THEN body
    WHEN ('{TOO_LONG}' || pg_column_size(body))::int > 0 THEN NULL END AS body, headers, status, inserted"""
INSERTED = "nullif(current_setting('pgrst.inserted', true), '')::int"
PAGE = "pgrst_page"
# A function that is not volatile would not run, were its value not asked for.
RUN = f"CASE WHEN count({PAGE}) >= 0 THEN '' END"


@dataclass(frozen=True)
class Counting:
    """`rows` are those asked for at the top. Without any limit the rows of the answer are all there are.

    Where there is a `ceiling`, counts that need not be exact are so up to there, and come from nothing else.
    """

    preferences: Preferences
    rows: RowRange
    max_rows: int | None
    ceiling: int | None = None


def read_statement(
    node: Node,
    form: Form,
    counting: Counting,
    *,
    headers_only: bool,
    most_bytes: int | None = None,
    one_trip: bool = False,
) -> Statement:
    writer = Writer(grouped=_is_grouped(node))
    page = rows_sql(writer, node)
    body = "''" if headers_only else _body(form, None)
    text = _answer(page=page, total=_total(writer, node, counting), body=body)
    if one_trip:
        return writer.statement(one_trip_sql(text, _columns(most_bytes), "", len(writer.parameters), reads=True))
    return writer.statement(_finished(form.media, "", text, most_bytes))


def write_statement(
    plan: WritePlan,
    node: Node,
    form: Form,
    preferences: Preferences,
    *,
    most_bytes: int | None = None,
    one_trip: bool = False,
) -> Statement:
    writer = Writer(grouped=_is_grouped(node))
    source = f"{SOURCE} AS ({write_sql(writer, plan, one_trip=one_trip)})"
    shows = preferences.returned == "representation"
    location = NO_LOCATION
    if plan.kind == "insert" and preferences.returned == "headers-only":
        location = LOCATION.format(source=SOURCE, key=writer.bind(list(plan.relation.primary_key)))
    text = _answer(
        page=rows_sql(writer, node) if shows else f"SELECT * FROM {SOURCE}",
        location=location,
        body=_body(form, None) if shows else "''",
        inserted=INSERTED if plan.merges else "NULL::int",
    )
    if one_trip:
        columns = _columns(most_bytes, BOUNDED)
        return writer.statement(one_trip_sql(text, columns, source, len(writer.parameters), reads=False))
    return writer.statement(_finished(form.media, f"WITH {source}\n", text, most_bytes))


def call_statement(
    plan: CallPlan, node: Node, form: Form, counting: Counting, *, headers_only: bool, most_bytes: int | None = None
) -> Statement:
    writer = Writer(grouped=_is_grouped(node))
    function = plan.function
    source = f"WITH {SOURCE} AS ({call_sql(writer, plan)})\n"
    page = rows_sql(writer, node)
    text = _answer(
        page=page,
        total=_total(writer, node, counting),
        rows="count(*)" if function.returns_set else "1::bigint",
        body=RUN if headers_only or function.returns_void else _body(form, function),
    )
    return writer.statement(_finished(form.media, source, text, most_bytes))


def count_estimate_statement(node: Node) -> Statement:
    """PostgreSQL's plan for all rows, which says how many it expects."""
    writer = Writer(grouped=_is_grouped(node))
    return writer.statement(f"EXPLAIN (FORMAT JSON) {counted_sql(writer, node)}")


def _answer(
    *,
    page: str,
    body: str,
    total: str = "NULL::bigint",
    rows: str = "count(*)",
    location: str = NO_LOCATION,
    inserted: str = "NULL::int",
) -> str:
    return ANSWER.format(total=total, rows=rows, location=location, body=body, inserted=inserted, page=page)


def _total(writer: Writer, node: Node, counting: Counting) -> str:
    count, ceiling = counting.preferences.count, counting.ceiling
    if count is None or (count == "planned" and ceiling is None):
        return "NULL::bigint"
    if counting.rows == ALL_ROWS and counting.max_rows is None:
        return "count(*)"
    counted = counted_sql(writer, node)
    if count != "exact" and ceiling is not None:
        # No fewer than the rows that are shown and those before them.
        shown = f"CASE WHEN count(*) > 0 THEN {writer.number(counting.rows.first)} + count(*) END"
        counted = f"SELECT count(*) FROM ({counted} LIMIT {writer.number(ceiling)}) AS pgrst_counted"
        return f"greatest(({counted}), {shown})"
    if count == "estimated" and counting.max_rows is not None:
        counted += f" LIMIT {writer.number(counting.max_rows + 1)}"
    return f"(SELECT count(*) FROM ({counted}) AS pgrst_counted)"


def _body(form: Form, function: Function | None) -> str:
    if isinstance(form.maker, Handler):
        return _handled(form.maker, function)
    value = f"{PAGE}.{SCALAR}" if function and not function.returns_row else PAGE
    match form.maker:
        case "csv":
            return _csv()
        case "geojson":
            return (
                "json_build_object('type', 'FeatureCollection', 'features', "
                f"coalesce(json_agg(ST_AsGeoJSON({PAGE})::json), '[]'))"
            )
        case "nothing":
            return "''"
    one = form.is_one_row or (function is not None and not function.returns_set)
    gathered = f"json_agg({value})"
    if form.stripped:
        gathered = f"json_strip_nulls({gathered})"
    return f"coalesce({gathered}->0, 'null')" if one else f"coalesce({gathered}, '[]')"


def _csv() -> str:
    header = f"(SELECT coalesce(string_agg(name, ','), '') FROM json_object_keys(json_agg({PAGE})->0) AS name)"
    row = f"substring({PAGE}::text, 2, length({PAGE}::text) - 2)"
    return f"{header} || E'\\n' || coalesce(string_agg({row}, E'\\n'), '')"


def _handled(handler: Handler, function: Function | None) -> str:
    scalar = function is not None and not function.returns_row
    if handler.is_cast:
        made = f"(array_agg({PAGE}.{SCALAR}))[1]"
    elif scalar:
        made = f"{quote_name(handler.name)}({PAGE}.{SCALAR})"
    elif handler.target == ANY_ROW:
        made = f"{quote_name(handler.name)}({PAGE})"
    else:
        made = f"{quote_name(handler.name)}({PAGE}::{quote_name(handler.target)})"
    return f"{made}::{handler.base}"


def _columns(most_bytes: int | None, bounded: str = SIZED) -> str:
    return "pgrst_answer.*" if most_bytes is None else bounded.format(most=most_bytes)


def _finished(media: MediaType, source: str, answer: str, most_bytes: int | None) -> str:
    """A plan is that of the answer alone."""
    if most_bytes is None or media.plan_of is not None:
        return _explained(media, source + answer)
    return f"{source}SELECT {_columns(most_bytes)} FROM ({answer}) AS pgrst_answer"


def _explained(media: MediaType, text: str) -> str:
    if media.plan_of is None:
        return text
    options = ", ".join([f"FORMAT {'JSON' if media.is_json_plan else 'TEXT'}", *map(str.upper, media.options)])
    return f"EXPLAIN ({options}) {text}"


def _is_grouped(node: Node) -> bool:
    return node.shows_aggregates or any(_is_grouped(child) for child in node.children)
