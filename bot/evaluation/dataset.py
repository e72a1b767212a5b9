"""The same featurizer and classifier on a data set of others: trained on its one half, asked its other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn.model_selection import train_test_split

from bot.evaluation import scores
from bot.evaluation.examples import BadData, Example, counts, read_rows
from bot.evaluation.nlu import Judge
from bot.evaluation.options import CONFIG, Options
from bot.evaluation.pipeline import Embeddings, Pipeline, Rule, Settings

USUAL_OUT_OF_SCOPE = ("oos", "out_of_scope")
# What "not understood" is called in a data set that has no label for it.
NONE_OF_THEM = "out_of_scope"
TEST_SHARE = 0.2
# How sure is sure enough depends on the labels and on how alike they are: this share of the examples is set aside for a
# moment, and as many of those may be refused as of our own people may be asked again for nothing.
SET_ASIDE = 0.1
MOST_REFUSED = 0.05


def report(options: Options) -> dict[str, Any]:
    """Train and test; plots go to `options.out`.

    Raises:
        BadData: a file cannot be used.
        KernelError: fewer than two labels to learn.
    """
    train, test = halves(options)
    away = _out_of_scope([*train, *test], options.out_of_scope)
    settings = Settings.read(CONFIG)
    options.say(f"Learning {len(counts(train)):,} labels from {len(train):,} examples ...")
    started = time.perf_counter()
    embeddings = Embeddings(options.say)
    rule = settings.rule(away)
    rule = rule.at(_sure_enough(train, settings, embeddings, rule, options.seed))
    pipeline = Pipeline(settings, embeddings, options.say).fit(train)
    seconds = time.perf_counter() - started
    options.say(f"Asking {len(test):,} messages ...")
    texts = [example.text for example in test]
    answered = test, pipeline.guess(texts)
    judged = Judge(rule, options).judge("dataset", answered)
    return {
        "kind": "dataset",
        "examples": len(train),
        "labels": len(counts(train)),
        "out_of_scope_label": away,
        "threshold": rule.threshold,
        "never_learned": sum(example.label not in counts(train) for example in test),
        "training_seconds": round(seconds, 2),
        "ms_per_message": pipeline.milliseconds(texts),
        "sets": {"dataset": judged},
    }


def _sure_enough(
    train: Sequence[Example], settings: Settings, embeddings: Embeddings, rule: Rule, seed: int
) -> float:
    """The threshold for these labels: the highest that refuses at most a twentieth of examples set aside.

    Nothing of the test half is looked at. With too few examples to set some of every label aside, the assistant's own.
    """
    in_all = counts(train)
    size = round(SET_ASIDE * len(train))
    if min(in_all.values()) < 2 or not len(in_all) <= size <= len(train) - len(in_all):
        return rule.threshold
    labels = [example.label for example in train]
    learned, aside = train_test_split(train, test_size=size, stratify=labels, random_state=seed)
    pipeline = Pipeline(settings, embeddings, lambda _: None).fit(learned)
    curve = scores.threshold_curve(aside, pipeline.guess([example.text for example in aside]), rule)
    fitting = [row["threshold"] for row in curve if (row["in_scope_refused"] or 0) <= MOST_REFUSED]
    return max(fitting, default=rule.threshold)


def halves(options: Options) -> tuple[list[Example], list[Example]]:
    """What is learned and what is asked: two files, the rows' own "split", or a stratified fifth of the only file."""
    assert options.dataset is not None
    rows = read_rows(options.dataset)
    if options.test:
        train = [row for row in rows if row.split != "test"]
        test = [row for row in read_rows(options.test) if row.split != "train"]
    elif any(row.split for row in rows):
        train, test = _by_split(options.dataset, rows)
    else:
        train, test = _divided(options.dataset, rows, options.seed)
    if not train or not test:
        raise BadData(f"{options.dataset}: no rows left to {'learn from' if not train else 'test with'}")
    return train, test


def _by_split(file: Path, rows: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    without = sum(not row.split for row in rows)
    if without:
        raise BadData(f'{file}: {without} rows have no "split", others do; give it to all or to none')
    return [row for row in rows if row.split == "train"], [row for row in rows if row.split == "test"]


def _divided(file: Path, rows: list[Example], seed: int) -> tuple[list[Example], list[Example]]:
    labels = [row.label for row in rows]
    single = sum(count == 1 for count in counts(rows).values())
    if single:
        raise BadData(
            f"{file}: {single} labels have only one row, so the file cannot be divided; give --test FILE"
        )
    size = max(len(set(labels)), round(TEST_SHARE * len(rows)))
    train, test = train_test_split(rows, test_size=size, stratify=labels, random_state=seed)
    return list(train), list(test)


def _out_of_scope(rows: Sequence[Example], asked: str) -> str:
    """The data set's out-of-scope label. Raises BadData when the one that was asked for does not occur."""
    names = counts(rows)
    if asked and asked not in names:
        raise BadData(f'No row has the label "{asked}" given with --oos-label.')
    return asked or next((name for name in USUAL_OUT_OF_SCOPE if name in names), NONE_OF_THEM)
