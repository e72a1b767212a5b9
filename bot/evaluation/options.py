"""What a person asked `pes evaluate` for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import ROOT

NLU = ROOT / "data" / "nlu"
CONFIG = ROOT / "config.yml"
HELDOUT = ROOT / "tests" / "heldout"
# What the names of held-out sets begin with in a report.
HELDOUT_SET = "heldout_"


@dataclass(frozen=True)
class Options:
    """The options of one run.

    Attributes:
        out: folder for report.json and the plots.
        nlu: folder of the training data (Rasa's NLU files).
        folds: of the cross-validation; 0 for none.
        heldout: files of held-out messages.
        typing_errors: share of words hit by a simulated typing error, 0 for none.
        seed: of the folds and the typing errors.
        plots: whether pictures are drawn.
        dataset: a data set of others, instead of our own data, and `test`, its other half.
        out_of_scope: the data set's label for out-of-scope messages; "" when it has a usual name, or none.
        say: is told about long work.
    """

    out: Path
    nlu: Path = NLU
    folds: int = 5
    heldout: list[Path] = field(default_factory=list)
    typing_errors: float = 0.2
    seed: int = 0
    plots: bool = True
    dataset: Path | None = None
    test: Path | None = None
    out_of_scope: str = ""
    say: Callable[[str], None] = lambda _: None


def default_heldout() -> list[Path]:
    """The held-out files that are there."""
    return sorted(HELDOUT.glob("nlu*.jsonl"))
