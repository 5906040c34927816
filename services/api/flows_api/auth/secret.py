"""Secrets that are given out once: how they are kept."""

from hashlib import sha256


def hash_secret(secret: str) -> bytes:
    """Of 256 random bits a fast hash is enough."""
    return sha256(secret.encode(errors="replace")).digest()
