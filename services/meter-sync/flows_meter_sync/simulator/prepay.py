"""A prepay meter's money: the balance falls by the active tariff, and tokens raise it, each once."""

from collections.abc import Callable

from flows_meter_sync.emop import objects, units
from flows_meter_sync.simulator.config import MeterConfig
from flows_meter_sync.simulator.noise import seed_of
from flows_meter_sync.simulator.tariffs import RATE_A, RATE_B, Tariffs

PRICES_A_PENNY = 1_000  # 1/100,000 GBP
WH_A_KWH = 1_000
DAY_SECONDS = 86_400
MOST_PENCE = 10_000_000


def vend(serial: str, amount_pence: int, number: int) -> str:
    """A token that the simulated meter with this serial accepts once; give each sale another number, 0 to 99999."""
    if not (0 < amount_pence < MOST_PENCE and 0 <= number < 100_000):
        raise ValueError(f"no token for {amount_pence} pence with number {number}")
    sale = f"{amount_pence:07}{number:05}"
    return sale + f"{seed_of(serial, sale) % 10**8:08}"


class Prepay:
    """What is left, from the start balance on: exact, as it is kept in 1/1,000 of the meters' own unit."""

    def __init__(
        self, config: MeterConfig, tariffs: Tariffs, imported: Callable[[int], tuple[int, int]], start: int
    ) -> None:
        self.enabled = config.prepay
        self.count = 0
        self.last_payment = (0, 0)  # seconds since 2000, 1/100,000 GBP
        self._serial, self._known = config.serial, config.tokens
        self._used: set[str] = set()
        self._tariffs, self._imported = tariffs, imported
        self._balance = units.price(config.first_balance) * WH_A_KWH
        self._since = start

    def balance(self, second: int) -> int:
        """In 1/100,000 GBP."""
        return self._left(second) // WH_A_KWH

    def settle(self, second: int) -> None:
        """Charge what was used so far: the tariff, or whether it is charged at all, is about to change."""
        self._balance, self._since = self._left(second), max(second, self._since)

    def accept(self, token: str, second: int) -> bool:
        """Raise the balance by what the token is worth; False where it is unknown or was used."""
        pence = self._known.get(token) or self._vended(token)
        if not pence or token in self._used:
            return False
        self._used.add(token)
        self.count += 1
        self.last_payment = (second, pence * PRICES_A_PENNY)
        self._balance += pence * PRICES_A_PENNY * WH_A_KWH
        return True

    def _vended(self, token: str) -> int:
        pence, number = int(token[:7]), int(token[7:12])
        return pence if 0 < pence < MOST_PENCE and vend(self._serial, pence, number) == token else 0

    def _left(self, second: int) -> int:
        if not self.enabled or second <= self._since:
            return self._balance
        (before_a, before_b), (after_a, after_b) = self._imported(self._since), self._imported(second)
        days = second // DAY_SECONDS - self._since // DAY_SECONDS
        price = self._tariffs.price
        energy = price(RATE_A) * (after_a - before_a) + price(RATE_B) * (after_b - before_b)
        return self._balance - energy - price(objects.ACTIVE_STANDING_CHARGE) * WH_A_KWH * days
