"""The examples most like a message, and what their labels say: the second voice beside the kernel.

The kernel weighs all examples together; the nearest ones know the turn of phrase that is not usual. They err on
different messages, so the mean of the two errs less than either (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.engine.text import n_grams
from bot.engine.vocabulary import Array, Vocabulary

NEAREST = 10
# Likeness by n-grams against likeness by meaning; a tenth of likeness is worth a factor of e^2.
WEIGHT_OF_N_GRAMS = 0.3
WIDTH_OF_LIKENESS = 0.05
# Comparing a message with every example in full takes longer than the whole rest of reading it. The embeddings' first
# directions find the candidates, and only those are compared in full: the same answers in a fraction of the time.
DIRECTIONS = 96
CANDIDATES = 250


class Neighbors:
    """Examples by likeness: cosine of the embeddings and of the weighted n-grams.

    Args:
        embeddings: (n, d), one unit vector an example.
        labels: (n,), each example's place in the list of labels.
        vocabulary: the n-grams that count.
        vectors: each example's (indices, values) of n-grams, of length 1.
    """

    def __init__(
        self, embeddings: Array, labels: Array, vocabulary: Vocabulary, vectors: Sequence[tuple[Array, Array]]
    ) -> None:
        sizes = [len(indices) for indices, _ in vectors]
        self._vocabulary = vocabulary
        self._arrays: dict[str, Array] = {
            # Half precision changes a likeness in the fourth decimal.
            "embeddings": np.asarray(embeddings, dtype=np.float16),
            "labels": np.asarray(labels),
            "directions": _first_directions(embeddings),
            "grams": np.concatenate([indices for indices, _ in vectors]).astype(np.int32),
            "values": np.concatenate([values for _, values in vectors]).astype(np.float16),
            "starts": np.cumsum([0, *sizes]),
        }
        self._prepare()

    def _prepare(self) -> None:
        self._coarse = self._arrays["embeddings"].astype(np.float32) @ self._arrays["directions"]

    def save(self, file: Path) -> None:
        """Write the arrays as npz."""
        np.savez(file, **self._arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, file: Path, vocabulary: Vocabulary) -> Neighbors:
        """Read what was saved. Raises OSError, ValueError or KeyError when it is not there or not whole."""
        read = cls.__new__(cls)
        read._vocabulary = vocabulary
        with np.load(file, allow_pickle=False) as arrays:
            read._arrays = {name: arrays[name] for name in arrays.files}
        read._prepare()
        return read

    def vote(self, texts: Sequence[str], embeddings: Array, labels: int) -> Array:
        """What the nearest examples say, (texts, labels): shares that sum to 1, the nearest weighing most."""
        embeddings = np.asarray(embeddings, dtype=np.float32)
        coarse = (embeddings @ self._arrays["directions"]) @ self._coarse.T
        votes = np.zeros((len(texts), labels), dtype=np.float64)
        for row, text, embedding, near in zip(votes, texts, embeddings, coarse, strict=True):
            candidates = _largest(near, CANDIDATES)
            alike = self._likeness(text, embedding, candidates)
            nearest = _largest(alike, NEAREST)
            weights = np.exp((alike[nearest] - alike[nearest].max()) / WIDTH_OF_LIKENESS)
            np.add.at(row, self._arrays["labels"][candidates[nearest]], weights / weights.sum())
        return votes

    def _likeness(self, text: str, embedding: Array, candidates: Array) -> Array:
        """How like a text is to each candidate, (candidates,): 1 is the same."""
        by_meaning = self._arrays["embeddings"][candidates].astype(np.float32) @ embedding
        return (1 - WEIGHT_OF_N_GRAMS) * by_meaning + WEIGHT_OF_N_GRAMS * self._by_letters(text, candidates)

    def _by_letters(self, text: str, candidates: Array) -> Array:
        said = np.zeros(len(self._vocabulary.index) + 1, dtype=np.float32)
        indices, values = self._vocabulary.vector(n_grams(text))
        said[indices] = values
        starts, ends = self._arrays["starts"][candidates], self._arrays["starts"][candidates + 1]
        sizes = ends - starts
        # The places of all candidates' n-grams in the long lists, one candidate after the other.
        places = np.arange(sizes.sum()) + np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        shared = said[self._arrays["grams"][places]] * self._arrays["values"][places]
        whose = np.repeat(np.arange(len(candidates)), sizes)
        return np.bincount(whose, weights=shared, minlength=len(candidates))


def _first_directions(embeddings: Array) -> Array:
    """The directions in which the embeddings differ most, (d, at most 96)."""
    embeddings = np.asarray(embeddings, dtype=np.float32)
    _, vectors = np.linalg.eigh(embeddings.T @ embeddings)
    return vectors[:, ::-1][:, :DIRECTIONS].astype(np.float32)


def _largest(values: Array, most: int) -> Array:
    """The places of the largest values, in no order."""
    return np.argpartition(-values, most)[:most] if len(values) > most else np.arange(len(values))
