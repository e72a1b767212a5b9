"""How a sentence is sorted into an intent: logistic regression over a sentence embedding and character n-grams.

The embedding carries the meaning across English and Spanish, the n-grams carry spelling and set phrases; together they
beat either alone. No Rasa in here, so that an evaluation can use the very same model in the service's environment.
Predicting needs numpy only, learning also scipy: importing more costs seconds that a restarted engine should not spend.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.engine.text import n_grams

Array = np.ndarray  # shapes are in the docstrings; the engine's numpy has no useful generic types

LEAST_DOCUMENTS = 2
STEPS = 40


class IntentModelError(ValueError):
    """The examples cannot be learned from, or a stored model cannot be read; the message says why."""


@dataclass
class Vocabulary:
    """The n-grams that count, with their weights (smoothed inverse document frequency)."""

    index: dict[str, int]
    weights: Array

    @classmethod
    def learn(cls, documents: Sequence[Counter[str]]) -> Vocabulary:
        """Keep what occurs in at least two documents."""
        frequency = Counter(gram for document in documents for gram in document)
        grams = sorted(gram for gram, count in frequency.items() if count >= LEAST_DOCUMENTS)
        counts = np.array([frequency[gram] for gram in grams], dtype=np.float64)
        weights = np.log((1 + len(documents)) / (1 + counts)) + 1
        return cls({gram: i for i, gram in enumerate(grams)}, weights.astype(np.float32))

    def vector(self, document: Counter[str]) -> tuple[Array, Array]:
        """A document as (indices, values), tf-idf with sub-linear counts, of length 1 (or empty)."""
        known = [(self.index[gram], count) for gram, count in document.items() if gram in self.index]
        if not known:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        indices = np.array([i for i, _ in known], dtype=np.int32)
        values = (1 + np.log([count for _, count in known])).astype(np.float32) * self.weights[indices]
        return indices, values / np.linalg.norm(values)


class IntentModel:
    """Learns labels from texts and their embeddings, and predicts calibrated probabilities.

    Args:
        strength: inverse of the regularization (scikit-learn's C); larger fits the examples more closely.
        embedding_scale: weight of the embedding against the n-grams, both of length 1.
        folds: how many folds give the held-out scores from which the probabilities are calibrated; 0: no calibration.
    """

    def __init__(self, strength: float = 10.0, embedding_scale: float = 2.0, folds: int = 3) -> None:
        self.strength = strength
        self.embedding_scale = embedding_scale
        self.folds = folds
        self.labels: list[str] = []
        self.held_out_accuracy: float | None = None
        self._vocabulary = Vocabulary({}, np.zeros(0, dtype=np.float32))
        self._dense = np.zeros((0, 0), dtype=np.float32)  # (embedding, labels)
        self._sparse = np.zeros((0, 0), dtype=np.float32)  # (n-grams, labels)
        self._bias = np.zeros(0, dtype=np.float32)
        self._sharpness = 1.0

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        embeddings: Array,
        say: Callable[[str], None] = lambda _: None,
    ) -> IntentModel:
        """Learn from examples.

        Args:
            texts: n sentences.
            labels: their n labels.
            embeddings: (n, d), one unit vector a sentence.
            say: is told about the progress.

        Raises:
            IntentModelError: fewer than two labels, or lengths that do not match.
        """
        if not len(texts) == len(labels) == len(embeddings):
            raise IntentModelError(f"{len(texts)} texts, {len(labels)} labels, {len(embeddings)} embeddings")
        self.labels = sorted(set(labels))
        if len(self.labels) < 2:
            raise IntentModelError("a classifier needs examples of at least two labels")
        place = {label: i for i, label in enumerate(self.labels)}
        wanted = np.array([place[label] for label in labels])
        documents = [n_grams(text) for text in texts]
        self._vocabulary = Vocabulary.learn(documents)
        vectors = [self._vocabulary.vector(document) for document in documents]
        features = Features.of(embeddings * self.embedding_scale, vectors, len(self._vocabulary.index))
        start = self._calibrate(features, wanted, say) if self.folds else None
        weights = regress(features, wanted, len(self.labels), self.strength, start)
        say("learned from all examples")
        width = embeddings.shape[1]
        self._dense = weights[:width] * np.float32(self.embedding_scale)
        self._sparse, self._bias = weights[width:-1], weights[-1]
        return self

    def _calibrate(self, features: Features, wanted: Array, say: Callable[[str], None]) -> Array:
        """Set the sharpness of the probabilities from scores of examples that were held out (temperature scaling).

        Source: Guo et al., "On Calibration of Modern Neural Networks", 2017, section 4.2.

        Returns:
            The mean of the folds' weights, a good start for learning from all examples.
        """
        part = np.random.default_rng(0).permutation(len(wanted)) % self.folds
        scores = np.zeros((len(wanted), len(self.labels)), dtype=np.float32)
        learned = []
        for fold_number in range(self.folds):
            away, at_home = np.flatnonzero(part == fold_number), np.flatnonzero(part != fold_number)
            weights = regress(features.rows(at_home), wanted[at_home], len(self.labels), self.strength)
            scores[away] = features.rows(away).scores(weights)
            learned.append(weights)
            say(f"held-out part {fold_number + 1} of {self.folds} done")
        self.held_out_accuracy = float((scores.argmax(axis=1) == wanted).mean())
        self._sharpness = _best_sharpness(scores, wanted)
        return np.mean(learned, axis=0)

    @property
    def vocabulary(self) -> Vocabulary:
        """The n-grams that count, learned from the examples."""
        return self._vocabulary

    def _scores(self, documents: Sequence[Counter[str]], embeddings: Array) -> Array:
        scores = embeddings @ self._dense + self._bias
        for row, document in zip(scores, documents, strict=True):
            indices, values = self._vocabulary.vector(document)
            row += values @ self._sparse[indices]
        return scores

    def predict(self, texts: Sequence[str], embeddings: Array) -> Array:
        """Probabilities, (n, labels) in the order of `labels`; each row sums to 1."""
        scores = self._scores([n_grams(text) for text in texts], np.asarray(embeddings, dtype=np.float32))
        return _softmax(scores * self._sharpness)

    def rank(self, text: str, embedding: Array, most: int) -> list[tuple[str, float]]:
        """The `most` likely labels of one sentence with their probabilities, best first."""
        row = self.predict([text], np.asarray(embedding)[None, :])[0]
        best = np.argsort(-row)[:most]
        return [(self.labels[i], float(row[i])) for i in best]

    def save(self, folder: Path) -> None:
        """Write the model into a folder: arrays as npz and words as JSON; nothing that runs code when it is read."""
        about = {
            "labels": self.labels,
            "grams": list(self._vocabulary.index),
            "sharpness": self._sharpness,
            "held_out_accuracy": self.held_out_accuracy,
        }
        (folder / "intents.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "intents.npz",
            dense=self._dense,
            # Half precision halves the file and the time to read it; predictions differ in the fourth decimal.
            sparse=self._sparse.astype(np.float16),
            bias=self._bias,
            weights=self._vocabulary.weights,
        )

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read a saved model. Raises IntentModelError when it is not there or not whole."""
        try:
            about: dict[str, Any] = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
            with np.load(folder / "intents.npz", allow_pickle=False) as arrays:
                model = cls()
                model._dense, model._bias = arrays["dense"], arrays["bias"]
                model._sparse = arrays["sparse"].astype(np.float32)
                weights = arrays["weights"]
            model.labels = list(about["labels"])
            model._vocabulary = Vocabulary({gram: i for i, gram in enumerate(about["grams"])}, weights)
            model._sharpness = float(about["sharpness"])
            model.held_out_accuracy = about["held_out_accuracy"]
        except (OSError, ValueError, KeyError) as error:
            raise IntentModelError(f"no readable intent model: {type(error).__name__}") from error
        return model


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _best_sharpness(scores: Array, wanted: Array) -> float:
    """The factor on the scores with the least log loss."""
    rows = np.arange(len(wanted))

    def loss(factor: float) -> float:
        chosen = _softmax(scores * factor)[rows, wanted]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    return min((float(factor) for factor in np.geomspace(0.3, 5, 60)), key=loss)


@dataclass
class Features:
    """Sentences as numbers: dense embeddings (n, d) and sparse n-grams (n, g), kept apart.

    Apart, because multiplying the embeddings as if they were sparse takes four times as long.
    """

    dense: Array
    sparse: Any

    @classmethod
    def of(cls, embeddings: Array, vectors: Sequence[tuple[Array, Array]], grams: int) -> Features:
        """From embeddings and each sentence's (indices, values) of n-grams, out of `grams` that are known."""
        from scipy.sparse import csr_matrix

        starts = np.cumsum([0, *(len(indices) for indices, _ in vectors)])
        indices = np.concatenate([indices for indices, _ in vectors])
        values = np.concatenate([values for _, values in vectors])
        return cls(
            np.ascontiguousarray(embeddings, dtype=np.float32),
            csr_matrix((values, indices, starts), shape=(len(vectors), grams)),
        )

    def rows(self, chosen: Array) -> Features:
        """Some of the sentences."""
        return Features(self.dense[chosen], self.sparse[chosen])

    def scores(self, weights: Array) -> Array:
        """(n, labels) from weights of shape (d + g + 1, labels), the last row being the bias."""
        width = self.dense.shape[1]
        return self.dense @ weights[:width] + self.sparse @ weights[width:-1] + weights[-1]

    def gradient(self, slopes: Array) -> Array:
        """What `scores` does, transposed: (d + g + 1, labels) from slopes of shape (n, labels)."""
        return np.concatenate([self.dense.T @ slopes, self.sparse.T @ slopes, slopes.sum(axis=0)[None, :]])


def regress(
    features: Features, wanted: Array, labels: int, strength: float, start: Array | None = None
) -> Array:
    """Multinomial logistic regression with balanced classes and an L2 penalty (as scikit-learn's, ours to stop early).

    Args:
        features: n sentences.
        wanted: their labels as numbers, (n,).
        labels: how many labels there are.
        strength: inverse of the penalty.
        start: weights to start from.

    Returns:
        Weights, (d + g + 1, labels), the last row being the bias.
    """
    from scipy.optimize import minimize

    count = np.bincount(wanted, minlength=labels)
    importance = (len(wanted) / (np.count_nonzero(count) * np.maximum(count, 1)))[wanted].astype(np.float32)
    shape = (features.dense.shape[1] + features.sparse.shape[1] + 1, labels)
    rows = np.arange(len(wanted))

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(shape).astype(np.float32)
        scores = features.scores(weights)
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(axis=1)
        value = float((importance * (np.log(sums) - scores[rows, wanted])).sum())
        slopes = powers / sums[:, None]
        slopes[rows, wanted] -= 1
        slopes *= importance[:, None]
        slope = features.gradient(slopes)
        weights[-1] = 0  # the bias is not penalized
        value += float(np.square(weights).sum()) / (2 * strength)
        return value, (slope + weights / np.float32(strength)).astype(np.float64).ravel()

    first = np.zeros(shape) if start is None else start
    best = minimize(
        loss,
        first.astype(np.float64).ravel(),
        jac=True,
        method="L-BFGS-B",
        # Held-out accuracy stops improving by here; going on only costs time.
        options={"maxiter": STEPS if start is None else STEPS // 2, "maxcor": 8},
    )
    return best.x.reshape(shape).astype(np.float32)
