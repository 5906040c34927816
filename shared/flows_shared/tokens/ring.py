"""Keys of which the first signs and all verify."""

from collections.abc import Mapping, Sequence
from typing import Self

from flows_shared.settings import ServiceSettings
from flows_shared.tokens.keys import TokenKey


class KeyRing:
    """The first key signs; all of them verify, so that a key can be changed while its tokens live."""

    def __init__(self, keys: Sequence[TokenKey]) -> None:
        if not keys[0].can_sign:
            raise ValueError("the first key signs, and this one is public")
        self.current = keys[0]
        self.keys = tuple(keys)
        self.algorithms = tuple(dict.fromkeys(key.algorithm for key in keys))

    @classmethod
    def of_secrets(cls, *secrets: str) -> Self:
        return cls([TokenKey.secret(secret) for secret in secrets])

    def candidates(self, algorithm: object, kid: str | None) -> list[TokenKey]:
        return [key for key in self.keys if key.verifies(algorithm, kid)]

    def published(self) -> dict[str, list[Mapping[str, str]]]:
        """A JSON Web Key Set of what verifies tokens; secrets are not in it."""
        return {"keys": [key.public for key in self.keys if key.public]}


def secrets_ring(settings: ServiceSettings) -> KeyRing:
    """The shared secret, and the one before it while that is being changed."""
    secrets = (settings.jwt_secret, settings.jwt_previous_secret)
    return KeyRing.of_secrets(*(secret.get_secret_value() for secret in secrets if secret))
