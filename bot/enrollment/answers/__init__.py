"""Answer parsers: pure functions from text to `Read` or `NotRead`, one module a kind of answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.enrollment.answers.choosing import Option, list_label, read_choice, read_choices
from bot.enrollment.answers.free import read_text, read_time
from bot.enrollment.answers.names import read_name
from bot.enrollment.answers.phones import read_phone
from bot.enrollment.answers.places import read_zip
from bot.enrollment.answers.plain import has_question_mark, is_wordless, split_question
from bot.enrollment.answers.reading import AnswerValue, Label, NotRead, Read, same
from bot.enrollment.answers.relations import read_party, read_relation
from bot.enrollment.answers.yes_no import read_yes_no

__all__ = ["PARSERS", "AnswerValue", "Label", "NotRead", "Option", "Read", "list_label", "read", "same"]

Parser = Callable[[str, Sequence[Option]], Read | NotRead]

PARSERS: dict[str, Parser] = {
    "name": lambda text, _: read_name(text),
    "phone": lambda text, _: read_phone(text),
    "zip": lambda text, _: read_zip(text),
    "yes-no": lambda text, _: read_yes_no(text),
    "choice": read_choice,
    "choices": read_choices,
    "party": read_party,
    "relation": read_relation,
    "time": lambda text, _: read_time(text),
    "text": lambda text, _: read_text(text),
}
# Digits say what they are, also inside a question: "is 312 555 0188 ok?"
_PLAIN_IN_QUESTIONS = frozenset({"phone", "zip"})
# Kept word for word, so never cut before it is read.
_WHOLE = frozenset({"text", "time"})


def read(parser: str, text: str, options: Sequence[Option] = ()) -> Read | NotRead:
    """Read `text` with a parser by name; what is only a question is never a strong answer.

    Raises:
        KeyError: no such parser.
    """
    told, asked = split_question(text)
    if parser in _WHOLE:
        # Without a question mark it may as well begin "what I want is ...".
        only_asks = asked and is_wordless(told) and has_question_mark(text)
        reading = PARSERS[parser](text, options)
        return (
            NotRead("question")
            if only_asks and not (isinstance(reading, Read) and reading.strong)
            else reading
        )
    if not asked or parser in _PLAIN_IN_QUESTIONS:
        return PARSERS[parser](text, options)
    if not is_wordless(told):
        return PARSERS[parser](told, options)
    reading = PARSERS[parser](text, options)
    return replace(reading, sure=False, strong=False) if isinstance(reading, Read) else NotRead("question")
