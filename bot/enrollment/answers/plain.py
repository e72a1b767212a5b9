"""What every parser needs to know about typed text: folding, sentences, questions, and what is no "
"language at all."""

from __future__ import annotations

import re
import unicodedata

_QUESTION_WORDS = (
    "why|how come|what'?s|who'?s|how'?s"
    r"|what (?:is|are|was|were|does|do|did|will|would|if|about|kind|kinds|time|happens|happened|should"
    r"|can|could|else)"
    r"|how (?:do|does|did|is|are|much|long|often|many|can|could|will|would|soon|far|old)"
    r"|(?:when|where) (?:do|does|did|is|are|can|could|will|would)|which (?:one|ones|is|are|do|does|of"
    r"|kind)|whose"
    r"|who (?:is|are|does|do|will|can|could|would|pays|comes|works|helps|decides|else)"
    r"|(?:do|does|did|is|are|was|can|could|would|should|will|may|am|has|have) (?:you|i|we|they|he|she|it"
    r"|the|this|that"
    r"|there|these|my|your|our|a|an|any|anyone|someone|medicare|medicaid|insurance|palliative|hospice)"
    # As people talk in the South: "what y'all gonna do with this", "do y'all take Medicaid".
    r"|(?:what|how|when|where|why|who) (?:y'?all|ya'?ll|u)|what (?:happen|gonna)"
    r"|(?:do|does|did|can|could|will|would|are|is|have) (?:y'?all|ya'?ll|u|somebody|folks|people|him|nurses|doctors)"
    r"|tell me (?:about|more|what|how|who|if)|explain|do nurses|do doctors"
    r"|que (?:es|son|hace|hacen|pasa|pasara|significa|tipo|ayuda|va|puede|pueden|hay|quiere decir|dice)"
    r"|por que (?:me|lo|no|es|tengo|pregunta|necesita)"
    r"|como (?:funciona|puedo|se|trabaja|trabajan|es|son|le|ayuda|ayudan|puede|pueden)|quien(?:es)? (?:es"
    r"|son|va|viene|paga|puede|hace)"
    r"|cuando (?:puedo|puede|pueden|viene|vienen|empieza|es)|donde (?:es|esta|estan|queda|puedo)"
    r"|cual(?:es)? (?:es|son)|cuant[oa]s? (?:cuesta|vale|tarda|tiempo|hay|dura|cobran|veces)"
    r"|puedo|me pueden?|me podrian?|podemos|hay (?:alg|que)|tengo que|digame (?:que|como|quien|mas|si)"
    r"|expliqueme|cuenteme"
)
_ACCENTED = re.compile(
    r"^\W*(?:y |pero |oiga,? )?(?:qu[é]|c[ó]mo|cu[á]ndo|d[ó]nde|qui[é]n(?:es)?|cu[á]l(?:es)?"
    r"|cu[á]nt[oa]s?|por qué)\b",
    re.I,
)
_STARTS_QUESTION = re.compile(
    rf"(?:and |but |so |y |pero |also |ok |oh |well |bueno |oiga )?(?:{_QUESTION_WORDS})\b"
)
_SENTENCE = re.compile(r"[^.!?\n;]*(?:[.!?;]+|\n|$)")
_BEFORE_QUESTION = re.compile(
    r"[,:]?\s*(?:\b(?:and|but|also|y|pero|so|e)\b)?[,:]?\s*(?=¿)"
    r"|,\s*(?:\b(?:and|but|also|y|pero|so)\b)?\s*(?=(?:what|how|why|who|when|where|does|do|is|are|can"
    r"|could|will"
    r"|qué|que|cómo|como|por qué|quién|quien|cuándo|cuando|dónde|donde|cuánto|cuanto|puedo|hay)\b)"
    r"|\s+(?:and|but|also|y|pero)\s+(?=(?:what|how|why|who|when|where|does|do you|can|could"
    r"|qué|que hace|cómo|como funciona|por qué|quién|cuándo|cuánto cuesta|cuanto cuesta|puedo)\b)"
    r"|(?<=\w)\s+(?=what (?:does|do|is|are)\b|how (?:does|do|much|long|often)\b|who (?:is|are|pays)\b)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]*>|</|javascript:|&[a-z]+;|\{[^}]*\}", re.IGNORECASE)
_COMMAND = re.compile(r"^\s*/\w+")
_SQL = re.compile(
    r"\b(?:select\s+.+\s+from|drop\s+table|insert\s+into|delete\s+from|union\s+select|update\s+\w+\s+set)\b"
    r"|['\"]\s*(?:or|and)\s+['\"]?\d|;\s*--|--\s*$",
    re.IGNORECASE,
)
_MASH = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}|(.)\1{3,}|asdf|sdfg|qwer|zxcv|hjkl|jkl;")


def clean(text: str) -> str:
    """`text` without control, direction and surrogate characters, with single spaces, trimmed."""
    kept = (
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join("".join(kept).replace("\u2019", "'").replace("\u2018", "'").split())


def fold(text: str) -> str:
    """`text` for comparing: cleaned, lower case, no accents, no punctuation at the ends."""
    spread = unicodedata.normalize("NFKD", clean(text).casefold())
    bare = "".join(char for char in spread if not unicodedata.combining(char))
    return bare.strip(" .,!?;:()[]\"'\u00a1\u00bf-*~")


def tokens(text: str) -> list[str]:
    """The folded words of `text`, without punctuation."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", fold(text))


_TAKEN_AWAY = re.compile(
    r"\b(?:not|never|don'?t|doesn'?t|isn'?t|aren'?t|old|former|used to|no longer|anymore|moved|wrong"
    r"|nunca|ya no|no es|no soy"
    r"|antes|viej[oa]|equivocad[oa]|mal)\b"
)


_PUT_RIGHT = re.compile(
    r".*\b(?:it'?s|it is|should be|is now|now|to|es|por|sino|debe ser)\b(?! (?:not|no)\b)"
)


def takes_away(text: str) -> bool:
    """Whether a text says "not", "no longer", "the old one": a value in it may be the very one that does not hold.

    What was put right in the same breath does hold: "the zip is wrong, it's 60614".
    """
    return _TAKEN_AWAY.search(_PUT_RIGHT.sub(" ", fold(text))) is not None


def is_wordless(text: str) -> bool:
    """Nothing in it that could be read: empty, blanks, emoji, punctuation only."""
    return not any(char.isalnum() for char in clean(text))


def is_command(text: str) -> bool:
    """Words to a machine ("/restart")."""
    return _COMMAND.search(text) is not None


def is_code(text: str) -> bool:
    """A command, markup or a query: never a name, a number or a date."""
    return bool(is_command(text) or _TAG.search(text) or _SQL.search(text))


def is_mash(text: str) -> bool:
    """Keys hit at random: no vowels at all, or runs no language has."""
    words = [word for word in tokens(text) if word.isalpha() and word.isascii()]
    if not words or len(words) > 3:
        return False
    return all(_MASH.search(word) or (len(word) > 3 and not re.search(r"[aeiouy]", word)) for word in words)


def is_unreadable(text: str) -> bool:
    """Not language: nothing to answer to, only to ask again, kindly."""
    return is_wordless(text) or is_code(text) or is_mash(text)


def is_question(text: str) -> bool:
    """Whether `text` asks something, with or without a question mark."""
    if has_question_mark(text):
        return True
    folded = fold(text)
    if len(folded.split()) < 3:
        return False
    # In Spanish the accent tells "qué" (what) from "que" (that).
    return bool(_STARTS_QUESTION.match(folded) or _ACCENTED.match(clean(text)))


def has_question_mark(text: str) -> bool:
    """Whether `text` ends in a question mark, or has a Spanish one."""
    shown = clean(text)
    return "\u00bf" in shown or shown.rstrip(" \"')!").endswith("?")


def sentences(text: str) -> list[str]:
    """`text` cut at sentence ends and line ends; ends stay attached."""
    return [piece.strip() for piece in _SENTENCE.findall(text) if piece.strip()]


def split_question(text: str) -> tuple[str, str]:
    """Cut a message into what it says and what it asks; either may be empty.

    "60601, but what does the nurse do?" -> ("60601", "what does the nurse do?").
    """
    told: list[str] = []
    asked: list[str] = []
    for sentence in sentences(text):
        cut = _cut_before_question(sentence)
        if cut:
            told.append(cut[0])
            asked.append(cut[1])
        elif is_question(sentence):
            asked.append(sentence)
        else:
            told.append(sentence)
    return " ".join(told), " ".join(asked)


def _cut_before_question(sentence: str) -> tuple[str, str] | None:
    for match in _BEFORE_QUESTION.finditer(sentence):
        before, after = sentence[: match.start()].strip(" ,"), sentence[match.end() :].strip()
        if before and not is_wordless(before) and not is_question(before) and is_question(after):
            return before, after
    return None
