"""What the classifier makes of its probabilities: a label, its family, or that it does not know.

No Rasa in here, so that an evaluation decides exactly as the engine does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

FALLBACK = "nlu_fallback"
# What holds where config.yml says nothing; see `TopicClassifier`, `IntentReader` and `KernelModel`.
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "threshold": 0.3,
        "sure": 0.0,
        "margin": 0.0,
        "ranking_length": 10,
        "families": {},
        "short_forms": {},
        "directions": 256,
        "narrowness": 1.5,
        "spelling": 1.0,
        "ridge": 0.1,
    }
)

KERNEL_SETTINGS = ("directions", "narrowness", "spelling", "ridge")


def family_of(label: str, exceptions: Mapping[str, str]) -> str:
    """The family of a full label: the part before the slash, unless config.yml says otherwise for this label."""
    return exceptions.get(label, label.split("/")[0])


def decide(ranking: Sequence[tuple[str, float]], threshold: float) -> str:
    """The label that counts: the likeliest, or `nlu_fallback` when even that is less likely than the threshold."""
    label, probability = ranking[0]
    return FALLBACK if probability < threshold else label


def is_wordless(text: str) -> bool:
    """Nothing to read (an empty SMS, "/", "..."): any guess would be one about punctuation."""
    return not any(_says_something(character) for character in text)


def _says_something(character: str) -> bool:
    """Letters, digits and pictures do; punctuation and spaces do not."""
    kind = unicodedata.category(character)
    return kind[0] in "LN" or kind == "So"
