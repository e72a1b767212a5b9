"""Reading a message: which intent it most likely means. What the engine and every evaluation use.

Three things are put together, each measured on messages of people who did not write the examples (docs/decisions):
the kernel over all examples and the nearest of them (`kernel`, `neighbors`) each have half a say; a message is read as
it stands and with its slips put right (`spelling`); and a message of several sentences is read as a whole and sentence
by sentence, because people tell a story first and ask at its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from bot.engine.kernel import KernelError, KernelModel
from bot.engine.neighbors import Neighbors
from bot.engine.spelling import Spelling
from bot.engine.text import fold, n_grams, sentences
from bot.engine.vocabulary import Array

Embed = Callable[[Sequence[str]], Array]  # n texts to (n, d) unit vectors
# A sentence that asks for something counts in full; one that only tells or greets counts half beside it.
ASKING = ("ask", "request", "enroll")
COUNTED_HALF = 0.5


class IntentReader:
    """Learns from examples, and reads messages.

    Args:
        embed: the sentence encoder; may be exchanged for another way to the same vectors.
        short_forms: text-message spellings and what they stand for.
        directions, narrowness, spelling, ridge: see `KernelModel`.
    """

    def __init__(
        self,
        embed: Embed,
        short_forms: Mapping[str, str] | None = None,
        directions: int = 256,
        narrowness: float = 1.5,
        spelling: float = 1.0,
        ridge: float = 0.1,
    ) -> None:
        self.embed = embed
        self._model = KernelModel(directions, narrowness, spelling, ridge, shared=True)
        self._spelling = Spelling({}, short_forms or {})
        self._neighbors: Neighbors | None = None

    @property
    def labels(self) -> list[str]:
        """The labels, in the order of the columns of `predict`."""
        return self._model.labels

    @property
    def held_out_accuracy(self) -> float:
        """Share of examples that the kernel alone gets right when each is left out."""
        return self._model.held_out_accuracy

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        embeddings: Array | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> IntentReader:
        """Learn from n examples and their labels; their embeddings (n, d) are made when not given.

        Raises:
            KernelError: fewer than two labels, or lengths that do not match.
        """
        embeddings = self.embed(texts) if embeddings is None else embeddings
        self._model.fit(texts, labels, embeddings, say)
        self._spelling = Spelling.learn(texts, self._spelling.short_forms)
        place = {label: i for i, label in enumerate(self.labels)}
        vocabulary = self._model.vocabulary
        self._neighbors = Neighbors(
            embeddings,
            np.array([place[label] for label in labels]),
            vocabulary,
            [vocabulary.vector(n_grams(text)) for text in texts],
        )
        return self

    def predict(self, texts: Sequence[str]) -> Array:
        """Probabilities of n messages, (n, labels); each row sums to 1."""
        return np.stack([self._read(text) for text in texts])

    def rank(self, text: str, most: int) -> list[tuple[str, float]]:
        """The `most` likely labels of a message with their probabilities, best first."""
        row = self._read(text)
        return [(self.labels[i], float(row[i])) for i in np.argsort(-row, kind="stable")[:most]]

    def _read(self, text: str) -> Array:
        """One message, (labels,). All its versions are embedded and compared in one go."""
        versions = [text]
        corrected = self._spelling.correct(text)
        if corrected != fold(text):
            versions.append(corrected)
        split = [[version, *parts] for version in versions for parts in [sentences(version)]]
        split = [pieces if len(pieces) > 2 else pieces[:1] for pieces in split]
        flat = [piece for pieces in split for piece in pieces]
        scores, at, read = self._look(flat), 0, []
        for pieces in split:
            read.append(self._together(scores[at : at + len(pieces)]))
            at += len(pieces)
        return np.mean(read, axis=0)

    def _look(self, texts: Sequence[str]) -> Array:
        """The two voices on texts taken as they are, (texts, labels)."""
        if self._neighbors is None:
            raise KernelError("nothing was learned yet")
        embeddings = self.embed(texts)
        votes = self._neighbors.vote(texts, embeddings, len(self.labels))
        return (self._model.predict(texts, embeddings) + votes) / 2

    def _together(self, scores: Array) -> Array:
        """The whole message (first row) and its sentences (the others), half and half."""
        if len(scores) == 1:
            return scores[0]
        counts = [1.0 if label.startswith(ASKING) else COUNTED_HALF for label in self.labels]
        best = scores[1:].max(axis=0) * np.array(counts)
        return (scores[0] + best / best.sum()) / 2

    def save(self, folder: Path) -> None:
        """Write what was learned into a folder: arrays as npz and words as JSON; nothing that runs code when read."""
        if self._neighbors is None:
            raise KernelError("nothing was learned yet")
        self._model.save(folder)
        words = {"uses": self._spelling.uses, "short_forms": self._spelling.short_forms}
        (folder / "spelling.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        self._neighbors.save(folder / "examples.npz")

    @classmethod
    def load(cls, folder: Path, embed: Embed) -> IntentReader:
        """Read what was saved. Raises KernelError when it is not there or not whole."""
        reader = cls(embed)
        reader._model = KernelModel.load(folder)
        try:
            words = json.loads((folder / "spelling.json").read_text(encoding="utf-8"))
            reader._spelling = Spelling(words["uses"], words["short_forms"])
            reader._neighbors = Neighbors.load(folder / "examples.npz", reader._model.vocabulary)
        except (OSError, ValueError, KeyError) as error:
            raise KernelError(f"no readable examples: {type(error).__name__}") from error
        return reader
