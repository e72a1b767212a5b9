"""The pictures of a report: confusion matrix, histogram of confidence, curve over thresholds."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.evaluation.examples import Example
from bot.evaluation.pipeline import Guess, Rule

# Beyond this many labels their names would not be readable on the axes.
MOST_NAMES = 120
BINS = 20


class NoPlots(RuntimeError):
    """Matplotlib is not there; the message says what to do."""


def require() -> None:
    """Raises NoPlots unless plots can be drawn; asked before long work, not after it."""
    if importlib.util.find_spec("matplotlib") is None:
        raise NoPlots("Plots need matplotlib. Run `make setup`, or leave them out with --no-plots.")


def draw(
    folder: Path, name: str, examples: Sequence[Example], guesses: Sequence[Guess], rule: Rule
) -> list[Path]:
    """Draw all pictures of one set into a folder, as `<name>_<what>.png`; returns the files."""
    labels = [example.label for example in examples]
    decided = [rule.decide(guess) for guess in guesses]
    families = [[rule.family(label) for label in part] for part in (labels, decided)]
    made = [
        _save(folder / f"{name}_confidence.png", _confidence(examples, guesses, rule)),
        _save(folder / f"{name}_confusion.png", _confusion(labels, decided)),
    ]
    if set(families[0]) != set(labels):
        made.append(_save(folder / f"{name}_confusion_families.png", _confusion(*families)))
    return made


def draw_curve(folder: Path, name: str, curve: Sequence[dict[str, Any]], threshold: float) -> Path:
    """What each threshold would give: recall of out of scope, and what is refused and right in scope."""
    figure = _figure(7, 4.5)
    axes = figure.subplots()
    shown = {
        "out_of_scope_recall": "out of scope: recognized",
        "in_scope_right": "in scope: right",
        "in_scope_refused": "in scope: refused",
    }
    for key, title in shown.items():
        points = [(row["threshold"], 100 * row[key]) for row in curve if row[key] is not None]
        if points:
            axes.plot(*zip(*points, strict=True), label=title, marker=".")
    axes.axvline(threshold, color="gray", linestyle="--", label="threshold in config.yml")
    axes.set(xlabel="threshold", ylabel="% of messages", ylim=(0, 100))
    axes.legend(fontsize=8)
    return _save(folder / f"{name}_thresholds.png", figure)


def _figure(width: float, height: float) -> Any:
    # Figures of their own: pyplot would keep each one, and look for a display.
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _save(path: Path, figure: Any) -> Path:
    figure.savefig(path, dpi=110)
    return path


def _confidence(examples: Sequence[Example], guesses: Sequence[Guess], rule: Rule) -> Any:
    groups: dict[str, list[float]] = {
        "right": [],
        "wrong": [],
        "out of scope, taken for something else": [],
    }
    for example, guess in zip(examples, guesses, strict=True):
        if guess.best == example.label:
            groups["right"].append(guess.confidence)
        elif example.label == rule.out_of_scope:
            groups["out of scope, taken for something else"].append(guess.confidence)
        else:
            groups["wrong"].append(guess.confidence)
    figure = _figure(7, 4.5)
    axes = figure.subplots()
    names = [f"{name} ({len(values):,})" for name, values in groups.items()]
    axes.hist(list(groups.values()), bins=BINS, range=(0, 1), stacked=True, label=names)
    axes.axvline(rule.threshold, color="gray", linestyle="--", label="threshold")
    axes.set(xlabel="probability of the best guess", ylabel="messages")
    axes.legend(fontsize=8)
    return figure


def _confusion(wanted: Sequence[str], decided: Sequence[str]) -> Any:
    names = sorted({*wanted, *decided})
    place = {name: i for i, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    for w, d in zip(wanted, decided, strict=True):
        counts[place[w], place[d]] += 1
    shares = 100 * counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    side = 4 + 0.17 * min(len(names), MOST_NAMES)
    figure = _figure(side + 1, side)
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="magma_r", vmin=0, vmax=100)
    figure.colorbar(image, ax=axes, label="% of the label's messages", shrink=0.7)
    axes.set(xlabel="understood as", ylabel="meant")
    if len(names) <= MOST_NAMES:
        axes.set_xticks(range(len(names)), names, rotation=90, fontsize=6)
        axes.set_yticks(range(len(names)), names, fontsize=6)
    else:
        axes.set_xticks([])
        axes.set_yticks([])
    return figure
