"""Reading the answer to "Are you having thoughts of ending your life?" in both languages.

Only a clear no is a no. A yes, a doubt, a "sometimes" or a "not today" all lead to help now.
Not clinically validated: a program's own clinicians review these patterns before real use.
"""

from __future__ import annotations

import re
from enum import Enum

from bot.enrollment.answers.plain import fold


class Answer(Enum):
    """What the person answered."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    WHY = "why"
    OTHER = "other"


# "No sé", "not yet", "no, but sometimes": a no in form only.
_UNSURE = re.compile(
    r"\b(?:not (?:really )?sure|unsure|(?:do not|don'?t|dont) (?:really )?know|idk|dunno|no idea|maybe"
    r"|perhaps|possibly"
    r"|probably|sometimes|some days|now and then|once in a while|at times|kind ?of|kinda|sort ?of|sorta"
    r"|a little"
    r"|a bit|i guess|hard to say|not (?:yet|now|today|right now|at the moment|tonight|anymore|lately"
    r"|always|exactly)"
    r"|it (?:has )?crossed my mind|i (?:have )?thought about it|i think about it|part of me|on and off"
    r"|it depends"
    r"|rather not say|prefer not"
    r"|no (?:lo )?se\b(?! me)|no estoy segur[oa]|quizas?|tal vez|a lo mejor|puede ser|posiblemente"
    r"|a veces|de vez en cuando"
    r"|un poco|mas o menos|todavia no|aun no|por ahora no|no por ahora|hoy no|ahora no|ya no tanto"
    r"|lo he pensado"
    r"|lo pienso|se me ha (?:pasado|ocurrido)|depende|no sabria|prefiero no|supongo|creo que si)\b"
)
_LEAD = (
    r"(?:(?:oh|um+|uh+|well|hm+|ay|ah|eh|pues|bueno|mire|honestly|god|dios|dios mio|lord|heavens|haha+"
    r"|lol|jaja+"
    r"|sorry|perdon) )*"
)
_A_NO = (
    r"(?:(?:no+|nope|nah+|naw|n|never|nunca|jamas|not really|not at all|not that|no way|of course not"
    r"|absolutely not"
    r"|definitely not|certainly not|nothing like that|nada de eso|para nada|claro que no|por supuesto que no"
    r"|de ninguna manera|en absoluto|que va|la verdad(?: que)? no|no la verdad(?: no)?|no realmente"
    r"|negativo|not me"
    r"|i(?:'?m| am) not(?: suicidal)?|im not suicidal|no (?:ma'?am|sir|senor|senora|senorita)|tampoco) ?)+"
)
# What denies it in so many words.
_DENIED = (
    r"(?:(?:(?:do not|don'?t|dont|not|never|would not|wouldn'?t|would never|wouldnt)(?: (?:really|ever"
    r"|even))*"
    r" (?:(?:want(?:ing)?|wanna|going|gonna|planning|plan|trying) (?:to |on )?|thinking (?:of |about )"
    r"|think (?:of |about )"
    r"|having (?:any )?thoughts (?:of |about )|feel(?:ing)? )?"
    r"(?:die|dying|do that|doing that|that|kill(?:ing)? myself|end(?:ing)? my life|end(?:ing)? it"
    r"|hurt(?:ing)? myself"
    r"|suicidal|suicide|that way|like that))"
    r"|i (?:still )?(?:really )?want to (?:live|be here|go on)|i love (?:my )?life"
    r"|(?:no|nunca|jamas)(?: me)? (?:quiero|pienso|estoy pensando|voy|he pensado|haria|lo haria)(?: en| a)?"
    r"(?: (?:eso|lo|morir(?:me)?|matarme|suicidarme|quitarme la vida|hacerme dano|hacerlo|hacer eso"
    r"|nada de eso))?(?!\w)"
    r"(?! (?:vivir|seguir|nada|despertar|estar|mas|hablar))"
    r"|(?:todavia |aun )?quiero (?:vivir|seguir (?:viviendo|aqui))|lo haria)"
)
# How a no goes on without a comma: "no just tired", "no i'm ok", "no why".
_GOES_ON = (
    r"(?:just|only|i'?m|im|i am|thanks?|thank|why|what|it'?s|its|that'?s|my|solo|solamente|estoy|es que"
    r"|gracias|por que"
    r"|tengo|me siento|but|pero)\b"
)
_NO = re.compile(rf"{_LEAD}{_A_NO}(?:$|{_GOES_ON})")
_NO_CLAUSE = re.compile(rf"{_LEAD}{_A_NO}")
_ONLY_DENIED = re.compile(rf"{_LEAD}(?:{_A_NO})?(?:i |i'?m |im |yo )?{_DENIED}")
_YES = re.compile(
    rf"{_LEAD}(?:yes|yeah|yea|yep|yup|y|ye|yess+|sure am|of course|absolutely|definitely|every (?:day"
    rf"|night)|all the time"
    r"|constantly|often|a lot|always|correct|right|si+|claro|asi es|todos los dias|todo el tiempo|siempre"
    r"|a menudo"
    r"|muchas veces|exacto|por supuesto|cierto|i (?:am|do|have|did)$|i (?:am|have been|'?m) (?:having"
    r"|thinking)|i'?m having"
    r"|im having|i have thoughts|lo estoy|la verdad que? si)\b"
)
_WHY = re.compile(
    r"\b(?:why|what for|how come|where is this coming from|what makes you|what do you mean|por ?que"
    r"|para que|a que viene"
    r"|de donde saca|que quiere decir|como asi)\b"
)
# Words that make a "no" worth a second look.
_DARK = re.compile(
    r"\b(?:die|dying|dead|death|kill\w*|suicid\w*|pills?|gun|rope|end|wake up|live|living|go on|way out"
    r"|point|burden"
    r"|hope(?:less)?|anymore|any more|care|morir\w*|muert[oa]|matar\w*|pastillas|arma|vivir|seguir|carga"
    r"|sentido|acabar"
    r"|terminar|no puedo|no aguanto|no sirvo|salida|despertar)\b"
)
LONGEST_NO = 25  # words; a longer "no" is a story that a person should read


def read(text: str) -> Answer:
    """What an answer means. Whatever is not clear is `OTHER`, and what wavers is `UNSURE`."""
    clauses = [_plain(part) for part in re.split(r"[,.;:!?\n()]+| - ", fold(text))]
    clauses = [clause for clause in clauses if clause]
    whole = " ".join(clauses)
    if not whole:
        return {"👍": Answer.YES, "👎": Answer.NO}.get(text.strip()[:1], Answer.OTHER)
    if _UNSURE.search(whole):
        return Answer.UNSURE
    if _begins_with_no(clauses):
        # It began with a no, but something in it may not sound like one.
        clear = not _DARK.search(re.sub(_DENIED, " ", whole)) and len(whole.split()) <= LONGEST_NO
        return Answer.NO if clear else Answer.UNSURE
    if _YES.match(whole):
        return Answer.YES
    return Answer.WHY if _WHY.search(whole) else Answer.OTHER


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^\w'\s]+", " ", text)).strip()


def _begins_with_no(clauses: list[str]) -> bool:
    first = clauses[0]
    return bool(
        _NO_CLAUSE.fullmatch(first)
        or _NO.match(first)
        or _ONLY_DENIED.match(first)
        or (len(clauses) > 1 and re.fullmatch(_LEAD.strip(), first + " ") and _begins_with_no(clauses[1:]))
    )
