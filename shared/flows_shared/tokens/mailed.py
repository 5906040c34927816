"""Tokens that two services derive from the shared secret, so that they are stored nowhere."""

import hmac
from base64 import urlsafe_b64encode
from uuid import UUID

from flows_shared.settings import ServiceSettings


def mailed_token(settings: ServiceSettings, purpose: str, row: UUID) -> str:
    """The token of a row whose mail is sent by another service: both derive it, so that it is stored nowhere."""
    return derived_token(settings, purpose, str(row))


def mailed_invite(settings: ServiceSettings, row: UUID) -> UUID:
    """The token in an invite's mail: 122 random bits, as an invite's own token is."""
    secret = settings.jwt_secret.get_secret_value().encode()
    return UUID(bytes=hmac.digest(secret, f"invite:{row}".encode(), "sha256")[:16], version=4)


def mailed_code(settings: ServiceSettings, row: UUID) -> str:
    """Eight digits of a row, to be typed in by hand: good where tries are counted."""
    secret = settings.jwt_secret.get_secret_value().encode()
    digest = hmac.digest(secret, f"code:{row}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**8:08}"


def derived_token(settings: ServiceSettings, purpose: str, text: str) -> str:
    """What follows from the text for who knows the secret, and looks random to everybody else."""
    secret = settings.jwt_secret.get_secret_value().encode()
    digest = hmac.digest(secret, f"{purpose}:{text}".encode(errors="replace"), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
