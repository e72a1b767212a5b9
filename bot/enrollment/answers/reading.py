"""What a parser gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

# JSON values only: an answer is kept in a dialogue slot and in the record.
AnswerValue = str | bool | int | list[str]
# Locale -> text.
Label = dict[str, str]


@dataclass(frozen=True)
class Read:
    """A value that was read.

    `sure`: no need to ask back. `strong`: clearly meant as this answer, so it beats a digression.
    `note`: what else was said and is not part of the value, for the coordinator.
    """

    value: AnswerValue
    label: Label = field(default_factory=dict)
    sure: bool = True
    strong: bool = True
    note: str = ""


@dataclass(frozen=True)
class NotRead:
    """Nothing was read; `reason` is a word id's last part (`short`, `foreign`, `question`, `unclear`, "
    "...)."""

    reason: str = "unclear"


def same(text: str) -> Label:
    """A label that reads the same in every language."""
    return {"en": text, "es": text}
