"""docs/schema.sql is the schema."""

from pathlib import Path

from flows_local.schema_page import schema_page
from flows_local.servers import FOR_TESTS, Postgres

PAGE = Path(__file__).parents[2] / "docs" / "schema.sql"


def test_page_is_that_of_the_present_schema(server_directory: Path) -> None:
    with Postgres(server_directory / "postgres", settings=FOR_TESTS) as postgres:
        assert schema_page(postgres) == PAGE.read_text("utf-8"), "call make schema"
