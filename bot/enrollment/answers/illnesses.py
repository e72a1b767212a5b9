"""Illnesses in everyday words, as the kinds a palliative team works with (`data/illnesses.yml`)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml

from bot.enrollment.answers.choosing import Option, list_label, nearest
from bot.enrollment.answers.free import says_nothing
from bot.enrollment.answers.plain import clean, fold, is_question, tokens
from bot.enrollment.answers.reading import NotRead, Read, same

FILE = Path(__file__).resolve().parents[3] / "data" / "illnesses.yml"
OTHER, CANCER = "other", "cancer"

_NOT = re.compile(
    r"\b(?:no|not|isn'?t|no es|no tiene|sin|never had|doesn'?t have)\s+(?:a |any |the |de |del |el |la )?$"
)
_FREE = re.compile(r"^[ -](?:free|negative)\b")
_OF_ANOTHER = re.compile(
    r"\b(?:my |his |her |mi |su )?\w* ?(?:died|passed(?: away)?|murio|fallecio) (?:of|from|de|with"
    r"|con) (?:a |an |un )?\w+(?: \w+)?"
)
_DECLINES = re.compile(
    r"\b(?:rather not|prefer not|prefiero no|no quiero decir|don'?t want to (?:say|talk))\b"
)
# Not known yet, or only feared.
_UNPROVEN = re.compile(
    r"\b(?:test(?:s|ing|ed)? for|check(?:ing)? for|rul(?:e|ed|ing) out|scared of|afraid of"
    r"|worried about|family history|might"
    r"|could be|maybe|not sure|suspect|creo que|tal vez|a lo mejor|puede ser|descartar|sospech\w+"
    r"|le estan haciendo estudios)\b"
)
_LONGEST_OWN = 6
# Words that only look like it.
_NOT_CANCER = frozenset(
    {"cancers", "tumors", "tumour", "tumores", "dancer", "humor", "rumor", "cansera", "cancel", "cancela"}
)


@lru_cache(maxsize=1)
def built_in() -> tuple[tuple[Option, ...], frozenset[str]]:
    """The kinds of illness we know, and the organ words that count only when no cancer is told of."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    kinds = tuple(
        Option(code, entry["label"], (*entry.get("words", ()), *entry.get("organs", ())))
        for code, entry in raw.items()
    )
    organs = frozenset(fold(word) for entry in raw.values() for word in entry.get("organs", ()))
    return kinds, organs


def read_illness(text: str, options: Sequence[Option]) -> Read | NotRead:
    """One or more kinds of illness as a list of codes; `detail` {said} has the words for the record.

    With `options` only their codes are given, `other` for the rest; the built-in codes are in `detail` too {codes}.
    An unknown illness is `other`, asked back in the person's words. Reasons: wordless, nothing, declined, unclear.
    """
    reason = says_nothing(text)
    if reason or is_question(text):
        return NotRead(reason or "question")
    folded = fold(text)
    if _DECLINES.search(folded):
        return NotRead("declined")
    kinds, organs = built_in()
    cut, of_another = _OF_ANOTHER.subn(" ", folded)
    spelled = _cancer_spelled(cut)
    codes = _named(spelled, kinds, organs)
    guessed = spelled != cut
    if not codes:
        codes, guessed = _guessed(cut, kinds), True
    if not codes:
        return NotRead("unclear")
    sure = not guessed and not of_another and OTHER not in codes and not _UNPROVEN.search(folded)
    # A button is pressed on purpose.
    sure = sure or any(folded in map(fold, option.display.values()) for option in options)
    return _answer(text, codes, options, sure=sure)


def one_illness(reading: Read, options: Sequence[Option]) -> Read:
    """For a question that takes one value: the one code of its choices (asked when several were named); where it has no
    choices, the person's own words."""
    if not options:
        return replace(
            reading, value=str(reading.detail["said"]), label=same(str(reading.detail["said"])), note=""
        )
    codes = reading.value if isinstance(reading.value, list) else [str(reading.value)]
    return replace(reading, value=codes[0], sure=reading.sure and len(codes) == 1)


def _answer(text: str, codes: list[str], options: Sequence[Option], sure: bool) -> Read | NotRead:
    said = clean(text)
    detail = {"said": said, "codes": codes}
    kinds = {option.code: option for option in built_in()[0]}
    if not options:
        own = same(said) if OTHER in codes else list_label([kinds[code].display for code in codes])
        return Read(codes, own, sure=sure, note=said, detail=detail)
    offered = {option.code: option for option in options}
    kept = list(dict.fromkeys(code if code in offered else OTHER for code in codes))
    if not all(code in offered for code in kept):
        return NotRead("unclear")
    own = same(said) if OTHER in kept else list_label([offered[code].display for code in kept])
    return Read(kept, own, sure=sure, note=said, detail=detail)


def _named(folded: str, kinds: Sequence[Option], organs: frozenset[str]) -> list[str]:
    """Codes of the illnesses named, in the order of the list; a longer phrase hides a shorter one inside it."""
    phrases = sorted(
        ((phrase, kind.code) for kind in kinds for phrase in kind.phrases()), key=lambda pair: -len(pair[0])
    )
    taken: list[tuple[int, int]] = []
    found: set[str] = set()
    weak: list[tuple[int, int, str]] = []
    cancers: list[tuple[int, int]] = []
    for phrase, code in phrases:
        for match in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", folded):
            if any(start <= match.start() and match.end() <= end for start, end in taken):
                continue
            taken.append(match.span())
            if _NOT.search(folded[: match.start()]) or _FREE.match(folded[match.end() :]):
                continue
            if phrase in organs:
                weak.append((*match.span(), code))
                continue
            found.add(code)
            if code == CANCER:
                cancers.append(match.span())
    found |= {code for start, end, code in weak if not _is_where(folded, start, end, cancers)}
    return [kind.code for kind in kinds if kind.code in found]


# "Cancer in her liver" sits there; "cancer and her liver" are two.
_PLACE_OF_IT = re.compile(r"\b(?:in|on|to|into|of|en|de|al|a)\s+(?:her|his|my|the|su|mi|el|la|los|las)\s+$")


def _is_where(folded: str, start: int, end: int, cancers: list[tuple[int, int]]) -> bool:
    """Whether an organ is only where a cancer sits: "lung cancer", "a tumor in the liver", "spread to the bone"."""
    for begin, finish in cancers:
        if end <= begin and len(folded[end:begin].split()) <= 1:
            return True
        between = folded[finish:start]
        if finish <= start and _PLACE_OF_IT.search(between):
            return True
        if finish <= start and not re.search(
            r"[;.]|\b(?:but|pero|plus|also|tambien|her|his|su|mal|bad|weak)\b", between
        ):
            return re.search(r"\b(?:of|in|on|to|into|de|del|en|al|a)\b", between) is not None
    return False


def _cancer_spelled(folded: str) -> str:
    """With a misspelled "cancer" put right: "camcer of the lung" is no lung disease."""
    return re.sub(r"[a-z]{5,8}", lambda word: _near_cancer(word.group()), folded)


def _near_cancer(word: str) -> str:
    close = difflib.get_close_matches(word, ("cancer", "tumor"), n=1, cutoff=0.8)
    return close[0] if close and word not in _NOT_CANCER else word


def _guessed(folded: str, kinds: Sequence[Option]) -> list[str]:
    """A misspelled illness, or one nobody listed; both are asked back."""
    if re.match(r"(?:no|not|isn't|sin)\b", folded):
        return []
    words = tokens(folded)
    close = nearest(folded, kinds)
    return close or ([OTHER] if 0 < len(words) <= _LONGEST_OWN and len("".join(words)) > 3 else [])
