"""The NLU report: cross-validation over data/nlu, and the held-out messages against a model of all of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from bot.engine.text import fold
from bot.evaluation import plots, scores
from bot.evaluation.examples import LOCALES, BadData, Example, counts, read_rows, training_examples
from bot.evaluation.options import CONFIG, HELDOUT_SET, Options
from bot.evaluation.pipeline import Embeddings, Guess, Pipeline, Rule, Settings
from bot.evaluation.typing_errors import Typist

Answered = tuple[list[Example], list[Guess]]


def report(options: Options) -> dict[str, Any]:
    """Evaluate our own data; plots go to `options.out`.

    Raises:
        BadData: a file cannot be used.
    """
    # Everything is read first: a mistake in a file should show now, not after minutes.
    settings, examples = Settings.read(CONFIG), training_examples(options.nlu)
    heldout = [(file, read_rows(file)) for file in options.heldout]
    _check_folds(examples, options.folds)
    embeddings = Embeddings(options.say)
    judge = Judge(settings.rule(), options)
    found: dict[str, Any] = {
        "kind": "nlu",
        "examples": len(examples),
        "labels": len(counts(examples)),
        "threshold": settings.rule().threshold,
        "sets": {},
    }
    if options.folds:
        clean, typed = _cross_validate(examples, settings, embeddings, options)
        found["sets"]["cross_validation"] = judge.judge("cross_validation", clean, typed)
    if heldout:
        options.say(f"Learning from all {len(examples):,} examples ...")
        pipeline = Pipeline(settings, embeddings, options.say).fit(examples)
        for file, rows in heldout:
            clean, typed = _ask(pipeline, rows, options)
            found["sets"][_name(file)] = judge.judge(_name(file), clean, typed)
        found["ms_per_message"] = pipeline.milliseconds([row.text for _, rows in heldout for row in rows])
    return found


def _name(file: Path) -> str:
    return f"{HELDOUT_SET}{file.stem}"


def _check_folds(examples: Sequence[Example], folds: int) -> None:
    few = [label for label, count in counts(examples).items() if count < folds]
    if few:
        raise BadData(
            f"{len(few)} labels have fewer than {folds} examples, {few[0]} for one: use fewer --folds"
        )


def _cross_validate(
    examples: list[Example], settings: Settings, embeddings: Embeddings, options: Options
) -> tuple[Answered, Answered | None]:
    """Every example guessed by a model that was not trained on it, nor on the same words in other spelling.

    Folds are stratified by label and language.
    """
    clean = np.empty(len(examples), dtype=object)
    typed = np.empty(len(examples), dtype=object)
    retyped = _retyped(examples, options)
    strata = [f"{example.label} {example.locale}" for example in examples]
    groups = [fold(example.text) for example in examples]
    splitter = StratifiedGroupKFold(options.folds, shuffle=True, random_state=options.seed)
    for number, (learned, asked) in enumerate(splitter.split(examples, strata, groups), 1):
        options.say(f"Fold {number} of {options.folds}: learning from {len(learned):,} examples ...")
        pipeline = Pipeline(settings, embeddings, options.say).fit([examples[i] for i in learned])
        clean[asked] = _objects(pipeline.guess([examples[i].text for i in asked]))
        if retyped:
            typed[asked] = _objects(pipeline.guess([retyped[i].text for i in asked]))
    return (examples, list(clean)), (retyped, list(typed)) if retyped else None


def _objects(guesses: Sequence[Guess]) -> Any:
    """As an array of objects; numpy would make a table of a list of tuples."""
    array = np.empty(len(guesses), dtype=object)
    array[:] = guesses
    return array


def _ask(pipeline: Pipeline, rows: list[Example], options: Options) -> tuple[Answered, Answered | None]:
    clean = rows, pipeline.guess([row.text for row in rows])
    retyped = _retyped(rows, options)
    return clean, (retyped, pipeline.guess([row.text for row in retyped])) if retyped else None


def _retyped(examples: Sequence[Example], options: Options) -> list[Example]:
    """The examples with typing errors; none when no share of words is to be hit."""
    if not options.typing_errors:
        return []
    typist = Typist(options.typing_errors, options.seed)
    typed = [typist.retype(example) for example in examples]
    options.say(f"Typing errors: {typist.hit:,} of {typist.words:,} words came out different")
    return typed


class Judge:
    """Turns guesses into the figures and plots of a set.

    Args:
        rule: the pipeline's own.
        options: where plots go, and whether there are any.
    """

    def __init__(self, rule: Rule, options: Options) -> None:
        self._rule = rule
        self._options = options

    def judge(self, name: str, clean: Answered, typed: Answered | None = None) -> dict[str, Any]:
        """All figures of a set: clean and with typing errors, together and by language."""
        found = {"clean": self._slices(clean)}
        if typed:
            found["typing_errors"] = self._slices(typed)
        curve = scores.threshold_curve(*clean, self._rule)
        if self._options.plots:
            self._options.say(f"Drawing {name} ...")
            plots.draw(self._options.out, name, *clean, self._rule)
            plots.draw_curve(self._options.out, name, curve, self._rule.threshold)
        return {**found, "thresholds": curve, "worst_errors": scores.worst_errors(*clean, self._rule)}

    def _slices(self, answered: Answered) -> dict[str, scores.Summary]:
        found = {"all": scores.summary(*answered, self._rule)}
        for locale in LOCALES:
            chosen = scores.pick(locale, *answered)
            if chosen[0]:
                found[locale] = scores.summary(*chosen, self._rule)
        return found
