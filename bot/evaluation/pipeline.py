"""The engine's own featurizer and classifier with the settings of config.yml, without Rasa."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.engine.embedding import SentenceMemory, embed_all
from bot.engine.reader import Embed, IntentReader
from bot.engine.topics import DEFAULTS, FALLBACK, KERNEL_SETTINGS, decide, family_of, is_wordless
from bot.evaluation.examples import OUT_OF_SCOPE, BadData, Example

CLASSIFIER = "bot.engine.classifier.TopicClassifier"
FEATURIZER = "bot.engine.featurizer.SentenceFeaturizer"
# Enough for a steady mean, and over in a second.
TIMED_MESSAGES = 200
EMBEDDED_AT_ONCE = 2048

Say = Callable[[str], None]


@dataclass(frozen=True)
class Guess:
    """The likeliest label of a message and its probability, whatever the threshold says."""

    best: str
    confidence: float


@dataclass(frozen=True)
class Rule:
    """How a guess becomes what the assistant acts on.

    Attributes:
        threshold: a less likely guess counts as not understood.
        out_of_scope: the label of messages that are not ours to answer; "not understood" counts as this label,
            because the assistant does the same for both.
        families: labels whose family is not the part before the slash.
    """

    threshold: float
    out_of_scope: str
    families: Mapping[str, str]

    def decide(self, guess: Guess) -> str:
        """The label that counts."""
        label = decide([(guess.best, guess.confidence)], self.threshold)
        return self.out_of_scope if label == FALLBACK else label

    def family(self, label: str) -> str:
        """The family of a label."""
        return family_of(label, self.families)

    def at(self, threshold: float) -> Rule:
        """The same with another threshold."""
        return replace(self, threshold=threshold)


@dataclass(frozen=True)
class Settings:
    """The classifier's settings; see `TopicClassifier` for what they mean."""

    values: Mapping[str, Any]

    @classmethod
    def read(cls, config: Path) -> Settings:
        """From a config.yml.

        Raises:
            BadData: its pipeline is not the one that is evaluated here.
        """
        content = yaml.safe_load(config.read_text(encoding="utf-8"))
        components = {part["name"]: part for part in content["pipeline"]}
        for name in (FEATURIZER, CLASSIFIER):
            if name not in components:
                raise BadData(f"{config}: the pipeline has no {name}; `pes evaluate` measures that one only")
        return cls({**DEFAULTS, **components[CLASSIFIER]})

    def reader(self, embed: Embed) -> IntentReader:
        """An untrained reader."""
        return IntentReader(
            embed,
            self.values["short_forms"],
            *(self.values[name] for name in KERNEL_SETTINGS),
        )

    def rule(self, out_of_scope: str = OUT_OF_SCOPE) -> Rule:
        """The pipeline's own rule."""
        return Rule(float(self.values["threshold"]), out_of_scope, self.values["families"])


class Embeddings:
    """Sentence embeddings, each text embedded once: the folds of a cross-validation share most of theirs.

    Args:
        say: is told about long work.
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._known: dict[str, np.ndarray] = {}

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """One row a text, (n, 512)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for begin in range(0, len(new), EMBEDDED_AT_ONCE):
            part = new[begin : begin + EMBEDDED_AT_ONCE]
            self._known.update(zip(part, embed_all(part), strict=True))
            if len(new) > EMBEDDED_AT_ONCE:
                self._say(f"  {begin + len(part):,} of {len(new):,} sentences embedded")
        return np.stack([self._known[text] for text in texts])


class Pipeline:
    """Featurizer and classifier, learned from examples.

    Args:
        settings: of the classifier.
        embeddings: may be shared with other pipelines.
        say: is told about the progress.
    """

    def __init__(self, settings: Settings, embeddings: Embeddings, say: Say) -> None:
        self._embeddings = embeddings
        self._say = say
        self._reader = settings.reader(embeddings.of)

    def fit(self, examples: Sequence[Example]) -> Pipeline:
        """Learn. Raises KernelError when the examples have fewer than two labels."""
        texts = [example.text for example in examples]
        labels = [example.label for example in examples]
        self._reader.fit(texts, labels, self._embeddings.of(texts), say=lambda text: self._say(f"  {text}"))
        return self

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """The likeliest label of each text."""
        if not texts:
            return []
        self._embeddings.of(texts)  # in batches; what is left are the messages' sentences
        probabilities = self._reader.predict(texts)
        places = probabilities.argmax(axis=1)
        return [
            Guess(FALLBACK, 0.0)
            if is_wordless(text)
            else Guess(self._reader.labels[place], float(row[place]))
            for text, place, row in zip(texts, places, probabilities, strict=True)
        ]

    def milliseconds(self, texts: Sequence[str]) -> float:
        """Mean time of one message, one after the other, featurizer and classifier together."""
        memory = SentenceMemory(0)
        memory.embed("are you there")  # loads the encoder, which a running engine has long done
        timed = texts[:TIMED_MESSAGES]
        shared, self._reader.embed = self._reader.embed, memory.embed_each
        started = time.perf_counter()
        for text in timed:
            self._reader.rank(text, int(DEFAULTS["ranking_length"]))
        taken = time.perf_counter() - started
        self._reader.embed = shared
        return 1000 * taken / max(1, len(timed))
