"""The kernel model's arithmetic, in the service's own Python."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.engine.kernel import KernelError, KernelModel, _solve
from bot.engine.text import fold, n_grams
from bot.engine.vocabulary import Vocabulary

TEXTS = [
    *(
        "what does the nurse do",
        "que hace la enfermera",
        "tell me about the nurse",
        "nurse job",
        "the nurses",
    ),
    *("how much does it cost", "cuanto cuesta", "what is the price", "is it free", "the cost"),
    *("hello there", "hola", "good morning", "buenos dias", "hi"),
]
LABELS = ["ask/role_nurse"] * 5 + ["ask/cost"] * 5 + ["social/greeting"] * 5


def _embeddings() -> np.ndarray:
    """Unit vectors that lean towards their label, as a sentence encoder's do."""
    draw = np.random.default_rng(1)
    lean = np.repeat(np.eye(3, 16), 5, axis=0)
    vectors = lean + 0.3 * draw.normal(size=(15, 16))
    unit: np.ndarray = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.fixture
def model() -> KernelModel:
    return KernelModel().fit(TEXTS, LABELS, _embeddings())


def test_folding_makes_spelling_comparable() -> None:
    assert fold("  ¿Qué  HACE la Enfermera 24/7? ") == "¿que hace la enfermera 00/0?"
    assert n_grams("Sí") == n_grams("si")


def test_n_grams_stay_within_words() -> None:
    assert set(n_grams("a b")) == {" a", "a ", " a ", " b", "b ", " b "}


def test_a_document_is_a_unit_vector_and_unknown_ones_are_empty() -> None:
    vocabulary = Vocabulary.learn([n_grams(text) for text in TEXTS])
    _, values = vocabulary.vector(n_grams("the nurse"))
    assert np.linalg.norm(values) == pytest.approx(1.0)
    assert len(vocabulary.vector(n_grams("ξψω"))[0]) == 0


def test_it_learns_its_examples(model: KernelModel) -> None:
    probabilities = model.predict(TEXTS, _embeddings())
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(15), abs=1e-5)
    assert [model.labels[i] for i in probabilities.argmax(axis=1)] == LABELS
    assert model.held_out_accuracy > 0.6


def test_leaving_one_out_in_closed_form_is_leaving_it_out() -> None:
    """The shortcut's scores are those of a model that never saw the example."""
    draw = np.random.default_rng(2)
    points = draw.normal(size=(40, 6))
    kernel = np.exp(-np.square(points[:, None] - points[None]).sum(axis=2)) + 0.2 * np.eye(40)
    targets = np.eye(3)[draw.integers(0, 3, 40)]
    _, left_out = _solve(kernel.astype(np.float32), targets.astype(np.float32))
    others = np.arange(40) != 7
    by_hand = kernel[7, others] @ np.linalg.solve(kernel[np.ix_(others, others)], targets[others])
    assert left_out[7] == pytest.approx(by_hand, abs=1e-4)


def test_training_twice_gives_the_same_model(model: KernelModel) -> None:
    again = KernelModel().fit(TEXTS, LABELS, _embeddings())
    assert again.predict(TEXTS, _embeddings()) == pytest.approx(model.predict(TEXTS, _embeddings()), abs=1e-5)


def test_a_saved_model_predicts_the_same(model: KernelModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = KernelModel.load(tmp_path)
    assert loaded.labels == model.labels
    assert loaded.predict(TEXTS, _embeddings()) == pytest.approx(
        model.predict(TEXTS, _embeddings()), abs=2e-3
    )


def test_a_missing_or_torn_model_is_an_error(model: KernelModel, tmp_path: Path) -> None:
    with pytest.raises(KernelError):
        KernelModel.load(tmp_path)
    model.save(tmp_path)
    (tmp_path / "kernel.json").write_text('{"labels": [', encoding="utf-8")
    with pytest.raises(KernelError):
        KernelModel.load(tmp_path)


def test_a_rare_label_does_not_stop_the_training() -> None:
    labels = [*LABELS[:-1], "nav/skip"]
    model = KernelModel().fit(TEXTS, labels, _embeddings())
    assert "nav/skip" in model.labels


def test_examples_that_do_not_fit_are_refused() -> None:
    with pytest.raises(KernelError, match="two labels"):
        KernelModel().fit(["a", "b"], ["x", "x"], np.eye(2))
    with pytest.raises(KernelError, match="1 labels"):
        KernelModel().fit(["a", "b"], ["x"], np.eye(2))
