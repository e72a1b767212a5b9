"""STOP, START and HELP: the words carriers act on before us, and the same wishes in people's own words.

Twilio takes English single words only (its default opt-out handling); a message service with Advanced Opt-Out says
which keyword it acted on. What it does not take is ours to honor: the FCC's rule on revoking consent
(47 CFR 64.1200(a)(10)) lets people say it in any reasonable way, in Spanish too.
"""

from __future__ import annotations

import re
from enum import Enum

from bot.safety.folding import normalize


class Keyword(Enum):
    """What a keyword asks for."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


# Nobody asks to be left alone in a longer breath; it also bounds the work on hostile input.
LONGEST_WISH = 120

_BY_WORD = {
    word: keyword
    for keyword, words in {
        Keyword.STOP: (
            "stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out",
            "opt-out", "alto", "parar", "pare", "cancelar", "darme de baja",
        ),
        Keyword.START: ("start", "unstop", "yes", "si", "empezar", "comenzar", "reanudar"),
        Keyword.HELP: ("help", "info", "ayuda"),
    }.items()
    for word in words
}  # fmt: skip

_BEFORE = (
    r"(?:(?:please|pls|plz|just|ok|okay|hi|hey|hello|sorry|now|so|kindly|por favor|favor de|ya|hola"
    r"|(?:can|could|would|will) you(?: please)?|i (?:want|need) you to|i(?: would|'d) like you to"
    r"|i (?:want|need|would like) to|i'd like to|puede|pueden|podria|podrian"
    r"|quiero que|necesito que|le pido que|les pido que) )*"
)
_AFTER = (
    r"(?: (?:please|pls|plz|now|right now|at once|any ?more|again|ever|ever again|thanks|thank you|to me"
    r"|to (?:this|my) (?:number|phone)|por favor|ya|nunca mas|nunca|mas|otra vez|gracias|a (?:este|mi) numero))*"
)
_TEXTS = r"(?:texts?|messages?|text messages?|texting|msgs?|sms)"
_ANY = r"(?:(?:me|any|more|the|these|those|this|all|of|your) )*"
_MENSAJES = r"(?:mensajes?|textos?|mensajes? de texto|sms)"
_CUALES = r"(?:(?:me|mas|los|estos|esos|sus|tantos|mis|de) )*"
_WRITE = (
    r"(?:mande[ns]?|manden|envie[ns]?|envien|escriba[ns]?|escriban|contacte[ns]?|texte[ea][ns]?|moleste[ns]?)"
)

_REVOCATIONS = tuple(
    re.compile(_BEFORE + pattern + _AFTER)
    for pattern in (
        rf"(?:stop|quit|cease) (?:texting|messaging|contacting|writing)(?: (?:me|us))?(?: {_ANY}{_TEXTS})?",
        rf"(?:stop|quit|end|cancel) (?:(?:sending|getting|receiving) )?{_ANY}{_TEXTS}",
        r"(?:do not|don't|dont|never) (?:text|message|contact) (?:me|us|this number|my phone)",
        rf"(?:do not|don't|dont|never) send {_ANY}{_TEXTS}",
        rf"(?:i )?(?:do not|don't|dont) (?:want|need) (?:to (?:get|receive) )?{_ANY}{_TEXTS}(?: from you)?",
        rf"no more {_TEXTS}",
        r"(?:take|remove|get) (?:me|my number|my phone|this number) (?:off|from|out of)(?: of)? (?:your|the|this) "
        rf"(?:list|{_TEXTS}|text list|texting list)",
        rf"(?:unsubscribe|opt(?: me)? out)(?: me)?(?: (?:from|of) {_ANY}{_TEXTS})?",
        rf"no (?:me|nos) {_WRITE}(?: {_CUALES}{_MENSAJES})?",
        rf"no (?:quiero|deseo|queremos|deseamos|necesito) (?:recibir )?{_CUALES}{_MENSAJES}",
        rf"no mas {_MENSAJES}",
        rf"(?:deje|dejen|deja|dejar|pare|paren|para|parar) de (?:mandar|enviar|escribir|textear)"
        rf"(?:me|nos)?(?: {_CUALES}{_MENSAJES})?",
        rf"(?:pare|paren|detenga|detengan|cancele|cancelen|cancelar|parar) {_CUALES}{_MENSAJES}",
        r"(?:(?:quite|quiten|borre|borren|saque|saquen|elimine|eliminen)(?:me|nos)?|quitar|borrar|eliminar)"
        r"(?: mi (?:numero|telefono))? de (?:la|su|esta) lista",
        r"(?:deme|denme|darme|quiero darme) de baja",
    )
)


def read(text: str, *, opted_out: bool = False) -> Keyword | None:
    """The keyword of a text, or None.

    STOP and HELP are the whole text; a wish to get no more texts may also be one sentence of it.

    Args:
        text: what the person sent.
        opted_out: whether they get no texts now. Only then START, YES and their like mean "text me again"; from
            everybody else they are an answer.
    """
    plain = normalize(re.sub(r"[\r\n]+", ". ", text.strip()))
    keyword = _BY_WORD.get(plain.strip(" .,!?¡¿:;'\"()*-"))
    if keyword is not None:
        return keyword if opted_out or keyword is not Keyword.START else None
    clauses = (clause.strip(" -'\"()") for clause in re.split(r"[.,;:!?¡¿]+", plain))
    short = [clause for clause in clauses if len(clause) <= LONGEST_WISH]
    if any(pattern.fullmatch(clause) for clause in short for pattern in _REVOCATIONS):
        return Keyword.STOP
    return None


def as_sent(body: str, opt_out_type: str) -> str:
    """The text of a message, with Twilio's word on it.

    Args:
        body: what the person sent, perhaps a keyword that only the program's message service knows.
        opt_out_type: Twilio's `OptOutType` (STOP, START, HELP), or "" when it did not act.

    Returns:
        The body, or the plain keyword when `read` would not understand the body the same way.
    """
    try:
        meant = Keyword(opt_out_type.strip().upper())
    except ValueError:
        return body
    return body if read(body, opted_out=True) is meant else meant.value
