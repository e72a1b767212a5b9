"""Rasa's view of the sentence embedding (embedding.py)."""

from __future__ import annotations

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

from bot.engine.embedding import embed_all, encoder, shared_memory


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
        return dict(DenseFeaturizer.get_default_config())

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
        self._memory = shared_memory()
        encoder(1)

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
