"""Words for people: who is calling for whom, and what they are to each other."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.enrollment.answers.plain import fold

# The words for each kind of person, English and Spanish, folded.
KIN: dict[str, str] = {
    "parent": (
        "mother|mom|mum|momma|mama|mami|mommy|ma|father|dad|daddy|papa|papi|pop|pops|parents?|stepmom"
        "|stepmother"
        "|stepdad|stepfather|madre|padre|jefa|jefita|jefito|padrastro|madrastra|papas|padres|apa|ama"
        "|viejita|viejito"
    ),
    "child": (
        "son|daughter|child|kid|boy|girl|baby|children|kids|stepson|stepdaughter|hijo|hija|hijos|nino"
        "|nina|bebe|mijo"
        "|mija|hijastro|hijastra"
    ),
    "spouse": (
        "husband|wife|spouse|partner|fiance|fiancee|hubby|boyfriend|girlfriend|esposo|esposa|marido|mujer"
        "|pareja"
        "|companero|companera|conyuge|viejo|novio|novia"
    ),
    "sibling": "brother|sister|sibling|bro|sis|twin|hermano|hermana|hermanito|hermanita|gemelo|gemela",
    "family": (
        "grandmother|grandma|granny|nana|grandfather|grandpa|grandson|granddaughter|grandchild|aunt"
        "|auntie|uncle|cousin"
        "|niece|nephew|mother-in-law|father-in-law|mother in law|father in law|sister-in-law|brother-in-law"
        "|sister in law|brother in law|son-in-law|daughter-in-law|son in law|daughter in law|relative"
        "|godmother"
        "|godfather|family member|family|loved one|ex-wife|ex-husband|ex-esposo|ex-esposa|ex-marido|ex"
        "|abuela|abuelo|abuelita|abuelito|nieto|nieta|tia|tio|primo|prima|sobrino|sobrina|suegra|suegro"
        "|cunado|cunada"
        "|yerno|nuera|pariente|familiar|comadre|compadre|madrina|padrino|ser querido|otro familiar"
    ),
    "friend": "friend|neighbor|neighbour|buddy|roommate|coworker|pastor|amigo|amiga|vecino|vecina",
    "paid": (
        "caregiver|care giver|aide|home health aide|nurse|case manager|case worker|caseworker"
        "|social worker|doctor"
        "|client|patient|cuidadora?|enfermera|enfermero|trabajadora social|clienta?|paciente"
    ),
}
# What the caller is, when the patient is their ...
INVERSE = {"parent": "child", "child": "parent"}
# A bare "mother" may be the caller or the patient.
TWO_SIDED = frozenset({"parent"})

ANY_KIN = "|".join(
    sorted((word for group in KIN.values() for word in group.split("|")), key=len, reverse=True)
)
_HIS_OWN = "|".join(
    sorted(
        (word for name, group in KIN.items() if name != "paid" for word in group.split("|")),
        key=len,
        reverse=True,
    )
)
_OF_MINE = re.compile(rf"\b(?:my|our|mi|mis|nuestr[oa])\s+(?:\w+\s+){{0,2}}?(?P<kin>{ANY_KIN})\b")
_I_AM = re.compile(
    r"\b(?:i'?m|i am|im|soy|yo soy|as)\s+(?:a |an |the |el |la |un |una |only |solo )?"
    rf"(?:(?P<mine>my|mi)\s+)?(?:her |his |their |su |de |\w+'s )?(?:\w+ ){{0,2}}?(?P<kin>{ANY_KIN})\b"
)
_TO_THEM = re.compile(rf"\b(?:her|his|their|the patient'?s|su|\w+'s)\s+(?:\w+\s+)?(?P<kin>{ANY_KIN})\b")
_ONLY = re.compile(
    rf"^(?:a |an |the |just |only |just a |el |la |un |una |solo |nomas )?(?P<kin>{ANY_KIN})(?: please"
    rf"| por favor)?$"
)

_FOR_OTHER = re.compile(
    r"\b(?:for|about|on behalf of|behalf of|regarding|helping"
    r"|enroll(?:ing)?|register(?:ing)?|sign(?:ing)?(?: up)?|take care of"
    r"|taking care of"
    r"|caring for|care for|para|por|de parte de|acerca de|sobre|cuido a|ayudar a|ayudando a|inscribir a)\s+"
    rf"(?:my|our|a|an|mi|mis|nuestr[oa]|un|una)\s+(?:\w+\s+){{0,2}}?(?:{_HIS_OWN}|patient|client|paciente"
    rf"|clienta?)\b"
)
_KIN_IS_ILL = re.compile(
    rf"\b(?:my|our|mi|nuestr[oa])\s+(?:\w+\s+){{0,1}}?(?:{_HIS_OWN})\b(?:,? \w+){{0,4}}?,?\s+"
    r"(?:has|have|had|is|was|just|needs?|got|wants?|who|'?s|she'?s|he'?s|tiene|esta|fue|necesita|padece"
    r"|sufre"
    r"|quiere|que)\b"
)
_TELLING = (
    r"(?:told|said|says|gave|gives|sent|made|wants? me|thinks? (?:i|we)|refers?|referred|suggested|recommended|found"
    r"|asked me|dijo|dice|dio|mando|recomendo|refirio|paso|quiere que)"
)
# "My mom's doctor", "my moms copd", "la doctora de mi papá": whose illness it is.
_WHOSE = re.compile(
    rf"\b(?:my|our)\s+(?:{_HIS_OWN})(?:'s|s'|s)\s+(?!{_TELLING}\b|name\b)\w+"
    rf"|\b(?:doctora?|medic[oa]|oncolog[oa]|enfermera|cita|cancer|enfermedad) de (?:mi|nuestr[oa]) (?:{_HIS_OWN})\b"
)
# "My daughter told me to call": who says so, not for whom it is.
_SAYS_SO = re.compile(
    rf"\b(?:my|our|the|mi|nuestr[oa]|el|la)\s+(?:\w+\s+){{0,2}}?(?:{ANY_KIN})\s+"
    rf"(?:just |also |me |nos |le )?{_TELLING}\b"
)
_SOMEONE = re.compile(
    r"\b(?:someone else|somebody else|another person|other person|for (?:someone|somebody|her|him|them"
    r"|a friend|a neighbor)"
    r"|not (?:for )?me|isn'?t for me|she is the patient|he is the patient|she'?s the patient"
    r"|he'?s the patient"
    r"|someone i (?:care for|love|know)|otra persona|alguien mas|para otr[oa]|para ella|para el\b"
    r"|no (?:es )?para mi$"
    r"|alguien (?:a quien|que) (?:cuido|quiero)"
    r"|(?:sign|signing|enroll|enrolling|register|registering) (?:her|him|them)"
    r"|(?:inscribir|registrar|apuntar|anotar)(?:la|lo|las|los))\b"
)
_MYSELF = re.compile(
    r"\b(?:(?:it'?s|its|it is|this is|just|only|calling|asking|is) (?:for )?(?:me|myself)\b(?! and)"
    r"|for (?:me|myself)(?! (?:to|and)\b)|i'?m the patient|i am the patient|i'?m the one (?:who is "
    r"|who'?s )?(?:sick|ill)"
    r"|i am the one (?:who is |who'?s )?(?:sick|ill)|the patient is me|i have (?:\w+ ){0,3}?(?:cancer"
    r"|copd|als|parkinson'?s)"
    r"|(?:es )?para mi(?: mism[oa])?(?=$|[,.;!?]| (?:por favor|gracias|y no))|soy (?:yo )?(?:el"
    r"|la) paciente"
    r"|yo soy (?:el|la) paciente|yo mism[oa]|soy yo|yo tengo (?:\w+ ){0,2}?cancer|tengo cancer)\b"
    r"|(?:^|\bes )para mi$|^(?:me|myself|yo|para mi|mi)$"
)

_STARTS_AGAIN = (
    r"^(?:(?:no|not for me|actually|sorry|wait|oh|hold on|i mean|well|perdon|en realidad|espere|ay"
    r"|no es para mi|but|pero)"
    r"[ ,.]*)*(?:it'?s|its|it is|this is|that'?s|i'?m (?:calling|asking|writing|here|doing this"
    r"|signing up)|calling|asking"
    r"|i am (?:calling|asking|writing|here|doing this|signing up)|es|esto es|llamo|pregunto|escribo"
    r"|estoy \w+)\s+"
)
_TURNS_TO_OTHER = re.compile(
    _STARTS_AGAIN + r"(?:\w+ ){0,3}?(?:for|about|para|por) (?:(?:my|mi|our|a|un|una) (?!gracias\b|por\b)\w+"
    r"|someone|somebody|her|him|otra|alguien|ella)\b"
    r"|\b(?:(?:my|mi) \w+ (?:is|es) (?:the one who is sick|the patient|el paciente|la paciente|el enfermo"
    r"|la enferma)"
    r"|i'?m not the patient|i am not the patient|(?:s?he) is the patient|no soy (?:el|la) paciente)\b"
    # "My mom's name is Rosa", "soy su hija": nobody says that of themselves, whatever the open question is.
    rf"|^(?:my|mi) (?:{_HIS_OWN})(?:'?s)? (?:name is|is called|is named|se llama)\b"
    rf"|^(?:yo soy|soy|i'?m|i am) (?:su|her|his|their) (?:{_HIS_OWN})(?=$|[,.;])"
    r"|\b(?:sign|enroll|register) (?:her|him|them)(?: up| in)?\b"
)
_TURNS_TO_ME = re.compile(
    _STARTS_AGAIN + r"(?:\w+ ){0,2}?(?:for|about|para) (?:me|myself|mi|mi mism[oa])$"
    r"|\b(?:i'?m|i am) (?:actually )?the patient\b|\b(?:yo )?soy (?:el|la) paciente\b"
)


class Kin(NamedTuple):
    """What the caller is to the patient (a relation code), and whether that is beyond doubt."""

    code: str
    sure: bool


def kind_of(word: str) -> str | None:
    """The kind of person a word stands for."""
    return next((name for name, group in KIN.items() if re.fullmatch(group, word)), None)


def caller_is(text: str) -> Kin | None:
    """What the caller is to the patient: "she's my mom" -> child; "I'm her mother" -> parent."""
    # "Ama" is a mother, and "ama de casa" keeps house.
    folded = fold(text).replace("ama de casa", "")
    if match := _I_AM.search(folded):
        kind = _kind(match)
        return Kin(INVERSE.get(kind, kind) if match.group("mine") else kind, True)
    if match := _OF_MINE.search(folded):
        kind = _kind(match)
        return Kin(INVERSE.get(kind, kind), True)
    if match := _TO_THEM.search(folded) or _ONLY.match(folded):
        kind = _kind(match)
        return Kin(kind, kind not in TWO_SIDED or match.re is _TO_THEM)
    return None


def for_whom(text: str) -> str | None:
    """`me` or `other`, when a message says for whom it is asking; None when it does not."""
    folded = fold(text)
    if _FOR_OTHER.search(folded) or _SOMEONE.search(folded):
        return "other"
    if _MYSELF.search(folded):
        return "me"
    return None


def speaks_of_other(text: str) -> bool:
    """ "My mom has cancer": about someone else, without saying that the sign-up is for them."""
    folded = fold(text)
    return bool(_KIN_IS_ILL.search(_SAYS_SO.sub(" ", folded)) or _WHOSE.search(folded))


def without_who_says_so(text: str) -> str:
    """A message without whoever sent the person here: "my daughter told me to call" is not about the daughter."""
    return _SAYS_SO.sub(" ", fold(text))


def turns_to(text: str) -> str | None:
    """`me` or `other` when a message plainly takes back for whom this is ("actually, it's for my mother").

    Much narrower than `for_whom`: "time for my family" is no such thing.
    """
    folded = fold(text)
    if _TURNS_TO_OTHER.search(folded):
        return "other"
    return "me" if _TURNS_TO_ME.search(folded) else None


def _kind(match: re.Match[str]) -> str:
    kind = kind_of(match.group("kin"))
    if kind is None:
        raise ValueError("a word matched as kin has no kind")
    return kind
