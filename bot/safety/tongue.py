"""Which of our two languages a message is written in, so that help comes in the language of the cry.

A conversation in English may hold a cry in Spanish. Small words decide; when they do not, it is the conversation's own.
"""

from __future__ import annotations

import re

from bot.enrollment.answers.plain import fold

_SPANISH = frozenset(
    "a al algo ayuda cuando de del demasiado el ella ellos en es esta estoy fue gracias ha hay la las le lo los"
    " me mi mis mucho muy mas nada no nos nunca para pero por porque puedo que quiero quien respira se ser si sin"
    " sobre solo son soy su te tengo todo tomo tome un una unas va vida vivir voy y ya yo esposo esposa mama papa"
    " hijo hija dolor pecho pastillas morir morirme matarme".split()
)
_ENGLISH = frozenset(
    "a about all am an and are be been but can do don't dont for from get have he her him his how i i'm im in is"
    " isn't it just life like me my no not now of on or out she so that the them they this to too up want was we"
    " what when who will with would you kill myself die pain chest pills breathing help mom dad husband wife".split()
)
_ONLY_SPANISH = re.compile(r"[ñ¿¡]", re.IGNORECASE)


def of(text: str, otherwise: str) -> str:
    """The language of a text, "en" or "es"; `otherwise` when it does not show."""
    if _ONLY_SPANISH.search(text):
        return "es"
    found = set(re.findall(r"[a-z']+", fold(text)))
    spanish, english = len(found & (_SPANISH - _ENGLISH)), len(found & (_ENGLISH - _SPANISH))
    if spanish == english:
        return otherwise
    return "es" if spanish > english else "en"
