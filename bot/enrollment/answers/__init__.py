"""Answer parsers: pure functions from text to `Read` or `NotRead`, one module a kind of answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.enrollment.answers.choosing import Option, list_label, read_choice, read_choices
from bot.enrollment.answers.dates import read_birth_date
from bot.enrollment.answers.emails import read_email
from bot.enrollment.answers.free import read_text
from bot.enrollment.answers.illnesses import read_illness
from bot.enrollment.answers.members import read_member_id
from bot.enrollment.answers.names import read_name
from bot.enrollment.answers.phones import read_phone
from bot.enrollment.answers.places import read_zip
from bot.enrollment.answers.plain import has_question_mark, is_wordless, split_question
from bot.enrollment.answers.quantities import read_number, read_scale
from bot.enrollment.answers.reading import About, AnswerValue, Label, NotRead, Read, same
from bot.enrollment.answers.relations import read_party, read_relation
from bot.enrollment.answers.times import read_time
from bot.enrollment.answers.yes_no import read_yes_no

__all__ = [
    "PARSERS",
    "About",
    "AnswerValue",
    "Label",
    "NotRead",
    "Option",
    "Read",
    "list_label",
    "read",
    "same",
]

Parser = Callable[[str, Sequence[Option], About], Read | NotRead]

PARSERS: dict[str, Parser] = {
    "name": lambda text, _, __: read_name(text),
    "date-of-birth": lambda text, _, about: read_birth_date(text, about),
    "phone": lambda text, _, about: read_phone(text, about),
    "email": lambda text, _, __: read_email(text),
    "zip": lambda text, _, about: read_zip(text, about),
    "member-id": lambda text, _, about: read_member_id(text, about),
    "yes-no": lambda text, _, __: read_yes_no(text),
    "scale": lambda text, options, about: read_scale(text, options, about),
    "number": lambda text, _, about: read_number(text, about),
    "choice": lambda text, options, _: read_choice(text, options),
    "choices": lambda text, options, _: read_choices(text, options),
    "party": lambda text, options, _: read_party(text, options),
    "relation": lambda text, options, _: read_relation(text, options),
    "illness": lambda text, options, _: read_illness(text, options),
    "time": lambda text, _, about: read_time(text, about),
    "text": lambda text, _, __: read_text(text),
}
# Digits say what they are, also inside a question: "is 312 555 0188 ok?"
_PLAIN_IN_QUESTIONS = frozenset({"phone", "zip", "email", "date-of-birth", "member-id"})
# Kept word for word, so never cut before it is read.
_WHOLE = frozenset({"text", "time"})


def read(
    parser: str, text: str, options: Sequence[Option] = (), about: About | None = None
) -> Read | NotRead:
    """Read `text` with a parser by name; what is only a question is never a strong answer.

    Raises:
        KeyError: no such parser.
    """
    parse, about = PARSERS[parser], about or About()
    told, asked = split_question(text)
    if parser in _WHOLE:
        # Without a question mark it may as well begin "what I want is ...".
        only_asks = asked and is_wordless(told) and has_question_mark(text)
        reading = parse(text, options, about)
        return (
            NotRead("question")
            if only_asks and not (isinstance(reading, Read) and reading.strong)
            else reading
        )
    if not asked or parser in _PLAIN_IN_QUESTIONS:
        return parse(text, options, about)
    if not is_wordless(told):
        return parse(told, options, about)
    reading = parse(text, options, about)
    return replace(reading, sure=False, strong=False) if isinstance(reading, Read) else NotRead("question")
