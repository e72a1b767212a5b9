"""Which pieces of words count in a text, and how much: n-grams with their weights, learned from examples.

Numpy is enough to read a text; only `matrix`, for learning, needs scipy: importing more costs seconds that a restarted
engine should not spend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray  # shapes are in the docstrings; the engine's numpy has no useful generic types

LEAST_DOCUMENTS = 2


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

    def matrix(self, documents: Sequence[Counter[str]]) -> Any:
        """The documents' vectors as one sparse matrix, (documents, n-grams)."""
        from scipy.sparse import csr_matrix

        vectors = [self.vector(document) for document in documents]
        starts = np.cumsum([0, *(len(indices) for indices, _ in vectors)])
        indices = np.concatenate([indices for indices, _ in vectors])
        values = np.concatenate([values for _, values in vectors])
        return csr_matrix((values, indices, starts), shape=(len(vectors), len(self.index)))
