"""The figures of a report, on cases small enough to count by hand, and against scikit-learn's own."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from bot.evaluation import scores
from bot.evaluation.examples import Example
from bot.evaluation.pipeline import Guess, Rule

RULE = Rule(0.3, "out_of_scope", {"tell/death": "loss"})
# meant, guessed, probability
CASES = [
    ("ask/cost", "ask/cost", 0.9),
    ("ask/cost", "ask/cost", 0.2),  # right, but refused
    ("ask/cost", "ask/team", 0.8),
    ("ask/team", "ask/team", 0.31),
    ("tell/death", "tell/illness", 0.7),
    ("tell/death", "out_of_scope", 0.6),  # refused by its label
    ("out_of_scope", "out_of_scope", 0.9),
    ("out_of_scope", "ask/team", 0.1),  # caught by the threshold
    ("out_of_scope", "ask/team", 0.5),
]
EXAMPLES = [Example(f"message {i}", label, "en" if i % 2 else "es") for i, (label, _, _) in enumerate(CASES)]
GUESSES = [Guess(best, confidence) for _, best, confidence in CASES]


def test_out_of_scope_counts_both_the_label_and_the_threshold() -> None:
    found = scores.out_of_scope(EXAMPLES, GUESSES, RULE)
    assert found == {
        "messages": 9,
        "in_scope": 6,
        "in_scope_best_guess_right": pytest.approx(3 / 6),
        "in_scope_right": pytest.approx(2 / 6),
        "in_scope_refused": pytest.approx(2 / 6),
        "out_of_scope": 3,
        "out_of_scope_recall": pytest.approx(2 / 3),
    }


def test_nothing_to_count_is_none_and_not_zero() -> None:
    found = scores.out_of_scope(EXAMPLES[:6], GUESSES[:6], RULE)
    assert found["out_of_scope_recall"] is None
    assert scores.summary([], [], RULE)["labels"]["accuracy"] is None


def test_each_label_has_the_figures_scikit_learn_gives_it() -> None:
    wanted = [example.label for example in EXAMPLES]
    decided = [RULE.decide(guess) for guess in GUESSES]
    found = scores.summary(EXAMPLES, GUESSES, RULE)["labels"]
    assert found["accuracy"] == pytest.approx(accuracy_score(wanted, decided))
    names = sorted(set(wanted))
    assert list(found["each"]) == names
    for name in names:
        one = {"labels": [name], "average": "macro", "zero_division": 0}
        assert found["each"][name]["precision"] == pytest.approx(precision_score(wanted, decided, **one))
        assert found["each"][name]["recall"] == pytest.approx(recall_score(wanted, decided, **one))
        assert found["each"][name]["f1"] == pytest.approx(f1_score(wanted, decided, **one))
        assert found["each"][name]["messages"] == wanted.count(name)
    whole = f1_score(wanted, decided, labels=names, average="macro", zero_division=0)
    assert found["macro_f1"] == pytest.approx(whole)


def test_families_forgive_a_wrong_topic_and_know_the_exceptions_of_the_configuration() -> None:
    families = scores.summary(EXAMPLES, GUESSES, RULE)["families"]
    assert set(families["each"]) == {"ask", "loss", "out_of_scope"}
    # Of the four questions three are taken for some question; a death taken for an illness is still wrong.
    assert families["each"]["ask"]["recall"] == pytest.approx(3 / 4)
    assert families["each"]["loss"]["recall"] == 0


def test_a_higher_threshold_refuses_more_of_both() -> None:
    curve = scores.threshold_curve(EXAMPLES, GUESSES, RULE)
    assert curve[0]["out_of_scope_recall"] == pytest.approx(1 / 3)
    for lower, higher in pairwise(curve):
        assert higher["out_of_scope_recall"] >= lower["out_of_scope_recall"]
        assert higher["in_scope_refused"] >= lower["in_scope_refused"]
    own = next(row for row in curve if row["threshold"] == 0.3)
    assert own["in_scope_refused"] == pytest.approx(2 / 6)


def test_the_worst_errors_are_the_most_certain_ones() -> None:
    worst = scores.worst_errors(EXAMPLES, GUESSES, RULE)
    assert [error["confidence"] for error in worst] == [0.8, 0.7, 0.6, 0.5]
    assert worst[0] == {"text": "message 2", "label": "ask/cost", "guess": "ask/team", "confidence": 0.8}


def test_one_language_can_be_picked() -> None:
    examples, guesses = scores.pick("en", EXAMPLES, GUESSES)
    assert [example.text for example in examples] == ["message 1", "message 3", "message 5", "message 7"]
    assert guesses[0] is GUESSES[1]
