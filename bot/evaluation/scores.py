"""What a set of guesses is worth: precision, recall and F1 by label and family, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from bot.evaluation.examples import Example
from bot.evaluation.pipeline import Guess, Rule

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(20))
MOST_ERRORS = 25

Summary = dict[str, Any]


def share(hits: Iterable[bool]) -> float | None:
    """The share of true ones; None for none at all."""
    found = list(hits)
    return sum(found) / len(found) if found else None


def summary(examples: Sequence[Example], guesses: Sequence[Guess], rule: Rule) -> Summary:
    """All figures of one set, by labels and by families; shares are 0 to 1, or None where there is nothing to count."""
    labels = [example.label for example in examples]
    decided = [rule.decide(guess) for guess in guesses]
    return {
        **out_of_scope(examples, guesses, rule),
        "labels": by_label(labels, decided),
        "families": by_label([rule.family(label) for label in labels], [rule.family(d) for d in decided]),
    }


def by_label(wanted: Sequence[str], decided: Sequence[str]) -> Summary:
    """Accuracy, macro F1 over the labels that occur in `wanted`, and precision, recall, F1 of each of these."""
    names = sorted(set(wanted))
    if not names:
        return {"accuracy": None, "macro_f1": None, "each": {}}
    columns = precision_recall_fscore_support(wanted, decided, labels=names, zero_division=0)
    each = {
        name: {"precision": float(p), "recall": float(r), "f1": float(f), "messages": int(n)}
        for name, p, r, f, n in zip(names, *columns, strict=True)
    }
    return {
        "accuracy": share(w == d for w, d in zip(wanted, decided, strict=True)),
        "macro_f1": float(np.mean([row["f1"] for row in each.values()])),
        "each": each,
    }


def out_of_scope(examples: Sequence[Example], guesses: Sequence[Guess], rule: Rule) -> Summary:
    """What is recognized as out of scope, and what is wrongly refused."""
    pairs = list(zip(examples, guesses, strict=True))
    known = [(e.label, g) for e, g in pairs if e.label != rule.out_of_scope]
    strange = [g for e, g in pairs if e.label == rule.out_of_scope]
    refused = [g for _, g in known if rule.decide(g) == rule.out_of_scope]
    return {
        "messages": len(pairs),
        "in_scope": len(known),
        "in_scope_best_guess_right": share(g.best == label for label, g in known),
        "in_scope_right": share(rule.decide(g) == label for label, g in known),
        "in_scope_refused": len(refused) / len(known) if known else None,
        "out_of_scope": len(strange),
        "out_of_scope_recall": share(rule.decide(g) == rule.out_of_scope for g in strange),
    }


def threshold_curve(examples: Sequence[Example], guesses: Sequence[Guess], rule: Rule) -> list[Summary]:
    """`out_of_scope` at every threshold."""
    return [
        {"threshold": threshold, **out_of_scope(examples, guesses, rule.at(threshold))}
        for threshold in THRESHOLDS
    ]


def worst_errors(examples: Sequence[Example], guesses: Sequence[Guess], rule: Rule) -> list[Summary]:
    """The wrong decisions that were most certain, most certain first; "not understood" is not among them."""
    wrong = [
        (e, g)
        for e, g in zip(examples, guesses, strict=True)
        if g.best != e.label and g.confidence >= rule.threshold
    ]
    wrong.sort(key=lambda pair: -pair[1].confidence)
    return [
        {"text": e.text, "label": e.label, "guess": g.best, "confidence": round(g.confidence, 3)}
        for e, g in wrong[:MOST_ERRORS]
    ]


def pick(
    locale: str, examples: Sequence[Example], guesses: Sequence[Guess]
) -> tuple[list[Example], list[Guess]]:
    """Those of one language."""
    chosen = [(e, g) for e, g in zip(examples, guesses, strict=True) if e.locale == locale]
    return [e for e, _ in chosen], [g for _, g in chosen]
