"""Token buckets in Redis, shared by all processes of the gateway; each process takes some tokens ahead.

A bucket holds `count` tokens and is filled up again over the rate's period. A process takes a hundredth of a bucket at
a time and spends it by itself, so that most requests cost no round trip; what it has taken and not spent is at most
that. While Redis is away every request passes.
"""

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from flows_api.rates.rate import Rate
from flows_shared.logs import get_logger

SHARE: Final = 100
KNOWN_BUCKETS: Final = 50_000
REDIS_SECONDS: Final = 0.25
PAUSE_SECONDS: Final = 1.0

# Of each bucket: tokens granted, tokens left, milliseconds until the next one.
TAKE: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count, period, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local passed = math.max(0, now - (tonumber(kept[2]) or now))
local tokens = math.min(count, (tonumber(kept[1]) or count) + passed * count / period)
local granted = math.min(wanted, math.floor(tokens))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], period)
return {granted, math.floor(tokens), math.ceil((math.floor(tokens) + 1 - tokens) * period / count)}
"""

log = get_logger()


@dataclass(frozen=True)
class RateStatus:
    """Where one stands after a request; `retry_seconds` is 0 when it may pass."""

    limit: int
    remaining: int
    reset_seconds: int
    retry_seconds: int = 0

    @property
    def refused(self) -> bool:
        return self.retry_seconds > 0

    def headers(self) -> dict[str, str]:
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        return {**headers, "Retry-After": str(self.retry_seconds)} if self.refused else headers


@dataclass
class TokenLease:
    """What this process knows of a bucket, and the tokens that it has taken and not spent."""

    tokens: int
    left: int
    until: float
    empty_until: float = 0.0


class Limiter:
    def __init__(self, redis_url: str) -> None:
        self.redis = Redis.from_url(redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
        self._take = self.redis.register_script(TAKE)
        self._leases: OrderedDict[str, TokenLease] = OrderedDict()
        self._paused_until = 0.0

    async def take(self, bucket: str, rate: Rate) -> RateStatus | None:
        """Count a request; None while Redis does not answer, and then it passes."""
        lease = self._lease(bucket)
        if lease is None or (lease.tokens <= 0 and lease.empty_until <= monotonic()):
            lease = await self._renew(bucket, rate, lease.tokens if lease else 0)
            if lease is None:
                return None
        if lease.tokens <= 0:
            return _status(rate, lease, max(1, ceil(lease.empty_until - monotonic())))
        lease.tokens -= 1
        return _status(rate, lease)

    async def close(self) -> None:
        await self.redis.aclose()

    def _lease(self, bucket: str) -> TokenLease | None:
        lease = self._leases.get(bucket)
        return lease if lease and lease.until > monotonic() else None

    async def _renew(self, bucket: str, rate: Rate, kept: int) -> TokenLease | None:
        if monotonic() < self._paused_until:
            return None
        wanted = ceil(rate.count / SHARE)
        try:
            granted, left, wait_ms = await self._take(
                keys=[f"flows:rate:{bucket}"], args=[rate.count, rate.seconds * 1000, wanted]
            )
        except (RedisError, OSError, TimeoutError) as error:
            self._paused_until = monotonic() + PAUSE_SECONDS
            log.warning("rate_limits_paused", reason=f"{type(error).__name__}: {error}", seconds=PAUSE_SECONDS)
            return None
        now = monotonic()
        lease = TokenLease(kept + granted, left, now + rate.seconds, 0.0 if granted else now + wait_ms / 1000)
        if (meanwhile := self._lease(bucket)) is not None:  # another request of this process renewed it too
            lease.tokens += meanwhile.tokens - kept
        self._leases[bucket] = lease
        self._leases.move_to_end(bucket)
        while len(self._leases) > KNOWN_BUCKETS:
            self._leases.popitem(last=False)
        return lease


def _status(rate: Rate, lease: TokenLease, retry_seconds: int = 0) -> RateStatus:
    remaining = lease.tokens + lease.left
    reset_seconds = ceil((rate.count - remaining) * rate.seconds / rate.count)
    return RateStatus(rate.count, remaining, max(0, reset_seconds), retry_seconds)
