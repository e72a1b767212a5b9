"""The language of a number's first text; after that the dialogue decides."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.safety.folding import normalize

# Words that are common in a first text in Spanish and are no English words.
_SPANISH = frozenset(
    """
    hola buenos buenas dias tardes noches gracias favor ayuda ayudar ayudeme necesito necesita necesitamos quiero
    quisiera quiere puede pueden puedo tengo tiene estoy esta somos soy como cuando donde quien cual porque para
    pero con por mi mis su sus una unos unas los las del que muy mas informacion cuidado cuidados paliativos
    enfermo enferma enfermedad enfermera medico hospital mama papa madre padre esposo esposa hijo hija abuelo
    abuela hermano hermana familia inscribir inscribirme espanol hablar hablo dolor cita llamar llamen numero si
    """.split()
)
_SHARED = frozenset(
    {"hospital", "mama", "papa", "con", "sus", "una", "por", "los", "las", "del", "si", "mi", "que"}
)
_ENGLISH = frozenset(
    """
    the a an and or is are am i i'm my me you your we our he she his her it to for of in on with what who how when
    where why can could would do does did need want help have has please hi hello hey thanks thank from at about
    """.split()
)


def guess(text: str) -> str:
    """`es` when a text is clearly Spanish, otherwise `en`."""
    if re.search(r"[¿¡ñÑ]", text):
        return "es"
    found = set(re.findall(r"[a-z']+", normalize(text)))
    spanish, english = _count(found & _SPANISH), _count(found & _ENGLISH)
    return "es" if spanish > english else "en"


def _count(words: Iterable[str]) -> float:
    # A word or name that English texts hold too ("Los Angeles", "mama") is half a proof.
    return sum(0.5 if word in _SHARED else 1.0 for word in words)
