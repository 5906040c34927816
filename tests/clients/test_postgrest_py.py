"""The Python package `postgrest`, as programs use it, against a running gateway."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from postgrest import APIError, AsyncPostgrestClient, CountMethod

from api.community import Community
from clients.conftest import Served, log_in


def client(gateway: Served, token: str, schema: str = "public") -> AsyncPostgrestClient:
    headers = {"apikey": gateway.anon, "Authorization": f"Bearer {token}"}
    return AsyncPostgrestClient(f"{gateway.url}/rest/v1", schema=schema, headers=headers)


@pytest.fixture
async def ann(gateway: Served, community: Community) -> AsyncIterator[AsyncPostgrestClient]:
    async with client(gateway, log_in(gateway.url, gateway.anon, community.ann.email)["access_token"]) as ours:
        yield ours


@pytest.fixture
async def admin(gateway: Served) -> AsyncIterator[AsyncPostgrestClient]:
    async with client(gateway, log_in(gateway.url, gateway.anon, "admin@lab.example")["access_token"]) as ours:
        yield ours


async def test_reads_filters_and_counts(ann: AsyncPostgrestClient, community: Community) -> None:
    answer = await (
        ann.from_("invoices")
        .select("number,total_pence", count=CountMethod.exact)
        .gte("total_pence", 2000)
        .order("number", desc=True)
        .limit(5)
        .execute()
    )
    assert (answer.data, answer.count) == ([{"number": community.ann.invoice, "total_pence": 2100}], 1)


async def test_reads_one_row_or_none(ann: AsyncPostgrestClient) -> None:
    one = await ann.from_("customers").select("fullname").single().execute()
    assert one.data == {"fullname": "Ann"}
    none = await ann.from_("invoices").select("number").eq("number", "none").maybe_single().execute()
    assert none is None or none.data is None


async def test_embeds(ann: AsyncPostgrestClient) -> None:
    answer = await ann.from_("accounts").select("type,properties(plot)").execute()
    assert answer.data == [{"type": "supply", "properties": {"plot": "Plot ann"}}]


async def test_writes_and_upserts(admin: AsyncPostgrestClient, community: Community) -> None:
    row = {"id": str(uuid4()), "fullname": "Eve", "email": f"{uuid4().hex}@example.org", "esco": str(community.lab)}
    made = await admin.from_("customers").insert(row).execute()
    assert made.data[0]["status"] == "pending"  # type: ignore[index, call-overload]
    merged = await admin.from_("customers").upsert({**row, "fullname": "Eva"}, on_conflict="id").execute()
    assert merged.data[0]["fullname"] == "Eva"  # type: ignore[index, call-overload]
    changed = await admin.from_("customers").update({"phone": "01803"}).eq("id", row["id"]).execute()
    assert changed.data[0]["phone"] == "01803"  # type: ignore[index, call-overload]
    gone = await admin.from_("customers").delete().eq("id", row["id"]).execute()
    assert len(gone.data) == 1


async def test_calls_functions(admin: AsyncPostgrestClient, gateway: Served) -> None:
    call = admin.schema("flows").rpc("get_meters_for_cli", {"esco_filter": "lab"})
    answer = await call.select("serial").order("serial").execute()
    assert answer.data == [{"serial": "EML-ANN"}, {"serial": "EML-BOB"}]


async def test_error_is_the_databases(ann: AsyncPostgrestClient) -> None:
    with pytest.raises(APIError) as error:
        await ann.from_("invoices").insert({"number": "MINE-1"}).execute()
    assert error.value.code == "42501"


async def test_key_of_a_program_reads(gateway: Served, community: Community) -> None:
    async with client(gateway, gateway.key) as program:
        answer = await program.from_("invoices").select("number").order("number").execute()
    assert answer.data == [{"number": community.ann.invoice}, {"number": community.bob.invoice}]


async def test_profile_of_older_clients_is_known(ann: AsyncPostgrestClient, gateway: Served) -> None:
    answer = await ann.schema("myenergy").from_("invoices").select("number").execute()
    assert len(answer.data) == 1
