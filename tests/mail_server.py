"""A mail server for tests: real SMTP on a socket, with the answers that a test asks for."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from flows_local.servers import free_port

TAKEN = "250 taken"


class MailServer:
    """Keeps what it takes in `received`. It can go down and come back on its port."""

    def __init__(self, **options: Any) -> None:
        self.port = free_port()
        self.options = options
        self.received: list[EmailMessage] = []
        self.tries: dict[str, int] = defaultdict(int)
        self.recipient_answers: dict[str, list[str]] = {}
        self.message_answers: dict[str, list[str]] = {}
        self.hold: str | None = None
        self.hold_taken: str | None = None
        self._held, self._released = threading.Event(), threading.Event()
        self._take_held = True
        self._controller: Controller | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self.options)
        self._controller.start()

    def stop(self) -> None:
        self._released.set()  # or a thread that holds a mail would outlive a test that failed
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def answer(self, recipient: str, answers: Iterable[str], *, to: str = "RCPT") -> None:
        """Answer the first commands about a recipient with these replies, and take what comes after."""
        (self.recipient_answers if to == "RCPT" else self.message_answers)[recipient] = list(answers)

    async def wait_until_held(self) -> None:
        """Until the mail for `hold` is here, or that for `hold_taken` is kept: its sender waits for the answer."""
        assert await asyncio.to_thread(self._held.wait, 20), f"no mail for {self.hold or self.hold_taken}"

    def release(self, *, take: bool = True) -> None:
        """Go on with the mail that is held: take it, or drop it as if it had never come."""
        self._take_held, self.hold, self.hold_taken = take, None, None
        self._released.set()

    def recipients(self) -> list[str]:
        """To whom mails were taken, in order."""
        return [mail["To"].addresses[0].addr_spec for mail in self.received]

    async def handle_RCPT(  # noqa: N802, aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tries[address] += 1
        if answers := self.recipient_answers.get(address):
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hold == envelope.rcpt_tos[0]:
            await self._wait_for_release()
            if not self._take_held:
                return "451 dropped"
        if answers := self.message_answers.get(envelope.rcpt_tos[0]):
            return answers.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.received.append(mail)
        if self.hold_taken == envelope.rcpt_tos[0]:
            await self._wait_for_release()
        return TAKEN

    async def _wait_for_release(self) -> None:
        self._held.set()
        await asyncio.to_thread(self._released.wait)
