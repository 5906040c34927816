"""Each caller's share of the connections: who asks for more waits behind their own requests, not before others'."""

import asyncio
from dataclasses import dataclass

from flows_api.rest.errors import ShareExhausted


@dataclass
class Share:
    """`users` hold a place or wait for one."""

    places: asyncio.Semaphore
    users: int = 0


class Shares:
    """At most `most` places for each caller at the same time. A share is forgotten when nobody uses it."""

    def __init__(self, most: int, timeout_seconds: float) -> None:
        self.most = most
        self.timeout_seconds = timeout_seconds
        self._shares: dict[str, Share] = {}

    async def take(self, caller: str) -> None:
        """Raises `ShareExhausted` where no place becomes free in time."""
        share = self._shares.get(caller)
        if share is None:
            share = self._shares[caller] = Share(asyncio.Semaphore(self.most))
        share.users += 1
        is_taken = False
        try:
            if share.places.locked():
                await asyncio.wait_for(share.places.acquire(), self.timeout_seconds)
            else:
                await share.places.acquire()
            is_taken = True
        except TimeoutError:
            raise ShareExhausted from None
        finally:
            if not is_taken:
                self._leave(caller, share)

    def give(self, caller: str) -> None:
        share = self._shares[caller]
        share.places.release()
        self._leave(caller, share)

    def _leave(self, caller: str, share: Share) -> None:
        share.users -= 1
        if not share.users:
            del self._shares[caller]
