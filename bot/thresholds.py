"""How sure the service must be of what it takes a message for: probabilities from `data/understanding.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import yaml

from bot.settings import ROOT

FILE = ROOT / "data" / "understanding.yml"


class ThresholdsError(ValueError):
    """`data/understanding.yml` cannot be used; the message says why."""


@dataclass(frozen=True)
class Thresholds:
    """Probabilities between 0 and 1; what each is for stands beside it in the file."""

    clear_part: float
    clear_facts: float
    clear_statement: float
    perhaps_article: float


@lru_cache(maxsize=1)
def thresholds() -> Thresholds:
    """The thresholds, read once. Raises ThresholdsError."""
    try:
        found = Thresholds(**yaml.safe_load(FILE.read_text(encoding="utf-8")))
    except (OSError, TypeError, yaml.YAMLError) as error:
        raise ThresholdsError(f"{FILE.name}: {error}") from error
    for name, value in vars(found).items():
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ThresholdsError(f"{FILE.name}: {name} is not a probability")
    return found
