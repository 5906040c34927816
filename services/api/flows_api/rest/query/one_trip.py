"""A statement that first sets what the database may know of its request, so that no other needs to come before it.

The rows of the answer are made for the row of `pgrst_request`, and settings are set where that row is made. Policies,
views and functions read them afterwards; were one to read them before, it would find none, and so show nothing.
"""

from typing import Final

REQUEST: Final = "pgrst_request"
IS_SET: Final = f"{REQUEST}.settings > 0"
# Bound after the statement's own parameters, behind the role.
SETTINGS: Final = ("request.jwt.claims", "request.method", "request.path", "request.headers", "request.cookies")
READ_ONLY: Final = "set_config('transaction_read_only', 'on', true), "

# What PostgreSQL reads as a number, and cannot, where an answer is too long to be given. Its message carries the text:
# SQL alone raises no SQLSTATE of ours, and in a database that is only served there is no function to raise one.
TOO_LONG: Final = "an answer is too long: "

# There is no row, and so no answer, where the connection is not the role that the request is to be answered as.
STATEMENT: Final = f"""\
WITH {REQUEST} AS MATERIALIZED (
    SELECT num_nonnulls({{settings}}) AS settings WHERE current_user = ${{role}}::text
){{source}}
SELECT {{columns}} FROM {REQUEST}, LATERAL ({{answer}} WHERE {IS_SET}) AS pgrst_answer"""


def one_trip_sql(answer: str, columns: str, source: str, parameters: int, *, reads: bool) -> str:
    """`columns` are those of `pgrst_answer` that are sent, `source` further parts of WITH; `parameters` are bound."""
    settings = ", ".join(
        f"set_config('{name}', ${number}::text, true)" for number, name in enumerate(SETTINGS, parameters + 2)
    )
    return STATEMENT.format(
        settings=f"{READ_ONLY if reads else ''}{settings}",
        role=parameters + 1,
        source=f", {source}" if source else "",
        answer=answer,
        columns=columns,
    )
