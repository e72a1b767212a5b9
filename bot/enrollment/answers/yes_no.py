"""Yes and no in their many forms, English and Spanish alike (people switch)."""

from __future__ import annotations

import re

from bot.enrollment.answers.plain import fold, is_unreadable
from bot.enrollment.answers.reading import Label, NotRead, Read

LABELS: dict[bool, Label] = {True: {"en": "yes", "es": "sí"}, False: {"en": "no", "es": "no"}}

# Longest first within each group: "claro que no" must be seen before "claro".
_YES_THOUGH_IT_SAYS_NO = (
    "why not|no problem|not a problem|no worries|i don'?t mind|do not mind|don'?t mind|i have no problem"
    "|no hay problema|sin problema|ningun problema|no hay ningun problema|no tengo problema|no me importa"
    "|no me molesta|como no?|porque no|por que no|no doubt|sin duda|i'?ve no objection|no objection"
    "|no objections"
)
_UNDECIDED = (
    "i do not know|i don'?t know|dont know|idk|dunno|not sure|unsure|maybe|perhaps|it depends|depends"
    "|yes and no"
    "|not certain|no idea|i'?m torn|let me think|have to think|need to think|no se|no lo se"
    "|no estoy segur[oa]"
    "|tal vez|quizas?|depende|a lo mejor|puede ser|no mucho|si dios quiere|primero dios|ojala|i wish"
    "|yeah,? right|probably not|maybe not|unlikely|i doubt it"
    "|doubtful|tal vez no|lo dudo|a veces|sometimes|mas o menos|tengo que pensar(?:lo)?"
    "|dejeme pensar(?:lo)?|kind of"
    "|si y no|sort of|ni idea|(?:i )?(?:can'?t|couldn'?t|wouldn'?t|would not|could not) say (?:no"
    "|yes)|quien sabe|sepa"
)
_NO = (
    "not really|i do not think so|i don'?t think so|don'?t think so|i guess not|i suppose not"
    "|i'?d rather not|rather not"
    "|i would rather not|prefer not|prefiero que no|prefiero no|i do not want|i don'?t want|do not|don'?t"
    "|dont|not now"
    "|not yet|not today|not at all|not right|not correct|that'?s not|that is not|it'?s not|it is not"
    "|isn'?t right|not ok"
    "|no way|no thanks|no thank you|no gracias|no ma'?am|no sir|absolutely not|definitely not"
    "|certainly not|of course not"
    "|claro que no|por supuesto que no|creo que no|pues no|hijole no|hijole,? no|todavia no|aun no"
    "|ahora no|por ahora no"
    "|ahorita no|mejor no|para nada|de ninguna manera|en absoluto|nunca|jamas|no quiero|no es|no esta|nel"
    "|nop|tampoco"
    "|i am not|i'?m not|i refuse|(?:it|that|this) (?:isn'?t|is not|wasn'?t)|not that i know(?: of)?|no que yo sepa"
    "|eso si que no|desde luego que no|of course (?:he|she|they|it|we|i) (?:doesn'?t|don'?t|didn'?t|isn'?t|won'?t)"
    "|no need|ya no|nones|not exactly|not quite|(?:i|we|she|he|they|you) have not|i think not"
    "|not a chance|no chance|hard no|hell no|heck no|rather you (?:did not|didn'?t)|(?:you|i"
    "|she|he|they|we) "
    "(?:may not|wouldn'?t|would not|doesn'?t|does not|don'?t|didn'?t|can'?t|cannot|isn'?t|haven'?t|hasn'?t)"
    "|ni loc[oa]|ni de chiste|ni pensarlo|ni modo que si|ni madres|fijese que no|que no|la verdad no|no creo"
    "|never|nope|nuh[ -]?uh|nah|naw|nay|no+|n|negative|negativo|wrong|incorrect|incorrecto|mal"
    "|equivocado|falso|false"
)
_HESITANT_YES = (
    "i guess so|i guess|i suppose so|i suppose|i think so|i hope so|probably|if you must|if i have to|pos si"
    "|if you have to|supongo que si"
    "|supongo|creo que si|pienso que si|yo creo que si|si no hay de otra|ni modo|pues si|pues bueno|ok+"
    "|okay|k|bueno"
    "|fine|alright|all right"
)
_YES = (
    "yes,? please|sounds like a plan|very much so|me parece|(?:that'?d|that would|it would"
    "|it'?d) be (?:great|nice|good"
    "|lovely|wonderful|fine|helpful)"
    "|(?:i'?m|i'?d be|i am|i would be) (?:good|ok|okay|fine)"
    " with (?:that|it|this)|efectivamente|de ley|eso si(?! que no)|ye+s+"
    "|you bet|you know it|y e s|100 ?%|(?:she|he|they|it|we) (?:does|do|did|is|are"
    "|has|have|would)"
    "|i'?d (?:like|love) (?:that|it|to)|i would (?:like|love)|fine by me|eso mero|a huevo"
    "|fijese que si|que si|la verdad si"
    "|(?:si )?me gustaria|me encantaria|yeah|yea|yep|yup|yass?|ye|ya|y|ys|yse|uh huh|uh-huh|uhuh|mhm"
    "|mm hmm|sure thing|sure"
    "|for sure|of course"
    "|absolutely|definitely|certainly|correct|that'?s right|that is right|that'?s correct|right"
    "|you got it|exactly"
    "|please do|go ahead|go for it|do it|sounds good|sounds right|looks good|looks right|all good"
    "|all right then|perfect"
    "|that'?s fine|that'?s ok|that is fine|fine with me|ok with me|i agree|agreed|agree|i do|i would|i am"
    "|you may|you can"
    "|it is|please(?! (?:don'?t|do not|no))|true|gladly|good|great|that works|works for me|i consent"
    "|i accept|10-4|affirmative"
    "|claro que si|por supuesto que si|claro|por supuesto|si,? por favor|si+|sip|simon|esta bien"
    "|todo bien|muy bien"
    "|de acuerdo|correcto|correcta|asi es|exacto|exactamente|eso es|adelante|dale|va|vale|sale|orale"
    "|desde luego"
    "|con gusto|perfecto|cierto|verdad|acepto|estoy de acuerdo|me parece bien|afirmativo|como guste"
    "|ok gracias"
)


def _finder(group: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{group})(?!\w)")


_FALSE_NO, _MAYBE, _NEGATIVE, _HESITANT, _POSITIVE = map(
    _finder, (_YES_THOUGH_IT_SAYS_NO, _UNDECIDED, _NO, _HESITANT_YES, _YES)
)
# Longer than this, a "yes" somewhere in the middle is not an answer to our question.
_LEAD_WORDS = 4
# Skin tones and the mark that asks for a picture.
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
# What makes a hesitant yes a yes: "ok sure", "pues sí, claro".
_FIRM = re.compile(
    r"\b(?:yes|yeah|yep|sure|of course|definitely|absolutely|please|go ahead|si|claro|por supuesto"
    r"|adelante|gracias|thanks"
    r"|con gusto|esta bien|no hay problema)\b"
)
# Yes only when they stand alone or among small words.
_WEAK = re.compile(
    "ya|ye|y|va|vale|you can|you may|sale|dale|right|true|good|great|perfect|perfecto|cierto|verdad|correct|it is"
    "|i do|i am|i would|please"
    "|eso es|adelante|(?:she|he|they|it|we) (?:does|do|did|is|are|has|have|would)|exactly|exacto|fine by me"
)
_SMALL = frozenset(
    (
        "a the i it that's that is to me us you for and so very all with of this do it's he she has have one "
        "please thank thanks now today then sir ma'am el la lo de que por favor gracias muy todo es esta pues "
        "senor senora si dije said already "
    ).split()
)
# A "no" that may go on: "no ...", "I don't ...", "it isn't ...".
_OPEN_NO = re.compile(
    r"(?:^|\b)(?:no|not|don'?t|dont|do not|\w+n'?t|cannot|no (?:es|esta|quiero|tengo)|want|nunca|never)$"
)
_BREATH_ENDS = re.compile(
    r"[,.;:!]|\b(?:but|pero|because|porque|cause|since|i'?m|it'?s|he'?s|she'?s|thanks|thank)\b"
)
# What may follow such a "no" and leave it one.
_COMPANY = frozenset(
    (
        "no not never nope nunca jamas i you he she it we they that this those the a an any one ones"
        " so to do does did don't "
        "doesn't didn't won't isn't want need have has had think like agree know consent accept"
        " allow please sir ma'am "
        "madam miss thanks thank now today yet anymore more at all right correct ok okay way problem"
        " my her his your our "
        "mine me us him them myself of course really sorry dear honey for with "
        "gracias senor senora senorita joven por favor ahora ahorita hoy todavia aun nada ninguno"
        " ninguna uno una lo la le "
        "se me mi su eso esto asi es esta estoy tengo tiene tenemos tienen quiero quiere queremos"
        " deseo puedo puede creo "
        "necesito necesita hay soy hace falta necesario de acuerdo gusta gustaria parece bien"
        " correcto cierto verdad para "
        "que ya mas senorito doctor doctora y o ni dios pastel"
    ).split()
)
_FILLER = re.compile(
    r"^(?!uh[ -]?huh)(?:(?:well|um+|uh+|oh|hmm+|ay|uy|eh|este|mmm*|hijole|nombre(?=,)"
    r"|bueno(?=,? (?:si|no)$)|honestly|i mean"
    r"|mire|pues|ah)\b[ ,.]*)+"
)


def read_yes_no(text: str) -> Read | NotRead:
    """True or False; a hesitant yes is not sure. Reasons: undecided, unclear, wordless."""
    if thumb := _thumb(text):
        return thumb
    if is_unreadable(text):
        return NotRead("wordless")
    folded = fold(text)
    told = _FILLER.sub("", folded) or folded
    if match := _FALSE_NO.search(told):
        return _answer(True, told, match)
    first = _first(told)
    if first is None:
        return NotRead("undecided" if _MAYBE.search(told) else "unclear")
    kind, match = first
    if kind == "maybe":
        return NotRead("undecided")
    rest = told[match.end() :]
    if _contradicts(kind, rest):
        return NotRead("undecided")
    if kind == "no" and (_unsure_within(match, told) or _tells_something(match, told)):
        return NotRead("undecided")
    sure = kind != "hesitant" or bool(_FIRM.search(rest))
    return _answer(kind != "no", told, match, sure=sure and not (kind == "yes" and _loose(match, told)))


def _thumb(text: str) -> Read | NotRead | None:
    """A thumb and nothing else: up is asked back as a yes; down may be a no, or pain."""
    bare = _SKIN.sub("", text).strip()
    value = {"\U0001f44d": True, "\U0001f44e": False}.get(bare[:1])
    if value is None or set(bare) != {bare[0]}:
        return None
    return Read(value, LABELS[value], sure=False) if value else NotRead("undecided")


def _answer(value: bool, told: str, match: re.Match[str], sure: bool = True) -> Read:
    rest = told[match.end() :].strip(" ,.;:!-")
    return Read(value, LABELS[value], sure=sure, note=rest if len(rest.split()) > 2 else "")


def _first(told: str) -> tuple[str, re.Match[str]] | None:
    found = []
    for order, (kind, finder) in enumerate(
        (("maybe", _MAYBE), ("no", _NEGATIVE), ("hesitant", _HESITANT), ("yes", _POSITIVE))
    ):
        match = finder.search(told)
        if match and len(told[: match.start()].split()) <= _LEAD_WORDS:
            found.append((match.start(), -match.end(), order, kind, match))
    if not found:
        return None
    # The earliest wins; of two at the same place the longer: "i guess not" over "i guess".
    _, _, _, kind, match = min(found, key=lambda item: item[:3])
    return kind, match


def _unsure_within(match: re.Match[str], told: str) -> bool:
    """ "I'm not sure yet", "todavía no sé": the "no" is part of a "don't know"."""
    return any(maybe.start() < match.end() and match.start() < maybe.end() for maybe in _MAYBE.finditer(told))


def _tells_something(match: re.Match[str], told: str) -> bool:
    """ "I can't breathe", "no entiendo", "no pain": a "no" that is the beginning of something else is no answer."""
    if not _OPEN_NO.search(match.group()):
        return False
    breath = _BREATH_ENDS.split(told[match.end() :], maxsplit=1)[0]
    return any(word not in _COMPANY for word in re.findall(r"[a-z']+", breath))


def _loose(match: re.Match[str], told: str) -> bool:
    """ "Good", "right", "ya" with other words around them may be anything ("yeah right", "ya rugiste")."""
    if not _WEAK.fullmatch(match.group()):
        return False
    around = told[: match.start()] + " " + told[match.end() :]
    return any(word not in _SMALL for word in re.findall(r"[a-z']+", _POSITIVE.sub(" ", around)))


def _contradicts(kind: str, rest: str) -> bool:
    """ "No, all good" and "yes, no" say both; only the next few words count."""
    rest = re.sub(r"^(?:[ ,.]*(?:no+|nope)\b)+", "", rest) if kind == "no" else rest
    near = " ".join(rest.strip(" ,.").split()[:2])
    if re.search(r"\b(?:a|another|one|una|otra) (?:question|pregunta|duda)\b", rest):
        return True
    if kind != "no" and re.search(
        r"\b(?:except|excepto|menos|salvo|wrong|mal|equivocad[oa]|incorrect[oa]?)\b", rest
    ):
        return True
    if kind == "no":
        return bool(
            re.match(
                # "No, that's ok" turns an offer down; "no, that's right" says both.
                r"(?:(?:wait |i mean |digo |sorry )?(?:yes|yeah|si)|all good|it'?s (?:fine|ok|okay"
                r"|good|alright|great|true|right)|that'?s (?:good|great|true|right)|looks good|perfect"
                r"|everything is (?:right|fine)|esta bien)\b",
                near,
            )
        )
    if re.match(r"(?:no|nope|wait no|not|never|maybe not|mejor no)\b(?! problem| hay problema)", near):
        return True
    # "Of course he doesn't", "desde luego que no": in the same breath, up to a comma or a "but".
    breath = re.split(r"[,.;]|\b(?:but|pero|as long as|siempre que|if|si|only)\b", rest, maxsplit=1)[0]
    return bool(re.search(r"\b(?:no|not|never|nunca|\w+n'?t)\b(?! problem| hay problema| worries)", breath))
