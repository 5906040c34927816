"""A rate as the settings write it."""

import re
from dataclasses import dataclass
from typing import Final, Self

SECONDS: Final = {"s": 1, "min": 60, "h": 3600}
PERIODS: Final = {seconds: name for name, seconds in SECONDS.items()}
WRITTEN: Final = re.compile(r"([1-9][0-9]{0,8})/(s|min|h)")


@dataclass(frozen=True)
class Rate:
    """So many at once, and so many again over each period."""

    count: int
    seconds: int

    def __str__(self) -> str:
        return f"{self.count}/{PERIODS[self.seconds]}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Of `600/min`; None of `off`."""
        if text == "off":
            return None
        written = WRITTEN.fullmatch(text)
        if written is None:
            raise ValueError("must read COUNT/s, COUNT/min, COUNT/h or off")
        return cls(int(written[1]), SECONDS[written[2]])
