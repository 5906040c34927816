"""From a request to its answer: planned, written as SQL, run in one transaction."""

import json
from collections.abc import Iterator
from typing import Final

from asyncpg import Record

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.functions import Function
from flows_api.rest.catalog.relations import Name
from flows_api.rest.database import (
    Caller,
    PooledConnection,
    RestDatabase,
    Settings,
    Transaction,
    as_bytes,
    fetch_expected_rows,
    fetch_one,
    fetch_plan,
)
from flows_api.rest.errors import (
    AnswerTooLong,
    MaxAffectedOfOne,
    MediaTypeUnavailable,
    NotOneRow,
    TooManyAffected,
    UpsertKeyDiffers,
)
from flows_api.rest.media_types import ANY, JSON, OPENAPI
from flows_api.rest.openapi.document import describe_schema, read_access
from flows_api.rest.options import RestOptions
from flows_api.rest.plan.call import find_function, plan_call, source_of
from flows_api.rest.plan.media import Form
from flows_api.rest.plan.read import Node, find_relation, plan_rows
from flows_api.rest.planned import PlannedRequest, check_preferences, counting_of, form_of, plan_request
from flows_api.rest.query.one_trip import SETTINGS
from flows_api.rest.query.statement import call_statement, count_estimate_statement
from flows_api.rest.query.writer import Statement, quote, quote_name
from flows_api.rest.request.request import RawRequest, Request
from flows_api.rest.response import (
    Response,
    Result,
    allow_response,
    call_response,
    document_response,
    function_methods,
    plan_response,
    relation_methods,
    rows_response,
    warning_of,
    write_response,
)
from flows_api.rest.timing import Timing

AS_JSON: Final = json.JSONEncoder(ensure_ascii=False)
NO_COOKIES: Final = "{}"
SCHEMA_METHODS: Final = ("OPTIONS", "GET", "HEAD")


class Answer:
    """One request of one caller, with the schema as it is known now."""

    def __init__(
        self, catalog: Catalog, options: RestOptions, database: RestDatabase, caller: Caller, timing: Timing | None
    ) -> None:
        self.catalog = catalog
        self.options = options
        self.database = database
        self.caller = caller
        self.timing = timing

    async def to(self, asked: Request | PlannedRequest) -> Response:
        """What is planned already need not be planned again."""
        response = await (self._rows(asked) if isinstance(asked, PlannedRequest) else self._dispatch(asked))
        if self.timing:
            self.timing.done("response")
        return response

    async def _dispatch(self, request: Request) -> Response:
        match request.kind:
            case "schema":
                return await self._describe(request)
            case "function":
                return await self._call(request)
            case "relation" if request.method == "OPTIONS":
                relation = find_relation(self.catalog, request.schema, request.name)
                return allow_response(relation_methods(relation))
            case "relation":
                return await self._rows(plan_request(self.catalog, self.options, request))

    async def _rows(self, planned: PlannedRequest) -> Response:
        self._planned()
        response = await (self._write(planned) if planned.request.write else self._read(planned))
        response.headers.extend(warning_of(planned.node.called_by_name))
        return response

    async def _read(self, planned: PlannedRequest) -> Response:
        request, form, statement = planned.request, planned.form, planned.statement
        if planned.one_trip:
            transaction = self._transaction(request, planned.raw)
            result = self._result_of(await self.database.fetch_in_one_trip(transaction, statement))
            _check_one(form, result)
            self._ran()
            return rows_response(request, planned.raw, result, form.media, minimal=self.options.minimal_errors)
        async with self.database.transaction(self._transaction(request, planned.raw)) as connection:
            if form.media.plan_of is not None:
                return plan_response(request, await fetch_plan(connection, statement), form.media)
            result = await self._result(connection, request, statement, planned.node)
            _check_one(form, result)
        self._ran()
        return rows_response(request, planned.raw, result, form.media, minimal=self.options.minimal_errors)

    async def _write(self, planned: PlannedRequest) -> Response:
        request, form, statement = planned.request, planned.form, planned.statement
        if planned.one_trip:
            transaction = self._transaction(request, planned.raw)
            result = self._result_of(await self.database.fetch_in_one_trip(transaction, statement))
            self._ran()
            return write_response(request, result, form.media, planned.relation)
        async with self.database.transaction(self._transaction(request, planned.raw, writes=True)) as connection:
            if form.media.plan_of is not None:
                return plan_response(request, await fetch_plan(connection, statement), form.media)
            result = self._result_of(await fetch_one(connection, statement))
            if request.write == "upsert":
                if result.rows != 1:
                    raise UpsertKeyDiffers
            else:
                _check_one(form, result)
                _check_affected(request, result, counted=request.write in ("update", "delete"))
        self._ran()
        return write_response(request, result, form.media, planned.relation)

    async def _call(self, request: Request) -> Response:
        function = find_function(self.catalog, request)
        if request.method == "OPTIONS":
            return allow_response(function_methods(function))
        source = source_of(self.catalog, function)
        node = plan_rows(self.catalog, self.options, request, source)
        plan = plan_call(request, function, node)
        target = source.relation if function.returns_row else function.full_name
        form = form_of(self.catalog, self.options, request, target, node)
        check_preferences(request)
        if request.preferences.strict and request.preferences.max_affected is not None and not function.returns_set:
            raise MaxAffectedOfOne
        statement = call_statement(
            plan,
            node,
            form,
            counting_of(self.options, request),
            headers_only=request.headers_only,
            most_bytes=self.options.max_answer_bytes,
        )
        self._planned()
        writes = request.method == "POST" and function.volatility == "volatile"
        transaction = self._transaction(request, request.raw, writes=writes, function=function)
        async with self.database.transaction(transaction) as connection:
            if form.media.plan_of is not None:
                return plan_response(request, await fetch_plan(connection, statement), form.media)
            result = await self._result(connection, request, statement, node)
            _check_one(form, result)
            _check_affected(request, result, counted=True)
        self._ran()
        response = call_response(request, result, form.media, function, minimal=self.options.minimal_errors)
        response.headers.extend(warning_of(node.called_by_name))
        return response

    async def _describe(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return allow_response(SCHEMA_METHODS)
        if not {JSON, OPENAPI, ANY} & set(request.accepts):
            raise MediaTypeUnavailable([media.mime for media in request.accepts])
        self._planned()
        async with self.database.transaction(self._transaction(request, request.raw)) as connection:
            access = await read_access(connection, self.catalog, request.schema, self.options.openapi_mode)
        self._ran()
        return document_response(request, describe_schema(self.catalog, self.options, request.schema, access))

    async def _result(self, connection: PooledConnection, request: Request, statement: Statement, node: Node) -> Result:
        """With the number of rows that PostgreSQL expects, where that was asked for."""
        record = await fetch_one(connection, statement)
        preferred = request.preferences.count
        guessed = preferred in ("planned", "estimated") and self.options.count_ceiling is None
        if not guessed or request.kind == "function":
            return self._result_of(record)
        most, counted = self.options.max_rows, record["total"]
        if preferred == "estimated" and most is not None and counted <= most:
            return self._result_of(record)
        expected = await fetch_expected_rows(connection, count_estimate_statement(node))
        return self._result_of(record, total=max(counted or 0, expected))

    def _result_of(self, record: Record, *, total: int | None = None) -> Result:
        most = self.options.max_answer_bytes
        if most is not None and (record.get("size") or 0) > most:
            raise AnswerTooLong(most)
        return Result(
            rows=record["rows"],
            body=as_bytes(record["body"]),
            total=record["total"] if total is None else total,
            location=record["location"] or (),
            headers=record["headers"],
            status=record["status"],
            inserted=record["inserted"],
        )

    def _transaction(
        self, request: Request, raw: RawRequest, *, writes: bool = False, function: Function | None = None
    ) -> Transaction:
        preferred = request.preferences.tx
        role_isolation = self.catalog.role_isolation.get(self.caller.role)
        return Transaction(
            caller=self.caller,
            shared_settings=self._shared_settings(request.schema),
            settings=tuple(self._settings(request, raw, function)),
            writes=writes,
            rolls_back=preferred == "rollback" or (self.options.rolls_back and preferred != "commit"),
            isolation=(function.isolation if function else None) or role_isolation,
            pre_request=_call_of(self.options.pre_request),
        )

    def _shared_settings(self, schema: str) -> Settings:
        """The same for every request of the role in the schema.

        The role's own come before the role: whoever logs in may be allowed to set what the role may not.
        """
        role, options = self.caller.role, self.options
        shared = self.catalog.shared_settings.get((role, schema))
        if shared is None:
            schemas = (schema, *options.extra_search_path)
            timeout = options.timeout_of(role)
            shared = self.catalog.shared_settings[role, schema] = (
                ("search_path", ", ".join(quote(name) for name in schemas)),
                *((("statement_timeout", str(round(timeout * 1000))),) if timeout is not None else ()),
                *self.catalog.role_settings.get(role, ()),
                *options.app_settings.items(),
                ("default_transaction_read_only", "off"),
                ("role", role),
            )
        return shared

    def _settings(self, request: Request, raw: RawRequest, function: Function | None) -> Iterator[tuple[str, str]]:
        headers, cookies = AS_JSON.encode(raw.headers), NO_COOKIES
        if "cookie" in raw.headers:
            headers = AS_JSON.encode({name: value for name, value in raw.headers.items() if name != "cookie"})
            cookies = AS_JSON.encode(raw.cookies())
        yield from zip(SETTINGS, (self.caller.claims, raw.method, raw.path, headers, cookies), strict=True)
        if request.preferences.timezone is not None:
            yield "timezone", request.preferences.timezone
        yield from function.settings if function else ()

    def _planned(self) -> None:
        if self.timing:
            self.timing.done("plan")

    def _ran(self) -> None:
        if self.timing:
            self.timing.done("transaction")


def _check_one(form: Form, result: Result) -> None:
    if form.is_one_row and result.rows != 1:
        raise NotOneRow(result.rows)


def _check_affected(request: Request, result: Result, *, counted: bool) -> None:
    most = request.preferences.max_affected
    if counted and request.preferences.strict and most is not None and result.rows > most:
        raise TooManyAffected(result.rows)


def _call_of(function: str | None) -> str | None:
    """`schema.name`, or a name that the search path finds."""
    if not function:
        return None
    schema, _, name = function.rpartition(".")
    return f"{quote_name(Name(schema, name))}()"
