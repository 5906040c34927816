"""Who asks, whichever way they proved it."""

import json
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args
from uuid import UUID

AccessRole: TypeAlias = Literal["anon", "customer", "admin", "service", "mediator", "reporting"]
Person: TypeAlias = Literal["customer", "admin"]

ROLES: Final = get_args(AccessRole)
PEOPLE: Final = get_args(Person)


@dataclass(frozen=True)
class Principal:
    """`role` is the database's; `claims` are the token's with that role, as JSON, for row level security.

    A person's token names its `session`; a program has a `key`. Without `scopes` only row level security decides.
    """

    role: AccessRole
    subject: str | None
    claims: str
    session: UUID | None = None
    key: UUID | None = None
    scopes: frozenset[str] | None = None

    @property
    def anonymous(self) -> bool:
        return self.role == "anon"

    @property
    def actor(self) -> str | None:
        """Whom the audit log names: the program itself, not the person who made its key."""
        return f"api_key:{self.key}" if self.key else self.subject

    def may_write(self, schema: str) -> bool:
        """As `flows.check_write` decides of a whole schema, for what is done by a service and not by a statement."""
        return self.scopes is None or not self.scopes.isdisjoint({"write", f"write:{schema}"})


ANONYMOUS: Final = Principal("anon", None, '{"role":"anon"}')


def principal_of(user_id: UUID, role: Person = "customer") -> Principal:
    """A user as whom their own row can be read, whichever role it names."""
    return Principal(role, str(user_id), json.dumps({"sub": str(user_id), "role": role}))
