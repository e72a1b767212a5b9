"""The intent classifier as a Rasa component: `family/topic` in the data, the family as Rasa's intent.

Rasa would take `family/topic` for a retrieval intent with canned answers. The importer keeps the full label under a key
of its own (`FULL_INTENT`), so that Rasa sees families only; the rules are written for families.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine.embedding import shared_memory
from bot.engine.featurizer import SentenceFeaturizer
from bot.engine.reader import IntentReader
from bot.engine.topics import DEFAULTS, FALLBACK, KERNEL_SETTINGS, decide, family_of, is_wordless

FULL_INTENT = "full_intent"
PART_RANKING = 3

log = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """Sorts a message into a full label, and hands Rasa the family.

    Config: `threshold` (a top probability below it becomes the family `nlu_fallback`), `sure` and `margin` (so does one
    below the first, or with a second reading closer than the latter; its label stays), `ranking_length`, `families`
    (labels whose family is not the part before the slash), `short_forms` (text-message spellings), and what
    `KernelModel` takes.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """The sentence embedding."""
        return [SentenceFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The classifier's defaults."""
        return dict(DEFAULTS)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing that `IntentReader` would not say itself."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, reader: IntentReader
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = storage
        self._resource = resource
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        """An untrained classifier."""
        settings = {**cls.get_default_config(), **config}
        reader = IntentReader(
            shared_memory().embed_each,
            settings["short_forms"],
            *(settings[name] for name in KERNEL_SETTINGS),
        )
        return cls(config, model_storage, resource, reader)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        """The trained classifier. Raises KernelError when its files are not there."""
        with model_storage.read_from(resource) as folder:
            reader = IntentReader.load(folder, shared_memory().embed_each)
        return cls(config, model_storage, resource, reader)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has a text and an intent."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and m.get("intent")]
        labels = [m.get(FULL_INTENT) or m.get("intent") for m in examples]
        log.info("learning %d intents from %d examples", len(set(labels)), len(examples))
        embeddings = np.stack([m.get_dense_features(TEXT)[1].features[0] for m in examples])
        self._reader.fit(
            [m.get(TEXT) for m in examples],
            labels,
            embeddings,
            say=lambda text: log.info("%s", text),
        )
        log.info("right on %.1f %% of examples when left out", 100 * self._reader.held_out_accuracy)
        with self._storage.write_to(self._resource) as folder:
            self._reader.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Unchanged: no component after this one learns from predictions."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` {name: family, confidence, full: label}, `intent_ranking` with full labels, and `parts`.

        The message's metadata may hold `label` (what the message means beyond doubt: a choice that was picked) and
        `parts` (its clauses, each read on its own as {text, ranking}).
        """
        for message in messages:
            told = message.get("metadata") or {}
            ranking = self._known(told.get("label")) or self._rank(message)
            confidence = ranking[0][1]
            label = decide(ranking, self._config["threshold"])
            family = family_of(label, self._config["families"])
            if confidence < self._config["sure"] or _close(ranking, self._config["margin"]):
                family = FALLBACK
            intent = {"name": family, "confidence": round(confidence, 6), "full": label}
            message.set("intent", intent, add_to_output=True)
            message.set("intent_ranking", _listed(ranking), add_to_output=True)
            parts = [
                {"text": part, "ranking": _listed(self._rank(Message(data={TEXT: part}))[:PART_RANKING])}
                for part in told.get("parts") or ()
            ]
            message.set("parts", parts, add_to_output=True)
        return messages

    def _known(self, label: str | None) -> list[tuple[str, float]] | None:
        return [(label, 1.0)] if label in self._reader.labels else None

    def _rank(self, message: Message) -> list[tuple[str, float]]:
        text = message.get(TEXT) or ""
        if is_wordless(text):
            return [(FALLBACK, 0.0)]
        return self._reader.rank(text, self._config["ranking_length"])


def _listed(ranking: list[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": round(value, 6)} for name, value in ranking]


def _close(ranking: list[tuple[str, float]], margin: float) -> bool:
    """Whether the second reading comes so close to the first that only the person can say which one is meant."""
    return len(ranking) > 1 and ranking[0][1] - ranking[1][1] < margin
