"""Free ports. They lie below those that systems give to outgoing connections, which could take them in between."""

import random
import socket

LOWEST, BEYOND = 20_000, 32_000


def free_ports(count: int) -> list[int]:
    """So many different ports of 127.0.0.1 that nobody listens on now."""
    candidates = (port for port in random.sample(range(LOWEST, BEYOND), BEYOND - LOWEST) if is_free(port))
    return [port for port, _ in zip(candidates, range(count), strict=False)]


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now; not where this machine has no such address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
