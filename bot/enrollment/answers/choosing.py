"""Answers with fixed choices: by label, by number, by what people say for it, alone or inside a "
"sentence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.enrollment.answers.plain import fold, is_unreadable, tokens
from bot.enrollment.answers.reading import Label, NotRead, Read
from bot.enrollment.answers.yes_no import read_yes_no

_ORDINALS = (
    "first|1st|number one|primer[oa]?s?", "second|2nd|number two|segund[oa]s?", "third|3rd|number three"
    "|tercer[oa]?s?",
    "fourth|4th|number four|cuart[oa]", "fifth|5th|number five|quint[oa]", "sixth|6th|number six|sext[oa]",
    "seventh|7th|number seven|septim[oa]", "eighth|8th|number eight|octav[oa]",
)  # fmt: skip
_NUMBER_WORDS = (
    "one|uno|una", "two|dos", "three|tres", "four|cuatro", "five|cinco", "six|seis", "seven"
    "|siete", "eight|ocho",
)  # fmt: skip
_ALL = re.compile(
    r"\b(?:all of (?:them|it|those|the above|these)|all (?:four|three|five)|all|everything|every one"
    r"|the lot|both|(?<!sobre )todo(?! (?:el|lo|los|las|la)\b)|todos"
    r"|todas|todas las anteriores|un poco de todo|a bit of everything|ambos|ambas)\b"
)
_BOTH = re.compile(r"\b(?:both|ambos|ambas)\b")
_EXCEPT = re.compile(r"\b(?:except|but not|but|other than|apart from|menos|excepto|pero no)\b")
_NONE = re.compile(
    r"^(?:none|nothing|none of (?:them|these|those|it)|neither|no(?: thanks)?|nada|ningun[oa]"
    r"|ningun[oa] de (?:ellos|ellas|esos)"
    r"|not really|nothing right now|we'?re ok|nada por ahora)$"
)
_UNSURE = re.compile(
    r"\b(?:not (?:really )?sure|unsure|i don'?t know|i do not know|dont know|idk|dunno|no idea"
    r"|hard to say|who knows|no se|no lo se|quien sabe|sepa dios"
    r"|no estoy segur[oa]|ni idea|you tell me|digame usted)\b"
)
_NEGATION = re.compile(
    r"\b(?:not|isn'?t|no|don'?t need|no es|no necesito|sin|without)\s+(?:for |about |the |her |his |any "
    r"|para |la |el )?$"
)
# "No duerme", "can't sleep": the want of these is the complaint itself.
_WANTED = re.compile(
    r"(?:sleep|sleeping|dormir|duerme|duermo|eat|eating|comer|come|breathe|breathing|respirar|respira)\b"
)
_SLEEPS = re.compile(r"\b(?:duerm(?:e|o|en|a)|durmiendo)\b")
UNSURE_CODE, YES_CODE, NO_CODE = "not_sure", "yes", "no"
_LISTED = re.compile(r"[,;/+&]|\b(?:and|or|y|e|o|plus|also)\b")
# How like a phrase a whole message, or a word a part of a list, must be to be asked back as that.
NEAR_PHRASE, NEAR_WORD, SHORTEST_NEAR = 0.85, 0.75, 4


@dataclass(frozen=True)
class Option:
    """One choice: its code, its label by locale, and other things people say for it."""

    code: str
    display: Label
    sayings: tuple[str, ...] = field(default=())

    def phrases(self) -> tuple[str, ...]:
        """Everything that stands for this choice, folded, longest first."""
        said = {fold(text) for text in (*self.display.values(), *self.sayings, self.code.replace("_", " "))}
        return tuple(sorted(said - {""}, key=len, reverse=True))


def read_choice(text: str, options: Sequence[Option]) -> Read | NotRead:
    """One choice. Reasons: wordless, several, undecided, unclear."""
    codes, sure = _codes(text, options)
    if isinstance(codes, NotRead):
        return _as_yes_or_no(text, options) or codes
    if len(codes) > 1:
        return NotRead("several")
    option = _by_code(options, codes[0])
    return Read(option.code, option.display, sure=sure)


def _as_yes_or_no(text: str, options: Sequence[Option]) -> Read | None:
    """Where yes and no are among the choices, the many ways to say them; a hesitant one is asked back."""
    meant = {code: _meant_by(options, code) for code in (YES_CODE, NO_CODE)}
    reading = read_yes_no(text)
    option = meant[YES_CODE if isinstance(reading, Read) and reading.value else NO_CODE]
    if not isinstance(reading, Read) or option is None or None in meant.values():
        return None
    return Read(option.code, option.display, sure=reading.sure, note=reading.note)


def _meant_by(options: Sequence[Option], word: str) -> Option | None:
    """The choice that a plain "yes" or "no" stands for ("No form")."""
    return next((option for option in options if option.code == word or word in option.phrases()), None)


def read_choices(text: str, options: Sequence[Option]) -> Read | NotRead:
    """One or more choices as a list of codes in the order of the options. Reasons: wordless, none, "
    "undecided, unclear."""
    folded = fold(text)
    if _NONE.match(folded) and not any(folded in option.phrases() for option in options):
        return NotRead("none")
    real = [option for option in options if option.code != UNSURE_CODE]
    # "Body and mind, both" are two of four, and "Medicare and Medicaid both" none of them.
    every = _BOTH.sub(" ", folded) if len(real) > len(("one", "other")) else folded
    if _ALL.search(every) and not _UNSURE.search(folded):
        left_out = _left_out(folded, real)
        return _list([option for option in real if option.code not in left_out], True)
    codes, sure = _codes(text, options)
    if isinstance(codes, NotRead):
        return codes
    chosen = [option for option in options if option.code in codes]
    if len(chosen) > 1:
        chosen = [option for option in chosen if option.code != UNSURE_CODE]
    return _list(chosen, sure)


def list_label(labels: Sequence[Label]) -> Label:
    """Several labels in one line."""
    return {locale: "; ".join(label[locale] for label in labels) for locale in ("en", "es")}


def _list(chosen: list[Option], sure: bool) -> Read:
    return Read(
        [option.code for option in chosen], list_label([option.display for option in chosen]), sure=sure
    )


def _left_out(folded: str, options: Sequence[Option]) -> set[str]:
    match = _EXCEPT.search(folded)
    return set(_spoken(folded[match.end() :], options)) if match else set()


def _codes(text: str, options: Sequence[Option]) -> tuple[list[str] | NotRead, bool]:
    if is_unreadable(text):
        return NotRead("wordless"), False
    folded = fold(text)
    exact = [option.code for option in options if folded in option.phrases()]
    if len(exact) == 1:
        return exact, True
    if numbered := _numbered(folded, options):
        return numbered, True
    # "No lo sé" is not a no.
    if spoken := _spoken(_UNSURE.sub(" ", folded), options):
        return _with_near_misses(folded, spoken, options)
    if _UNSURE.search(folded):
        known = [option.code for option in options if option.code == UNSURE_CODE]
        return (known, True) if known else (NotRead("undecided"), False)
    if close := nearest(text, options):
        return close, False
    return NotRead("unclear"), False


def _with_near_misses(
    folded: str, spoken: list[str], options: Sequence[Option]
) -> tuple[list[str] | NotRead, bool]:
    """What was named, with what was misspelled beside it: "body and midn" is asked back as body and mind, and
    "no estoy sguro" as not sure."""
    if whole := _near_phrase(folded, options):
        return ([whole], spoken == [whole])
    parts = [part.strip() for part in _LISTED.split(folded) if part.strip()]
    if len(parts) < 2:
        return spoken, True
    missed = [code for part in parts if not _spoken(part, options) for code in _near_word(part, options)]
    return list(dict.fromkeys([*spoken, *missed])), not missed


def _near_phrase(folded: str, options: Sequence[Option]) -> str:
    """The code of the phrase of several words that the whole message nearly is; empty when there is none."""
    codes = {phrase: option.code for option in options for phrase in option.phrases() if " " in phrase}
    close = difflib.get_close_matches(folded, codes, n=1, cutoff=NEAR_PHRASE)
    return codes[close[0]] if close else ""


def _near_word(part: str, options: Sequence[Option]) -> list[str]:
    """The codes of the word that a part of a list nearly is."""
    codes = {
        phrase: option.code
        for option in options
        for phrase in option.phrases()
        if len(phrase) >= SHORTEST_NEAR
    }
    close = difflib.get_close_matches(part, codes, n=1, cutoff=NEAR_WORD)
    return [codes[close[0]]] if close else []


def _numbered(folded: str, options: Sequence[Option]) -> list[str]:
    bare = re.sub(
        r"\b(?:option|number|numero|opcion|choice|the|la|el|los|las|and|y|i pick|one is|please|por favor"
        r"|#)\b|[#,.&+/)]",
        " ",
        folded,
    )
    words = bare.split()
    found: list[str] = []
    for word in words:
        # "the second one" is the second.
        if found and word in ("one", "ones", "uno", "una"):
            continue
        index = _index(word)
        if index is None or index >= len(options):
            return []
        found.append(options[index].code)
    return list(dict.fromkeys(found))


def _index(word: str) -> int | None:
    if word.isdigit():
        return int(word) - 1 if 0 < int(word) < 20 else None
    for index, (ordinal, number) in enumerate(zip(_ORDINALS, _NUMBER_WORDS, strict=True)):
        if re.fullmatch(f"{ordinal}|{number}", word):
            return index
    return None


def _spoken(folded: str, options: Sequence[Option]) -> list[str]:
    """Codes of the options named in the text; a longer phrase hides a shorter one inside it, "not X" is "
    "not X."""
    folded = _SLEEPS.sub("dormir", folded)
    taken: list[tuple[int, int]] = []
    hits: list[tuple[int, str]] = []
    phrases = sorted(
        ((phrase, option.code) for option in options for phrase in option.phrases()),
        key=lambda pair: -len(pair[0]),
    )
    for phrase, code in phrases:
        for match in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", folded):
            inside = any(start <= match.start() and match.end() <= end for start, end in taken)
            if inside:
                continue
            taken.append(match.span())
            if not _NEGATION.search(folded[: match.start()]) or _WANTED.match(phrase):
                hits.append((match.start(), code))
    return list(dict.fromkeys(code for _, code in sorted(hits)))


def nearest(text: str, options: Sequence[Option]) -> list[str]:
    """A misspelled label ("practicle", "not sute"); always asked back."""
    if whole := _near_phrase(fold(text), options):
        return [whole]
    by_word = {
        word: option.code
        for option in options
        for phrase in option.phrases()
        for word in phrase.split()
        if len(word) > 4 and len(phrase.split()) < 4
    }
    found = []
    for word in tokens(text):
        if len(word) > 4:
            found += [by_word[hit] for hit in difflib.get_close_matches(word, by_word, n=1, cutoff=0.84)]
    return list(dict.fromkeys(found))


def _by_code(options: Sequence[Option], code: str) -> Option:
    return next(option for option in options if option.code == code)
