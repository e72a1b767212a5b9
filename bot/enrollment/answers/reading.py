"""What a parser is given besides the text, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

# JSON values only: an answer is kept in a dialogue slot and in the record.
AnswerValue = str | bool | int | list[str]
# Locale -> text.
Label = dict[str, str]


@dataclass(frozen=True)
class About:
    """Who says it, when and where.

    `locale`: the conversation's language; people still answer in the other one. `now`: aware, the moment it was said
    (the present when omitted). `zone`: the person's own time zone.
    """

    locale: str = "en"
    now: datetime | None = None
    zone: tzinfo = UTC

    @property
    def moment(self) -> datetime:
        """The moment it was said, in the person's time zone."""
        return (self.now or datetime.now(UTC)).astimezone(self.zone)


@dataclass(frozen=True)
class Read:
    """A value that was read.

    `sure`: no need to ask back. `strong`: clearly meant as this answer, so it beats a digression.
    `note`: what else was said and is not part of the value, for the coordinator.
    `instead`: the other thing it may mean, asked next when the value was not it ("3/4/52").
    `flags`: what a person on the team must know about the value (`minor`).
    `detail`: what was understood beyond the value, as JSON, kept beside it (the windows of a time to call).
    """

    value: AnswerValue
    label: Label = field(default_factory=dict)
    sure: bool = True
    strong: bool = True
    note: str = ""
    instead: AnswerValue | None = None
    flags: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NotRead:
    """Nothing was read; `reason` is a word id's last part (`short`, `foreign`, `question`, `unclear`, ...)."""

    reason: str = "unclear"


def same(text: str) -> Label:
    """A label that reads the same in every language."""
    return {"en": text, "es": text}
