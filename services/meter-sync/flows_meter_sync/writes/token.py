"""A top-up token: money, so it is sent once, and only the meter's own count tells whether it was taken."""

from decimal import Decimal
from typing import ClassVar, Final

from flows_meter_sync.emop import objects, units, write
from flows_meter_sync.emop.errors import ObjectUnknown, SecurityNotGranted
from flows_meter_sync.errors import TokenRefused, TokenUnclear
from flows_meter_sync.syncers.base import MeterSession
from flows_meter_sync.writes.write import Seen, Write, shown
from flows_shared.money import pounds

COUNTS: Final = 1 << 16  # the count of transactions begins again there
COUNT: Final = "transaction_count"
BALANCE: Final = "balance"
PAYMENT: Final = "last_payment"


class TokenWrite(Write):
    """A token of 20 digits; `amount_pence`, where it is known, tells it from another payment."""

    metrics: ClassVar = ("SyncerPrepayBalance",)

    def __init__(self, token: str, amount_pence: int | None = None) -> None:
        self.token = token
        self.amount = None if amount_pence is None else pounds(amount_pence)
        self.acknowledged = False

    async def look(self, session: MeterSession) -> Seen:
        balance = shown(await session.read(objects.PREPAY_BALANCE))
        try:
            count = await session.read(objects.TRANSACTION_COUNT)
            details = await session.read(objects.TRANSACTION_DETAILS)
        except ObjectUnknown:  # then the balance has to tell
            return {BALANCE: balance}
        return {
            BALANCE: balance,
            COUNT: count,
            PAYMENT: shown(units.pounds(details.payment_value)),
            "last_payment_at": shown(units.instant(details.payment_time)),
        }

    def wrong(self, before: Seen | None, now: Seen) -> list[str]:
        if before is None:
            return [COUNT]
        if COUNT not in now or COUNT not in before:
            risen = Decimal(str(now[BALANCE])) - Decimal(str(before[BALANCE]))
            return [] if risen > (self.amount or 0) / 2 else [BALANCE]  # it falls by what is used meanwhile
        payments = (int(str(now[COUNT])) - int(str(before[COUNT]))) % COUNTS
        ours = self.acknowledged or self.amount is None or Decimal(str(now[PAYMENT])) == self.amount
        if payments > 1:
            raise TokenUnclear(payments)
        return [] if payments and ours else [COUNT]

    async def send(self, session: MeterSession, seen: Seen) -> None:
        try:
            await session.meter.ask_once(write(objects.PREPAY_TOKEN, self.token))
        except SecurityNotGranted as error:
            raise TokenRefused from error
        self.acknowledged = True
