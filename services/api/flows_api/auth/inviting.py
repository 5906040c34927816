"""Invites as an admin makes them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flows_shared.db import Connection
from flows_shared.errors import NotFoundError

INVITE = """
    INSERT INTO public.customer_invites (customer)
    SELECT id FROM public.customers WHERE id = $1
    RETURNING invite_token, customer, expires_at, status
"""


class CustomerUnknown(NotFoundError):
    code = "customer.unknown"

    def __init__(self, customer: UUID) -> None:
        super().__init__(f"there is no customer {customer}, or they are not of your communities")


@dataclass(frozen=True)
class MadeInvite:
    invite_token: UUID
    customer: UUID
    expires_at: datetime
    status: str


async def make_invite(db: Connection, customer: UUID) -> MadeInvite:
    """As the one who asks; the mail follows."""
    row = await db.fetchrow(INVITE, customer)
    if row is None:
        raise CustomerUnknown(customer)
    return MadeInvite(**row)
