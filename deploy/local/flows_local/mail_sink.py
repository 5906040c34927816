"""A mail server that keeps what it gets: one .eml file a mail."""

import re
from pathlib import Path
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from flows_shared.time import utc_now


class MailSink:
    """Listens on 127.0.0.1 while it is entered, and takes mail for anyone."""

    def __init__(self, directory: Path, port: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._controller = Controller(self, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def count(self) -> int:
        """The mails kept, those of earlier starts among them."""
        return sum(1 for _ in self.directory.glob("*.eml"))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        recipient = re.sub(r"[^\w.@+-]", "_", envelope.rcpt_tos[0])
        file = self.directory / f"{utc_now():%Y-%m-%dT%H%M%S.%f} {recipient}.eml"
        part = file.with_suffix(".part")
        part.write_bytes(envelope.content)
        part.rename(file)
        return "250 kept"
