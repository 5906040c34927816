"""/openapi.json: the typed routes, and the tables and views of /rest/v1 as the database has them."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.openapi.defaults import Document
from flows_api.rest.openapi.document import OPERATORS, describe_components, describe_paths

DESCRIPTION = f"""\
Metering and billing for energy communities.

Log in with `POST /auth/v1/token?grant_type=password` and send the `access_token` as `Authorization: Bearer ...`.
Row level security decides what you see: a customer what is theirs, an admin their communities, everyone else the list
of communities and regions.

`/rest/v1/<table>` and `/rest/v1/rpc/<function>` speak PostgREST's dialect: each column is a filter,
`column=operator.value`, with the operators
{OPERATORS}; `select=` also embeds related rows, `select=serial,escos(code)`.
"""
DATA_TAGS = {
    "public": "Business data: customers, homes, accounts, tariffs, invoices (also under the profile `myenergy`)",
    "flows": "Operational data: meters, registers and readings; ask with `Accept-Profile: flows`",
}


def build_document(app: FastAPI, catalog: Catalog | None, prefix: str) -> Document:
    """Without a catalog, as while the database is away, only the typed routes."""
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, openapi_version="3.1.0"
    )
    components = document.setdefault("components", {})
    if catalog is None:
        return document
    relations = [relation for relation in catalog.relations.values() if relation.readers]
    functions = [function for same in catalog.functions.values() for function in same if function.callers]
    document["paths"] |= describe_paths(catalog, relations, functions, prefix)
    for kind, described in describe_components(catalog, relations, functions).items():
        components[kind] = components.get(kind, {}) | described
    schemas = {relation.schema for relation in relations}
    document["tags"] = [
        {"name": f"schema {schema}", "description": DATA_TAGS.get(schema, "")} for schema in sorted(schemas)
    ]
    return document
