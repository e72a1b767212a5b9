"""A real mail server in this process, which can be down and come back on the same port."""

from __future__ import annotations

import email
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller

from bot.supervisor import free_port


class _Inbox:
    def __init__(self) -> None:
        self.received: list[tuple[list[str], Message]] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - the library's name
        """Take or refuse a recipient."""
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        """Keep a message."""
        self.received.append((list(envelope.rcpt_tos), email.message_from_bytes(envelope.content)))
        return "250 OK"


class MailServer:
    """Takes mail on a loopback port."""

    def __init__(self) -> None:
        self.port = free_port()
        self._inbox = _Inbox()
        self._controller: Controller | None = None

    def start(self) -> MailServer:
        """Start, or come back."""
        self._controller = Controller(self._inbox, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self) -> None:
        """Be away."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def refuse(self, address: str) -> None:
        """From now on this mailbox does not exist."""
        self._inbox.refused.add(address)

    def to(self, address: str) -> list[Message]:
        """What a mailbox has received."""
        return [message for rcpts, message in self._inbox.received if address in rcpts]

    def everything(self) -> str:
        """All mail as one text."""
        return "\n".join(message.as_string() for _, message in self._inbox.received)
