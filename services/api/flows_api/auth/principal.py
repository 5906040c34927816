"""Who asks, whichever way they proved it."""

import json
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args
from uuid import UUID

AccessRole: TypeAlias = Literal["anon", "customer", "admin", "service", "reporting"]
Person: TypeAlias = Literal["customer", "admin"]

ROLES: Final = get_args(AccessRole)
PEOPLE: Final = get_args(Person)


@dataclass(frozen=True)
class Principal:
    """`role` is the database's; `claims` are the token's with that role, as JSON, for row level security."""

    role: AccessRole
    subject: str | None
    claims: str

    @property
    def anonymous(self) -> bool:
        return self.role == "anon"


ANONYMOUS: Final = Principal("anon", None, '{"role":"anon"}')


def principal_of(user_id: UUID) -> Principal:
    """A user as whom their own row can be read, whichever role it names."""
    return Principal("customer", str(user_id), json.dumps({"sub": str(user_id), "role": "customer"}))
