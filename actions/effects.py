"""What actions do to the world: answers kept, an enrollment submitted or withdrawn, a human called.

All of it in one transaction, keyed by conversation and message, so that an action may run again after a crash.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot.enrollment import record
from bot.handoff.tickets import TicketDraft, open_ticket
from bot.page import links
from bot.records.database import get_database
from bot.settings import get_settings

if TYPE_CHECKING:
    from actions.context import Context


@dataclass
class Effects:
    """`answers`: link id -> {value, label}, or None to take one back. `consents`: given or refused in this turn.

    `take_back`: scopes of consent that are no longer in force.
    `page_token`: opens the page of what was told, from now on.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    consents: list[record.Consented] = field(default_factory=list)
    submit: bool = False
    withdraw: bool = False
    take_back: tuple[str, ...] = ()
    tickets: list[TicketDraft] = field(default_factory=list)
    page_token: str = ""

    def add(self, other: Effects) -> None:
        """Do what other effects do as well."""
        self.answers |= other.answers
        self.consents += other.consents
        self.submit = self.submit or other.submit
        self.withdraw = self.withdraw or other.withdraw
        self.take_back += other.take_back
        self.tickets += other.tickets
        self.page_token = other.page_token or self.page_token

    def nothing(self) -> bool:
        """Whether there is nothing to do, so that no transaction is needed."""
        told = (self.answers, self.consents, self.submit, self.withdraw, self.take_back)
        return not any((*told, self.tickets, self.page_token))

    async def carry_out(self, ctx: Context) -> None:
        """Do it, on the database's own threads; durable when this returns."""
        if not self.nothing():
            await get_database().write(
                _write, ctx.conversation_id, ctx.questionnaire.record, ctx.message_id, self
            )


def _write(
    connection: Connection, conversation_id: str, questionnaire: str, message_id: str, effects: Effects
) -> None:
    if effects.answers:
        _reopen(connection, conversation_id)
        record.save_answers(connection, conversation_id, questionnaire, message_id, effects.answers)
    for given in effects.consents:
        record.record_consent(connection, conversation_id, questionnaire, message_id, given)
    if effects.withdraw:
        record.empty(connection, conversation_id, message_id)
    if effects.take_back:
        record.take_back(connection, conversation_id, message_id, effects.take_back)
    if effects.submit:
        record.submit(connection, conversation_id, questionnaire, message_id)
    if effects.page_token:
        links.keep(connection, conversation_id, message_id, effects.page_token, get_settings().page_days)
    for draft in effects.tickets:
        open_ticket(connection, conversation_id, message_id, draft)


def _reopen(connection: Connection, conversation_id: str) -> None:
    """Someone who had refused consent has changed their mind."""
    for found in record.of_conversation(connection, conversation_id):
        if found.state == record.WITHDRAWN:
            record.move(connection, found.id, record.STARTED, "person")
