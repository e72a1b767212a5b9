"""How the gate's second layer learns: kernel ridge regression over meaning and spelling, with calibrated outcomes.

What people mean when they do not say it ("nobody will have to take care of me after Friday") lies near what others have
said, not on one side of a plane: a kernel reads twice as many of the implicit cries of a writer it has never seen as
logistic regression does, at the same rate of false alarms (docs/decisions/0016-a-kernel-at-the-gate.md).

Source of the method: Rifkin & Lippert, "Notes on Regularized Least Squares", 2007 (closed form of leaving one out).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bot.engine.intent_model import Features, IntentModelError, Vocabulary
from bot.engine.text import n_grams

Array = np.ndarray  # shapes are in the docstrings

# Directions of the embedding that are kept: as good as all 512, and three times as fast.
DIRECTIONS = 192
# How near a sentence must be to count, and how much spelling counts beside meaning.
NARROWNESS = 1.5
SPELLING = 0.5
RIDGE = 0.2


@dataclass
class KernelModel:
    """Learns labels from texts and their embeddings, and predicts calibrated probabilities.

    Attributes:
        labels: what can be predicted, sorted.
        held_out_accuracy: share of the examples whose label is right when each is left out.
    """

    labels: list[str] = field(default_factory=list)
    held_out_accuracy: float = 0.0
    _vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary({}, np.zeros(0, np.float32)))
    _middle: Array = field(default_factory=lambda: np.zeros(0, np.float32))  # (embedding,)
    _axes: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # (embedding, directions)
    _points: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # (examples, directions)
    _squares: Array = field(default_factory=lambda: np.zeros(0, np.float32))  # (examples,), of the points
    _pull: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # (examples, labels)
    _spelled: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # (n-grams, labels)
    _scale: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # (labels + 1, labels)

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        embeddings: Array,
        say: Callable[[str], None] = lambda _: None,
    ) -> KernelModel:
        """Learn from n texts, their n labels and (n, d) unit vectors.

        Raises:
            IntentModelError: fewer than two labels, or lengths that do not match.
        """
        if not len(texts) == len(labels) == len(embeddings):
            raise IntentModelError(f"{len(texts)} texts, {len(labels)} labels, {len(embeddings)} embeddings")
        self.labels = sorted(set(labels))
        if len(self.labels) < 2:
            raise IntentModelError("a classifier needs examples of at least two labels")
        wanted = np.array([self.labels.index(label) for label in labels])
        spelling = self._learn_features(texts, np.asarray(embeddings, dtype=np.float32))
        targets = np.eye(len(self.labels), dtype=np.float32)[wanted]
        kernel = _nearness(self._points, self._points, _lengths(self._points))
        kernel += np.float32(SPELLING) * (spelling @ spelling.T).toarray()
        say(f"{len(texts)} sentences compared")
        self._pull, left_out = _solve(kernel, targets)
        self._spelled = np.float32(SPELLING) * np.asarray(spelling.T @ self._pull)
        self.held_out_accuracy = float((left_out.argmax(axis=1) == wanted).mean())
        self._scale = _calibrate(left_out, wanted)
        say("learned from all examples")
        return self

    def _learn_features(self, texts: Sequence[str], embeddings: Array) -> Any:
        """Set the vocabulary, the directions and the points; returns the n-grams, sparse, (n, n-grams)."""
        documents = [n_grams(text) for text in texts]
        self._vocabulary = Vocabulary.learn(documents)
        self._middle = embeddings.mean(axis=0)
        _, _, directions = np.linalg.svd(embeddings - self._middle, full_matrices=False)
        self._axes = np.ascontiguousarray(directions[:DIRECTIONS].T)
        self._points = (embeddings - self._middle) @ self._axes
        self._squares = _lengths(self._points)
        vectors = [self._vocabulary.vector(document) for document in documents]
        return Features.of(embeddings[:, :0], vectors, len(self._vocabulary.index)).sparse

    def predict(self, texts: Sequence[str], embeddings: Array) -> Array:
        """Probabilities, (n, labels) in the order of `labels`; each row sums to 1."""
        points = (np.asarray(embeddings, dtype=np.float32) - self._middle) @ self._axes
        scores = _nearness(points, self._points, self._squares) @ self._pull
        for row, text in zip(scores, texts, strict=True):
            indices, values = self._vocabulary.vector(Counter(n_grams(text)))
            row += values @ self._spelled[indices]
        powers = scores @ self._scale[:-1] + self._scale[-1]
        powers = np.exp(powers - powers.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def save(self, folder: Path) -> None:
        """Write the model into a folder: arrays as npz and words as JSON; nothing that runs code when it is read."""
        about = {
            "labels": self.labels,
            "grams": list(self._vocabulary.index),
            "held_out_accuracy": self.held_out_accuracy,
        }
        (folder / "kernel.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "kernel.npz",
            weights=self._vocabulary.weights,
            middle=self._middle,
            axes=self._axes,
            points=self._points,
            pull=self._pull,
            # Half precision halves the file and the time to read it; predictions differ in the fourth decimal.
            spelled=self._spelled.astype(np.float16),
            scale=self._scale,
        )

    @classmethod
    def load(cls, folder: Path) -> KernelModel:
        """Read a saved model. Raises IntentModelError when it is not there or not whole."""
        try:
            about = json.loads((folder / "kernel.json").read_text(encoding="utf-8"))
            with np.load(folder / "kernel.npz", allow_pickle=False) as arrays:
                grams = {gram: i for i, gram in enumerate(about["grams"])}
                return cls(
                    labels=list(about["labels"]),
                    held_out_accuracy=float(about["held_out_accuracy"]),
                    _vocabulary=Vocabulary(grams, arrays["weights"]),
                    _middle=arrays["middle"],
                    _axes=arrays["axes"],
                    _points=(points := arrays["points"]),
                    _squares=_lengths(points),
                    _pull=arrays["pull"],
                    _spelled=arrays["spelled"].astype(np.float32),
                    _scale=arrays["scale"],
                )
        except (OSError, ValueError, KeyError) as error:
            raise IntentModelError(f"no readable kernel model: {type(error).__name__}") from error


def _lengths(points: Array) -> Array:
    return np.asarray(np.square(points).sum(axis=1))


def _nearness(first: Array, second: Array, lengths: Array) -> Array:
    """Gaussian kernel, (n, m), of points (n, d) and (m, d), the latter with their squared lengths, (m,)."""
    squares = first @ second.T
    squares *= -2
    squares += _lengths(first)[:, None]
    squares += lengths
    np.maximum(squares, 0, out=squares)
    squares *= -NARROWNESS
    return np.asarray(np.exp(squares, out=squares))


def _solve(kernel: Array, targets: Array) -> tuple[Array, Array]:
    """Ridge regression in closed form; the kernel's memory is used up.

    Returns:
        the weights, (n, labels), and what each example's scores are when it is left out, (n, labels).
    """
    from scipy.linalg.lapack import spotrf, spotri

    kernel[np.diag_indices_from(kernel)] += np.float32(RIDGE)
    factor, failed = spotrf(kernel, lower=1, overwrite_a=1)
    inverse, failed_too = spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise IntentModelError("the examples cannot be compared: the kernel is not positive definite")
    # LAPACK fills one triangle only.
    diagonal = inverse.diagonal().copy()
    weights = np.tril(inverse) @ targets + np.tril(inverse, -1).T @ targets
    return weights, targets - weights / diagonal[:, None]


def _calibrate(left_out: Array, wanted: Array) -> Array:
    """Weights, (labels + 1, labels), that make probabilities of left-out scores: multinomial logistic regression.

    Several labels share what a message may mean; their probabilities add up only when they are calibrated together.
    Source: Platt, "Probabilistic outputs for support vector machines", 1999, for several labels at once.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=100.0, max_iter=1000).fit(left_out, wanted)
    if len(fitted.coef_) == 1:  # two labels: scikit-learn keeps the second one's weights only
        both = np.vstack([-fitted.coef_ / 2, fitted.coef_ / 2])
        return np.vstack([both.T, [-fitted.intercept_[0] / 2, fitted.intercept_[0] / 2]]).astype(np.float32)
    return np.vstack([fitted.coef_.T, fitted.intercept_]).astype(np.float32)
