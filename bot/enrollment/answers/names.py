"""People's names, as typed by anyone: any case, any language, with titles, politeness and half a "
"sentence around."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.enrollment.answers.kin import KIN
from bot.enrollment.answers.plain import clean, fold, is_code, is_question, is_unreadable
from bot.enrollment.answers.reading import NotRead, Read, same

LONGEST = 80
MOST_WORDS = 6

_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|hola|buenas(?: tardes| noches)?|buenos dias|buenos días|well|um+|uh+|oh|sure"
    r"|yes|yeah|ok|okay|sí|si"
    r"|claro|pues|bueno|good (?:morning|afternoon|evening)|mucho gusto|nice to meet you|qu[eé] tal"
    r"|hi there|(?:no|sorry|perd[oó]n"
    r"|disculpe)(?=[\s,.]+(?:it'?s|it is|es|i'?m"
    r"|i am|soy|me llamo|my name|her name|his name|i meant|sorry|perd[oó]n)\b))\b[\s,.!:-]*"
    r"|(?:it'?s me(?=[\s,]+\S)|soy yo(?=[\s,]+\S)|(?:he|she|(?:my|mi) \w+) is (?:called|named)"
    r"|(?:my|her|his|the|their|patient'?s|the patient'?s|mom'?s|dad'?s|my (?:\w+)'s)\s+(?:full |first "
    r"|last |real )?name(?:\s+is|'s|:)?"
    r"|(?:full |first )?name(?:\s+is|:)|name'?s|i am|i'm|im|it is|it's|its|this is|that is|that's|she is"
    r"|she's|he is|he's"
    r"|they named (?:me|him|her)|(?:he|she|(?:my|mi) \w+) is (?:called|named)|(?:le )?habla(?: con)?"
    r"|(?:el )?nombre de (?:mi|la|el|su) \w+ es|(?:mi|su) \w+ se llama|(?:i|we) (?:call|named) (?:him"
    r"|her)|es que soy"
    r"|i meant|i mean|(?:it'?s |it is |that'?s )?(?:spelled|spelt|written)|se (?:escribe|deletrea)"
    r"|d[ií]game|ll[aá]meme"
    r"|le decimos \w+,? pero (?:es|se llama)"
    r"|they call (?:me|her|him)|(?:you can )?call (?:me|her|him)|(?:the )?patient is|i go by|speaking with"
    r"|me llamo|yo(?=,)|mi nombre(?: completo)?(?:\s+es|:)|su nombre(?: completo)? es"
    r"|el nombre(?: completo)? es|nombre:?"
    r"|se llama|ella se llama"
    r"|él se llama|el se llama|le dicen|me dicen|yo soy|soy|ella es|él es|es|la paciente es|el paciente es"
    r"|mi (?:mam[aá]|pap[aá]|espos[oa]|hij[oa]|herman[oa]|abuel[oa]) (?:es|se llama)"
    r"|my (?:mom|mother|dad|father|wife|husband|son|daughter|brother|sister"
    r"|friend)(?:'s name)? is)(?=[\s,:]|$)[\s,:]*)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^(?:(?:la |el )?(?:mr|mrs|ms|miss|mx|dr|doctor|dra|doctora|prof|professor|profesora?|sr|sra"
    r"|srta|señora?|señorita"
    r"|senora?|senorita|doña|dona|sir|madam|rev|reverend|pastor|deacon|rabbi|imam|padre|hon|judge|sgt"
    r"|sergeant|cpt|capt"
    r"|captain|col|lt|maj|ing|lic|arq|mtra|mtro)|sister|father"
    r"(?=\s+\w+\s+\w+))\b\.?\s+",
    re.IGNORECASE,
)
_DON = re.compile(r"^don\s+(?=\w)", re.IGNORECASE)
_TAIL = re.compile(
    r"[\s,.!]*\b(?:please|thanks|thank you|thx|por favor|gracias|here|speaking|i guess|i think|creo"
    r"|supongo|ma'?am|sir|para servirle|mucho gusto|nice to meet you|pleased to meet you"
    r"|a sus ordenes|a sus órdenes)"
    r"[\s,.!]*$",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s*(?:[;(/]|(?<=\w\w)(?<!\bMa)\.\s+(?=\w{2})|,\s*(?=\S+\s+\S+\s+\S|she\b|he\b|but\b|i\b|im\b|my\b|and\b"
    r"|they\b|we\b|ella\b|pero\b|y\b|le\b|me\b|mi\b"
    r"|por\b|born\b|age\b|aka\b|the\b|her\b|his\b|everyone\b|ok\b)"
    r"|\b(?:but|and (?:i|she|he|my|we|her|his|the)\b|pero|y (?:yo|ella|mi|soy|tiene)\b|aka|a\.k\.a\.|who"
    r"|que|calling|goes by|everyone|her daughter"
    r"|her son|his wife|his daughter|his son|nacida|nacido|born))",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['\-.][^\W\d_]+)*['.]?")
_PARTICLES = frozenset({"viuda", "vda", "de", "del", "la", "las", "los", "y", "da", "dos", "der", "den"})
_SMALL_PARTS = _PARTICLES | {
    "van",
    "von",
    "ter",
    "ten",
    "di",
    "el",
    "al",
    "bin",
    "ibn",
    "bint",
    "le",
    "du",
    "e",
    "i",
}
_SUFFIX = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}

# Words no name is made of. Names that are also words stay out of it: Will, May, Hope, Grace, Young, Dolores, Luz.
_NOT_NAMES = """
a about after again ain't all also always am an and annoyed another any anyone anybody anything are aren't
around as ask asking
at awful away back bad be because been before being best better big bother but bye call called caller
calling came can can't
cannot care caring chat chemo click clinic come computer confused cost could couldn't day depends did didn't
die died do doctor
does doesn't doing don't done down each early either else end english enough enroll even every everything
family fine first for
from full get getting give go going gone good great guess guy had happy has hasn't hate have haven't having
he hello help helped
helping her here hers hi him his hmm home hospice hospital how i'd i'll i'm im i've if ill in info
information into isn't it its itself
just keep kind know last later least leave left let like little live lives living look lost lot mad make
maybe me mean medicare
meant might mine more most much must my myself name name's named names need needed needs never new next no
nobody none nope not
nothing now number nurse of off ok okay old on once one only or other our out over overwhelmed own pain pass
patient patients
people person phone please private program question questions quiet rather ready really refuse relevant
right robot rude sad
said same saw say scared sees send she should sick sign since skip sleep so some somebody someone something
sorry spanish spell
start still stop stupid such sure talk talking team tell test testing than thank thanks that that's the
their them then there
these they thing things think this those though through tired to today together told tomorrow tonight too
treatment type
uncomfortable under unknown until up upset us use very wait want wanted was wasn't way we week welcome well
were what what's
whatever when where which while who why wife wish with without won't word work worried would wouldn't wrong
yeah yep yes yesterday nah naw nuh uh na yup yea yah mhm idk dunno nel sip simon
yet you your yours yourself anonymous undefined null none n/a same hello hey ugh wtf lol haha yo hm uh um
bot menu
afternoon morning evening night minute moment second anxious exhausted frightened afraid angry alone busy
depressed devastated
cancer dementia copd als diabetes stroke surgery radiation medicine pills insurance medicaid money food ride
hola gracias adios buenos buenas dias tardes noches no si que como cuando donde quien cual porque para por
con sin
sobre esto esta este ese esa eso aqui alli ahora luego despues antes nada nadie todo todos todas algo
alguien mucho muy mas menos
anytime whenever sometime asap soon directly collect
yo tu usted ustedes ella ellos ellas nosotros mi mis su sus nuestra nuestro un una unos unas el lo le les se
es son soy eres fue ser
estar estoy esta estan tengo tiene tienen quiero quiere puedo puede necesito necesita ayuda ayudar hablar
persona nombre llamo
llama telefono numero pregunta preguntas saltar siguiente volver atras repetir cansada cansado triste miedo
asustada asustado enferma
enfermo enfermera enfermero medico paciente cuidado cuidados paliativos hospicio casa espanol ingles
prefiero decir digo dolor mal
bien bueno claro pues hijole todavia tampoco nunca siempre quisiera deseo hace hago hacer voy vamos momento
perdon disculpe
abuela persona robot computadora familia xyz abc foo blah later xx xxx aaa bbb
beeswax adelante dale orale andale andele apurele proceed continue yourselves ustedes listo lista sale vale
monday tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado
""".split()
NOT_NAMES = frozenset(fold(word) for word in _NOT_NAMES) | {
    word for group in KIN.values() for word in re.findall(r"[a-z]+", group) if word not in {"ma", "pop", "pops"}
} - {"nana", "bro", "sis", "ser", "son", "baby", "mama"} | {"son", "baby", "mama"}  # fmt: skip

_DECLINES = re.compile(
    r"\b(?:rather not|prefer not|not (?:going to |gonna )?(?:say|tell|give|share)|don'?t want to (?:say"
    r"|tell|give|share)|won'?t (?:say|tell|give)"
    r"|none of your business|anonymous|no comment|do i have to|no quiero (?:decir|dar)|prefiero no"
    r"|no le (?:voy a )?(?:digo|decir)|anonim[oa]"
    r"|not comfortable)\b"
)


_JUST_ME = re.compile(
    r"^(?:no,? )?(?:it'?s |it is |is |that'?s |es |soy )?(?:just |only |solo |nomas |nada mas )*(?:me"
    r"|myself|yo|yo mism[oa])"
    r"(?: (?:here|aqui|nomas))?$"
)
_CORRECTED = re.compile(
    r"^(?:it'?s |es )?(?:not|no|no es)\s+[^\W\d_]+(?:\s[^\W\d_]+)?\s*[,;.]\s*(?:it'?s |it is |es |sino )?"
    r"(?P<new>[^\W\d_].*)$",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    r"(?P<cue>(?:it'?s |it is |that'?s |my name is |se |es )?(?:spelled|spelt|written|escribe"
    r"|deletrea)[:,]? |(?:my name is|me "
    r"llamo) )?(?P<letters>[^\W\d_](?:[\s.-]+[^\W\d_]){2,})",
    re.IGNORECASE,
)
_ONE_NAME = r"[^\W\d_][\w'’-]*(?:\s[^\W\d_][\w'’-]*){0,2}?"
_FIRST_LAST = re.compile(
    rf"(?:(?:my )?first name|nombre|given name)?(?:'?s| is|:"
    rf"| es)?\s*(?P<first>{_ONE_NAME})[\s,;.]+(?:and |y )?(?:(?:my )?last name"
    rf"|surname|apellidos?|family name)(?:'?s| is|:| es)?\s+(?P<last>{_ONE_NAME})",
    re.IGNORECASE,
)
_LAST_FIRST = re.compile(
    rf"(?:(?:my )?last name|surname|apellidos?|family name)(?:'?s| is|:"
    rf"| es)?\s+(?P<last>{_ONE_NAME})[\s,;.]+(?:and |y )?(?:(?:my )?first"
    rf" name|nombre|given name)(?:'?s| is|:| es)?\s+(?P<first>{_ONE_NAME})",
    re.IGNORECASE,
)
# A nickname or a relation after the name, which is no part of it.
_KNOWN_TAIL = re.compile(
    r"\W*(?:but|aka|a\.k\.a|goes by|everyone|who|que|pero|le dicen|born|nacid[oa]|and|y)\b", re.IGNORECASE
)
_LEGAL = re.compile(
    r"\b(?:legal|real|full|last|given) name\b|\bapellidos?\b|\bnombre (?:real|legal|completo)\b"
)
_SOMEONE_ELSE = re.compile(r"\b(?:i'?m|i am|this is|soy|my name|me llamo)\b", re.IGNORECASE)
_KIN_BEFORE = re.compile(
    r"^(?i:(?:grandma|grandpa|granny|uncle|aunt|auntie|abuelit[oa]|abuel[oa]|t[ií][oa]|mam[aá]"
    r"|pap[aá]|mom|dad|nana)"
    r"|(?:my|mi) (?:\w+),)\s+(?=[^\W\d_a-zà-ÿ])"
)
# "Carmen o Carmelita", "somos Carmen y Luis".
_OR_NAME = re.compile(r"\w\w\s(?:o|or|u)\s\w\w|^(?:somos|we'?re|we are)\b", re.IGNORECASE)
# "He's dying", "estoy desesperada": no name ends so.
_STATE_OF_MIND = re.compile(r"[a-zñáéíóú]{2,}(?:ing|ed|ando|endo|ad[oa]|id[oa])")
# "Apúntelo", "inscríbanla", "sign her up": what is wanted, and nobody's name.
_WISH = re.compile(
    r"(?:apunt|anot|inscrib|registr|pong|dig|hag|empiez|empec|comienc|mand|envi|escrib|dej|agreg|sig|pas|ayud|met|llen)"
    r"(?:e|a|en|an|emos|amos|uen|ue|ale|alo)?(?:me|se)?(?:lo|la|le|los|las|les|nos)?"
)
_NICKNAME = re.compile(r"\s*(?:\([^)]*\)|[\"“”][^\"“”]*[\"“”])\s*(?=\S)|\s*\([^)]*\)$")
_HOW_SPELLED = re.compile(
    r"(?:[\s,.;]+(?:that'?s|spelled|es)?[\s:,]*[^\W\d_](?:[\s.-]+[^\W\d_]){1,}[\s.]*$)"
    r"|\s+(?:with|con)\s+(?:(?:an?|two|one|una?|dos|doble)\s+)?(?:[a-zñ](?:'?s)?|zeta|ese|ye|hache|be"
    r"|ve|uve|jota|ge|i griega)"
    r"(?:\s.*)?$",
    re.IGNORECASE,
)
_NUMBER_AFTER = re.compile(
    r"(?<=[^\W\d_])[\s,]+(?:at |al |zip |tel |phone )?(?:[\d(+][\d\s().-]{3,}|\d{1,3}(?: years old| anos| años)?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Cut:
    """A text without its lead-in, and whether the lead-in said that a name follows."""

    rest: str
    cued: bool


def read_name(text: str) -> Read | NotRead:
    """A person's name, capitals set right, without lead-ins, titles and politeness.

    A lower-case word alone is taken, but gives way to a clear digression (`strong` is False).
    Reasons: wordless, number, email, question, declined, me ("it's just me"), several (two people), not_a_name,
    too_long.
    """
    shown = clean(text)
    if _JUST_ME.match(fold(shown)):
        return NotRead("me")
    if spelled := _spelled_out(shown):
        return spelled
    if reason := _refusal(shown):
        return NotRead(reason)
    shown = shown.lstrip("¡¿")
    corrected = _CORRECTED.match(shown)
    cut = _without_lead(_said_beside(corrected["new"] if corrected else shown))
    untitled = _KIN_BEFORE.sub("", _DON.sub("", _TITLE.sub("", _TAIL.sub("", cut.rest))))
    head, rest = _first_part(untitled)
    if any(char.isdigit() for char in head):
        return NotRead("number")
    if in_parts := _first_and_last(cut.rest):
        return Read(in_parts, same(in_parts))
    if _two_people(head) or _OR_NAME.search(head):
        return NotRead("several")
    if cut.rest != shown and _STATE_OF_MIND.fullmatch(head):
        return NotRead("not_a_name")
    head, turned = _turn_around(head)
    words = head.split()
    if (
        not words
        or sum(word.lower() not in _PARTICLES for word in words) > MOST_WORDS
        or not _all_names(words)
    ):
        return _named_in_passing(shown)
    name = write_name(head)
    capital = any(word[0].isupper() for word in words) or not head.isascii()
    return Read(
        name,
        same(name),
        sure=not turned and not corrected and not _may_go_on(rest) and not _maybe_two(words),
        strong=cut.cued or capital or len(words) > 1,
        note=shown if rest or _said_beside(shown) != shown else "",
    )


def _named_in_passing(shown: str) -> Read | NotRead:
    """ "My aunt Carol", "Carol Hughes is the patient": whose name that is, is asked."""
    name = name_of_other(shown) or own_name(shown)
    if name is None and (match := _NAME_FIRST.match(shown)):
        name = _trim(match["name"], "")
    return Read(name, same(name), sure=False, strong=False, note=shown) if name else NotRead("not_a_name")


def _said_beside(shown: str) -> str:
    """`shown` without what helps to write the name and is no part of it: nicknames, spelling, a number after it."""
    bare = _NICKNAME.sub(" ", shown)
    bare = _HOW_SPELLED.sub("", bare)
    return _NUMBER_AFTER.sub("", bare).strip()


def _spelled_out(shown: str) -> Read | None:
    """ "N-G-U-Y-E-N": sure when it was said that this is the spelling."""
    match = _LETTERS.fullmatch(shown.strip(" .,!"))
    if not match:
        return None
    name = re.sub(r"[\s.,-]", "", match["letters"]).capitalize()
    return Read(name, same(name), sure=bool(match["cue"]))


def _maybe_two(words: list[str]) -> bool:
    """ "José Luis y María" are two, "Pérez y Soto" is a family name: with few words before it the "y" may be either."""
    return "y" in words and words.index("y") < 3


def _first_and_last(text: str) -> str | None:
    """ "First name Luis, last name Garcia", in either order."""
    match = _FIRST_LAST.fullmatch(text.strip(" .,!")) or _LAST_FIRST.fullmatch(text.strip(" .,!"))
    if not match:
        return None
    name = f"{match['first']} {match['last']}"
    return write_name(name) if _all_names(name.split()) else None


def _may_go_on(rest: str) -> bool:
    """What was cut off may be more of the name: "Luis. Garcia", "I go by Sam, legal name Samantha Reed"."""
    words = [word for word in re.findall(r"[^\W\d_]{2,}", rest) if word.lower() not in _PARTICLES]
    likely = 0 < len(words) <= 5 and all(fold(word) not in NOT_NAMES for word in words)
    return bool(_LEGAL.search(fold(rest)) or _SOMEONE_ELSE.search(rest)) or (
        likely and not _KNOWN_TAIL.match(rest)
    )


def _two_people(head: str) -> bool:
    """ "Ana Lopez, Juan Lopez" are two; "Lopez, Ana" is one, family name first."""
    parts = [part.split() for part in head.split(",")]
    if len(parts) < 2 or any(len(part) < 2 for part in parts[:2]):
        return False
    return fold(parts[0][-1]) == fold(parts[1][-1]) or len(parts) > 2


def write_name(name: str) -> str:
    """Capitals as names have them; what already mixes them stays as typed."""
    if not (name.islower() or name.isupper()):
        words = name.split()
        shown = (_SUFFIX.get(word.lower().strip(".,"), word) if i else word for i, word in enumerate(words))
        # "Jose luis" began with a capital and forgot the next; "van" and "de" have none.
        careless = words[0][0].isupper()
        return " ".join(
            _capital(word, first=False)
            if i and careless and word.islower() and word not in _SMALL_PARTS
            else word
            for i, word in enumerate(shown)
        )
    return " ".join(_capital(word, first=i == 0) for i, word in enumerate(name.split()))


def _capital(word: str, first: bool) -> str:
    low = word.lower()
    if not first and low in _PARTICLES:
        return low
    if not first and low.strip(".,") in _SUFFIX:
        return _SUFFIX[low.strip(".,")]
    if low.startswith("mc") and len(low) > 4:
        return "Mc" + low[2:].capitalize()
    return re.sub(r"(^|[-'.])([^\W\d_])", lambda match: match.group(1) + match.group(2).upper(), low)


def _refusal(shown: str) -> str | None:
    if is_unreadable(shown) and not _has_letters(shown):
        return "wordless" if not any(char.isdigit() for char in shown) else "number"
    if is_code(shown):
        return "wordless"
    if "@" in shown or re.search(r"\w\.(?:com|org|net|edu)\b", shown):
        return "email"
    if _DECLINES.search(fold(shown)):
        return "declined"
    if is_question(shown):
        return "question"
    if len(shown) > LONGEST * 2:
        return "too_long"
    return "wordless" if is_unreadable(shown) else None


def _has_letters(shown: str) -> bool:
    return any(char.isalpha() for char in shown)


def _without_lead(shown: str) -> Cut:
    rest, cued = shown, False
    while match := _LEAD.match(rest):
        left = rest[match.end() :].strip(" ,:-")
        if not left:
            break
        # "Sí" and "Es" alone may begin a name only in jest; a greeting says nothing about what follows.
        cued = (
            cued
            or len(match.group().split()) > 1
            or match.group().strip(" ,:").lower() in ("soy", "i'm", "im", "es", "it's", "nombre")
        )
        rest = left
    return Cut(rest, cued)


def _first_part(text: str) -> tuple[str, str]:
    match = _CUT.search(text)
    if match and match.start():
        return text[: match.start()].strip(" ,."), text[match.start() :].strip(" ,.;")
    text = text.strip(" ,!?;:")
    # A full stop ends the sentence, unless it ends an initial.
    return re.sub(r"(?<=[^\W\d_]{2})\.+$", "", text), ""


def _turn_around(head: str) -> tuple[str, bool]:
    """ "Lopez, Maria" is family name first; worth asking back."""
    parts = [part.strip() for part in head.split(",")]
    if len(parts) == 2 and all(parts) and parts[1].lower().strip(".") not in _SUFFIX:
        return f"{parts[1]} {parts[0]}", True
    return head.replace(",", ""), False


def _all_names(words: list[str]) -> bool:
    letters = 0
    for before, word in zip(("", *words), words, strict=False):
        # "Del Niño Jesús" is a name.
        known = (fold(word) in NOT_NAMES or _WISH.fullmatch(fold(word))) and before.lower() != "del"
        if not _WORD.fullmatch(word) or known:
            return False
        letters += sum(char.isalpha() for char in word)
    return 2 <= letters <= LONGEST


# --- names inside a message that says more ------------------------------------------------------------------

_CAPITAL_NAME = (
    r"(?P<name>[^\W\d_a-zà-ÿ][\w'’.-]*"
    r"(?:\s+(?:(?:de|del|la|las|los|van|von|y)\s+)*[^\W\d_a-zà-ÿ][\w'’-]*){0,4})"
)
_ANY_NAME = r"(?P<name>[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){0,3})"
_KIN_WORD = "|".join(
    sorted((w for g in KIN.values() for w in g.split("|") if "?" not in w), key=len, reverse=True)
)
# "Call me Pat" is a name; "can somebody call me instead", "you never call me", "please call me Thursday" ask for one.
_CALL_ME = (
    r"(?:^|[,.;:!?]\s*|(?<!you )(?:you can|you may|just|please|and|but|so)\s+)call me"
    r"(?!\s+(?:in|at|on|instead|back|later|when\w*|after|before|tomorrow|today|tonight|now|asap|soon|any\w*|if|please"
    r"|first|once|again|some\w*|maybe|direct\w*|up|about|mon\w*day|tues\w*|wednes\w*|thurs\w*|friday|saturday|sunday"
    r"|weekday\w*|weekend\w*|mornings?|afternoons?|evenings?|noon|during|between|around|by|from|cell|collect|home|here"
    r"|there|quick\w*|right|and|or|cause|because|cuz|so|then|next|every\w*|this|that|the|a|an|my|with|for)\b)"
)
_OWN = (
    re.compile(rf"\b(?i:my name is|my name's|me llamo|mi nombre es|i go by)\s+{_ANY_NAME}"),
    re.compile(rf"(?i:{_CALL_ME})\s+{_ANY_NAME}"),
    re.compile(
        rf"\b(?i:i'm|i am|im|this is|soy|yo soy|habla)\s+(?:[Dd]oña |[Dd]on |[DM]rs?\.? "
        rf"|[MS]r?as?\.? )?{_CAPITAL_NAME}"
    ),
    re.compile(rf"^(?i:hi|hello|hola)?[\s,]*{_CAPITAL_NAME} (?i:here|speaking)\b"),
    re.compile(
        rf"\b(?i:i'm|i am|im|soy|yo soy)\s+(?i:su|her|his|their|the|la|el)\s+(?i:{_KIN_WORD}),?\s+{_CAPITAL_NAME}"
    ),
)
_PATIENT = (
    re.compile(
        rf"\b(?i:her name is|his name is|her name's|his name's|their name is|the patient is"
        rf"|patient's name is|the patient's name is"
        rf"|is named|is called|named|se llama|su nombre es|la paciente es|el paciente es)\s+{_ANY_NAME}"
    ),
    # "My mama name Vernell": many people leave the "is" out.
    re.compile(
        rf"\b(?i:(?:my|our)\s+(?:{_KIN_WORD})(?:['’]?s)?\s+name(?:\s+is|['’]s)?|(?:her|his)\s+name(?:['’]s)?"
        rf"|(?:the\s+)?name\s+of\s+(?:my|our)\s+(?:{_KIN_WORD})\s+is"
        rf"|el\s+nombre\s+de\s+(?:mi|nuestr[oa])\s+(?:{_KIN_WORD})\s+es)\s+{_ANY_NAME}"
    ),
    re.compile(
        rf"\b(?i:my|our|mi|nuestr[oa])\s+(?i:[\w]+\s+)?(?i:mamá|papá|tía|tío|niño|niña|bebé|compañer[oa]"
        rf"|cuñad[oa]|{_KIN_WORD}),?\s+(?i:is |es )?{_CAPITAL_NAME}"
    ),
    re.compile(rf"\b{_CAPITAL_NAME}(?:'s|’s) (?:{_KIN_WORD})\b"),
    re.compile(rf"\b{_CAPITAL_NAME} (?i:is my|es mi) "),
)


_NAME_FIRST = re.compile(
    rf"(?:(?i:the patient|la paciente|el paciente|(?:her|his|my|su|mi) \w+),\s+)?{_CAPITAL_NAME}"
    r"(?:\s+(?i:is (?:the patient|my name|her name|his name)|es (?:la|el) paciente|es mi nombre))?$"
)


def own_name(text: str) -> str | None:
    """The name a person gives for themselves inside a longer message ("I'm Ana, calling for my mom")."""
    return _found(_OWN, text)


def name_of_other(text: str) -> str | None:
    """The name of the one they call for ("... for my mom Rosa", "her name is rosa lopez")."""
    return _found(_PATIENT, text)


def _found(patterns: tuple[re.Pattern[str], ...], text: str) -> str | None:
    shown = clean(text)
    if is_code(shown):
        return None
    for number, pattern in enumerate(patterns):
        # Shouted text has no capitals to go by; only the spelled-out cues count there.
        if number and shown.isupper():
            return None
        for match in pattern.finditer(shown):
            if name := _trim(match.group("name"), shown[match.end() :]):
                return name
    return None


def _trim(raw: str, after: str) -> str | None:
    words: list[str] = []
    for word in raw.split():
        if not words and fold(word) in NOT_NAMES:
            continue
        if fold(word) in NOT_NAMES or not _WORD.fullmatch(word.rstrip(".,")):
            break
        words.append(word.rstrip(".,"))
    while words and words[-1].lower() in _PARTICLES:
        words.pop()
    # "I'm Rosa's daughter" names someone else.
    if not words or re.search(r"['’]s$", words[-1]) or re.match(r"['’]s\b", after):
        return None
    name = " ".join(words)
    return write_name(name) if sum(char.isalpha() for char in name) > 1 else None
