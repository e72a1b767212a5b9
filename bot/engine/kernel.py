"""How a sentence is sorted: kernel ridge regression over meaning and spelling, with calibrated outcomes.

What people mean when they do not say it ("nobody will have to take care of me after Friday") lies near what others have
said, not on one side of a plane: a kernel reads many more messages of a writer it has never seen right than logistic
regression does (docs/decisions/0016, 0017). Both the intents and the safety gate are learned with it.

Predicting needs numpy only, learning also scipy and scikit-learn. No Rasa in here: an evaluation and the service use
the very same model in an environment of their own.

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

from bot.engine.text import n_grams
from bot.engine.vocabulary import Array, Vocabulary

# Rows of the kernel that are made at a time: the whole of it is there once only, whatever is added to it.
BLOCK = 2048


class KernelError(ValueError):
    """The examples cannot be learned from, or a stored model cannot be read; the message says why."""


@dataclass
class KernelModel:
    """Learns labels from texts and their embeddings, and predicts calibrated probabilities.

    Args:
        directions: how many directions of the embedding are kept; fewer are faster.
        narrowness: how near a sentence must be to count.
        spelling: how much spelling counts beside meaning.
        ridge: how far from the examples' own labels the model may stay; larger is smoother.
        shared: whether all labels share one factor that makes probabilities of scores. With many labels a factor for
            each pair of them would be learned by heart; with few it tells apart what is said in the same words.

    Attributes:
        labels: what can be predicted, sorted.
        held_out_accuracy: share of the examples whose label is right when each is left out.
        vocabulary: the n-grams that count.
    """

    directions: int = 192
    narrowness: float = 1.5
    spelling: float = 0.5
    ridge: float = 0.2
    shared: bool = False
    labels: list[str] = field(default_factory=list)
    held_out_accuracy: float = 0.0
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary({}, np.zeros(0, np.float32)))
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
            KernelError: fewer than two labels, or lengths that do not match.
        """
        if not len(texts) == len(labels) == len(embeddings):
            raise KernelError(f"{len(texts)} texts, {len(labels)} labels, {len(embeddings)} embeddings")
        self.labels = sorted(set(labels))
        if len(self.labels) < 2:
            raise KernelError("a classifier needs examples of at least two labels")
        place = {label: i for i, label in enumerate(self.labels)}
        wanted = np.array([place[label] for label in labels])
        spelling = self._learn_features(texts, np.asarray(embeddings, dtype=np.float32))
        targets = np.eye(len(self.labels), dtype=np.float32)[wanted]
        kernel = self._compare(spelling)
        say(f"{len(texts)} sentences compared")
        self._pull, left_out = _solve(kernel, targets)
        self._spelled = np.float32(self.spelling) * np.asarray(spelling.T @ self._pull)
        self.held_out_accuracy = float((left_out.argmax(axis=1) == wanted).mean())
        self._scale = (_one_factor if self.shared else _factors)(left_out, wanted)
        say("learned from all examples")
        return self

    def _learn_features(self, texts: Sequence[str], embeddings: Array) -> Any:
        """Set the vocabulary, the directions and the points; returns the n-grams, sparse, (n, n-grams)."""
        documents = [n_grams(text) for text in texts]
        self.vocabulary = Vocabulary.learn(documents)
        self._middle = embeddings.mean(axis=0)
        centered = embeddings - self._middle
        _, vectors = np.linalg.eigh(centered.T @ centered)
        self._axes = np.ascontiguousarray(vectors[:, ::-1][:, : self.directions])
        self._points = centered @ self._axes
        self._squares = _lengths(self._points)
        return self.vocabulary.matrix(documents)

    def _compare(self, spelling: Any) -> Array:
        """The kernel of the examples with the ridge on its diagonal, (n, n)."""
        count = len(self._points)
        kernel = np.empty((count, count), dtype=np.float32)
        for start in range(0, count, BLOCK):
            rows = slice(start, start + BLOCK)
            near = self._nearness(self._points[rows])
            near += np.float32(self.spelling) * (spelling[rows] @ spelling.T).toarray()
            kernel[rows] = near
        kernel[np.diag_indices_from(kernel)] += np.float32(self.ridge)
        return kernel

    def _nearness(self, points: Array) -> Array:
        """Gaussian kernel of m points (m, directions) with the examples, (m, n)."""
        squares = points @ self._points.T
        squares *= -2
        squares += _lengths(points)[:, None]
        squares += self._squares
        np.maximum(squares, 0, out=squares)
        squares *= -self.narrowness
        return np.asarray(np.exp(squares, out=squares))

    def predict(self, texts: Sequence[str], embeddings: Array) -> Array:
        """Probabilities, (n, labels) in the order of `labels`; each row sums to 1."""
        points = (np.asarray(embeddings, dtype=np.float32) - self._middle) @ self._axes
        scores = self._nearness(points) @ self._pull
        for row, text in zip(scores, texts, strict=True):
            indices, values = self.vocabulary.vector(Counter(n_grams(text)))
            row += values @ self._spelled[indices]
        return _softmax(scores @ self._scale[:-1] + self._scale[-1])

    def save(self, folder: Path) -> None:
        """Write the model into a folder: arrays as npz and words as JSON; nothing that runs code when it is read."""
        about = {
            "labels": self.labels,
            "grams": list(self.vocabulary.index),
            "held_out_accuracy": self.held_out_accuracy,
            "narrowness": self.narrowness,
        }
        (folder / "kernel.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "kernel.npz",
            weights=self.vocabulary.weights,
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
        """Read a saved model. Raises KernelError when it is not there or not whole."""
        try:
            about = json.loads((folder / "kernel.json").read_text(encoding="utf-8"))
            with np.load(folder / "kernel.npz", allow_pickle=False) as arrays:
                grams = {gram: i for i, gram in enumerate(about["grams"])}
                return cls(
                    narrowness=float(about["narrowness"]),
                    labels=list(about["labels"]),
                    held_out_accuracy=float(about["held_out_accuracy"]),
                    vocabulary=Vocabulary(grams, arrays["weights"]),
                    _middle=arrays["middle"],
                    _axes=arrays["axes"],
                    _points=(points := arrays["points"]),
                    _squares=_lengths(points),
                    _pull=arrays["pull"],
                    _spelled=arrays["spelled"].astype(np.float32),
                    _scale=arrays["scale"],
                )
        except (OSError, ValueError, KeyError) as error:
            raise KernelError(f"no readable kernel model: {type(error).__name__}") from error


def _lengths(points: Array) -> Array:
    return np.asarray(np.square(points).sum(axis=1))


def _solve(kernel: Array, targets: Array) -> tuple[Array, Array]:
    """Ridge regression in closed form; the kernel's memory is used up.

    Returns:
        the weights, (n, labels), and what each example's scores are when it is left out, (n, labels).
    """
    from scipy.linalg.blas import strmm
    from scipy.linalg.lapack import spotrf, strtri

    # LAPACK works down the columns; of a symmetric kernel they are its rows.
    factor, failed = spotrf(kernel.T, lower=1, overwrite_a=1)
    inverse, failed_too = strtri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise KernelError("the examples cannot be compared: the kernel is not positive definite")
    weights = strmm(1.0, inverse, strmm(1.0, inverse, targets, lower=1), lower=1, trans_a=1)
    # spotrf leaves the upper triangle as zeros: the columns' squares are the diagonal of the kernel's inverse.
    diagonal = np.einsum("ij,ij->j", inverse, inverse)
    return np.ascontiguousarray(weights), targets - weights / diagonal[:, None]


def _one_factor(left_out: Array, wanted: Array) -> Array:
    """Weights, (labels + 1, labels), that multiply all left-out scores by the factor with the least log loss.

    Source: Guo et al., "On Calibration of Modern Neural Networks", 2017, section 4.2 (temperature scaling).
    """
    rows, labels = np.arange(len(wanted)), left_out.shape[1]

    def loss(factor: float) -> float:
        chosen = _softmax(left_out * np.float32(factor))[rows, wanted]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    best = min((float(factor) for factor in np.geomspace(1, 60, 40)), key=loss)
    return np.vstack([best * np.eye(labels), np.zeros(labels)]).astype(np.float32)


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _factors(left_out: Array, wanted: Array) -> Array:
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
