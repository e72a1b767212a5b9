"""Reading answers back: one line each, label and value."""

from __future__ import annotations

from collections.abc import Iterable

from actions.context import Context
from actions.reply import Message
from bot import words
from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import READ_BACK


def summary(ctx: Context, opening: str) -> Message | None:
    """Everything a person has told us, under an opening word; None when that is nothing."""
    answers = ctx.position.answers
    lines = [
        (item.label[ctx.locale], item.show(answers[item.link_id])[ctx.locale])
        for item in get_catalog().told_in(ctx.questionnaire, answers)
        if item.link_id in answers and item.link_id != READ_BACK
    ]
    return as_message(ctx, opening, lines) if lines else None


def as_message(ctx: Context, opening: str, lines: Iterable[tuple[str, str]]) -> Message:
    """Lines under an opening word, as one message of kind `summary`."""
    body = "\n".join(f"- {label}: {value}" for label, value in lines)
    return Message(f"{words.text(opening, ctx.locale)}\n{body}", kind="summary")
