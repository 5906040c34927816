"""The services behind the gateway, as processes of their own."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flows_local.servers import free_port
from processes import FlowsProcess

FLOWS = str(Path(sys.executable).with_name("flows"))


@contextmanager
def served(service: str, variables: Mapping[str, str], log: Path) -> Iterator[str]:
    """`flows serve SERVICE` until the context ends; its URL."""
    port = free_port()
    with FlowsProcess([FLOWS, "serve", service, "--port", str(port)], variables, log) as process:
        process.wait_until_served(port)
        yield f"http://127.0.0.1:{port}"
