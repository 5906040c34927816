"""Passwords: argon2id, checked in a few threads of their own, as a check takes tens of milliseconds of a core."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from secrets import token_urlsafe
from typing import Final, Self

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER: Final = PasswordHasher()


def hash_password(password: str) -> str:
    """What public.users.password_hash holds."""
    return HASHER.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Takes as long where there is no hash, so that the time does not tell who has a login."""
    try:
        return HASHER.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


class PasswordChecks:
    """`threads` of them at the same time; the others wait, and the event loop goes on."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="password")
        _nobodys_hash()

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, hash_password, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, verify_password, password_hash, password)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)


@cache
def _nobodys_hash() -> str:
    return hash_password(token_urlsafe())
