"""How many meters are talked to at the same time: who only waits leaves their place to another."""

import asyncio
from types import TracebackType
from typing import Final, Self

VISITS_A_SLOT: Final = 10  # a meter that closes after each answer rests for most of its visit


class Slot:
    """One of so many places, held within the block but for its rests."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots = slots
        self._held = False

    async def __aenter__(self) -> Self:
        await self._slots.acquire()
        self._held = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back()

    async def rest(self, seconds: float) -> None:
        """Let another one have the place meanwhile, and wait for one afterwards."""
        self._give_back()
        await asyncio.sleep(seconds)
        await self.__aenter__()

    def _give_back(self) -> None:
        if self._held:
            self._held = False
            self._slots.release()
