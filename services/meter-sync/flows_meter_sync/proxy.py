"""The way to meters in a mobile operator's private network: a SOCKS5 proxy, with a user and a password or without."""

import asyncio
import socket
from dataclasses import dataclass, field
from typing import Final

from python_socks import ProxyConnectionError, ProxyError, ProxyType
from python_socks.async_.asyncio import Proxy as SocksClient

from flows_meter_sync.errors import MeterUnreachable, ProxyRefused, ProxyUnreachable

# RFC 1928: the proxy is well, and says why there is no way to the meter.
NO_WAY: Final = {3: "network unreachable", 4: "host unreachable", 5: "connection refused", 6: "TTL expired"}


@dataclass(frozen=True, slots=True)
class Proxy:
    """Of one community."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    async def connect(self, host: str, port: int) -> socket.socket:
        """A socket that leads to the meter."""
        loop = asyncio.get_running_loop()
        client = SocksClient(ProxyType.SOCKS5, self.host, self.port, self.username, self.password, loop=loop)
        place = f"{self.host}:{self.port}"
        try:
            return await client.connect(host, port)
        except ProxyConnectionError as error:
            raise ProxyUnreachable(place, error.strerror or error) from error
        except ProxyError as error:
            if error.error_code in NO_WAY:
                raise MeterUnreachable(f"{host}:{port}", f"{NO_WAY[error.error_code]}, says the proxy") from error
            raise ProxyRefused(place, error) from error
