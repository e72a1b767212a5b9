"""Who this is for, and what the caller is to the patient."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.enrollment.answers.choosing import Option, read_choice
from bot.enrollment.answers.kin import (
    ANY_KIN,
    KIN,
    caller_is,
    for_whom,
    kind_of,
    speaks_of_other,
    without_who_says_so,
)
from bot.enrollment.answers.names import own_name
from bot.enrollment.answers.plain import clean, fold, is_question, is_unreadable, takes_away, tokens
from bot.enrollment.answers.reading import NotRead, Read, same

_LONGEST = 60
_PATIENT = re.compile("patient|paciente|clienta?|client")
_EX = re.compile(r"\bex[ -]?(husband|wife|esposo|esposa|marido)\b", re.IGNORECASE)


# Words for what somebody is to somebody hold none of these: "no nothing signed" is another answer.
_SAYS_NOTHING_OF_KIN = re.compile(
    r"\b(?:no|not|nothing|none|yes|yeah|she|he|they|it|is|are|was|has|have|had|want|wants|dont|didnt|si|nada|nadie|ninguno"
    r"|ella|esta|estan|tiene|tienen|quiere|firmo|firmamos|signed|told|said)\b"
)


def read_relation(text: str, options: Sequence[Option]) -> Read | NotRead:
    """A relation code, or the person's own short words for it, asked back. Reasons: wordless, unclear."""
    if is_unreadable(text):
        return NotRead("wordless")
    # "Ex husband" is "ex-husband"; of two people in one answer ("her son's wife") we cannot be sure.
    told = _EX.sub(r"ex-\1", text)
    kin = caller_is(told)
    if kin and (_names_two(told) or takes_away(told)):
        kin = kin._replace(sure=False)
    if kin and (option := next((option for option in options if option.code == kin.code), None)):
        return Read(option.code, option.display, sure=kin.sure)
    chosen = read_choice(text, options)
    if isinstance(chosen, Read):
        return replace(chosen, sure=chosen.sure and not _names_two(told) and not takes_away(told))
    if misspelled := _misspelled(text, options):
        return misspelled
    shown = clean(text)
    if (
        1 < len(shown.split()) <= 5
        and len(shown) <= _LONGEST
        and not is_question(shown)
        and shown.replace(" ", "").isalpha()
        and not _SAYS_NOTHING_OF_KIN.search(fold(shown))
    ):
        return Read(shown, same(shown), sure=False, strong=False)
    return NotRead("unclear")


def _names_two(text: str) -> bool:
    """Two words for people: one through the other ("her son's wife"), or two answers ("her friend and her aide")."""
    words = re.findall(rf"\b(?:{ANY_KIN})(?:'s)?\b", fold(text))
    kinds = {
        kind_of(word.removesuffix("'s")) for word in words if not _PATIENT.fullmatch(word.removesuffix("'s"))
    }
    if len(kinds) > 1:
        return True
    through = any(word.endswith("'s") for word in words) or re.search(r"\bde (?:su|mi)\b", fold(text))
    return len(words) > 1 and bool(through)


def _misspelled(text: str, options: Sequence[Option]) -> Read | None:
    """ "Dauther": asked back."""
    words = [word for group in KIN.values() for word in group.split("|") if word.isalpha() and len(word) > 4]
    for word in tokens(text):
        close = difflib.get_close_matches(word, words, n=1, cutoff=0.8) if len(word) > 4 else []
        kin = caller_is(close[0]) if close else None
        option = next((option for option in options if kin and option.code == kin.code), None)
        if option:
            return Read(option.code, option.display, sure=False)
    return None


FEW = 4
_SHE_OR_HE = re.compile(
    r"\b(?:she|he|she'?s|he'?s|shes|hes|her|him|ella|el (?:tiene|esta|vive|quiere|necesita|es|no|ya|todavia))\b"
)


def read_party(text: str, options: Sequence[Option]) -> Read | NotRead:
    """`me` or `other`. Reasons: wordless, several, unclear, undecided."""
    if is_unreadable(text):
        return NotRead("wordless")
    told = without_who_says_so(text)
    kin, said = caller_is(told), for_whom(told) or ("other" if speaks_of_other(text) else None)
    if re.search(
        r"\b(?:me|myself|mi|yo)\b (?:and|y) (?:also )?(?:for )?(?:para )?(?:my|mi)\b|\bboth of us\b"
        r"|\blos dos\b",
        fold(text),
    ):
        return NotRead("several")
    code = said or ("other" if kin else None)
    option = next((option for option in options if option.code == code), None)
    if option:
        return Read(option.code, option.display)
    if _SHE_OR_HE.search(told):
        other = next((option for option in options if option.code == "other"), None)
        if other:
            return Read(other.code, other.display, sure=len(tokens(told)) <= FEW)
    # "Yo soy María" says who is writing, not for whom: its "yo" is no choice; nor is the "me" of "they told me".
    named = own_name(text) is not None or len(tokens(text)) > FEW
    return NotRead("unclear") if named else read_choice(told or text, options)
