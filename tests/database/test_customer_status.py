"""The derived status follows from whatever it depends on."""

from uuid import UUID

from builders import insert, make_home
from flows_shared.db import Connection


async def test_status_follows_a_home_that_its_owner_gets_and_loses(tx: Connection) -> None:
    left = await make_home(tx, status="closed")

    async def status(customer: UUID) -> str:
        return str(await tx.fetchval("SELECT status FROM public.customers WHERE id = $1", customer))

    assert await status(left.customer.id) == "archived"
    bought = await insert(tx, "public.properties", plot="Bought", esco=left.esco, owner=left.customer.id)
    assert await status(left.customer.id) == "preonboarding"
    await tx.execute("DELETE FROM public.properties WHERE id = $1", bought["id"])
    assert await status(left.customer.id) == "archived"
