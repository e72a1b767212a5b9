"""What Rasa trains from: its own files, the questions of the FHIR Questionnaire, intents as family and topic."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import rasa.shared.utils.common
from rasa.shared.core.domain import Domain, InvalidDomain
from rasa.shared.importers import utils
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.engine import questionnaire
from bot.engine.classifier import FULL_INTENT

# Rasa acts on these by itself; nothing that a person says may have such a label.
RESERVED = frozenset({"restart", "back", "session_start", "nlu_fallback"})
# Asking for a questionnaire beside the intake is a wish to begin: `enroll/<its id>`.
ENROLL = "enroll"
# With fewer, Rasa warns that an entity has too few examples.
ENOUGH_MARKED = 2


class TrainingDataProblem(ValueError):
    """The training data contradicts itself; the message says where."""


class IntakeImporter(RasaFileImporter):
    """Reads config.yml, domain.yml and data/ as usual, and adds the intake form.

    Args:
        questionnaire: path of the Questionnaire, from the folder of config.yml; PES_QUESTIONNAIRE_FILE wins.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        questionnaire: str = "data/questionnaires/intake.json",
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        folder = Path(config_file).parent if config_file else Path()
        self._questionnaire = folder / (os.environ.get("PES_QUESTIONNAIRE_FILE") or questionnaire)

    @rasa.shared.utils.common.cached_method
    def get_domain(self) -> Domain:
        """domain.yml and the form.

        Raises:
            InvalidDomain: Rasa refuses domain.yml.
            QuestionnaireProblem: the questionnaire cannot be asked.
        """
        # Rasa's own importer would turn a broken domain into an empty one, with a warning.
        if not self._domain_path:
            raise InvalidDomain("there is no domain.yml")
        form = Domain.from_dict(questionnaire.domain_of(*questionnaire.read_all(self._questionnaire)))
        return Domain.load(self._domain_path).merge(form)

    @rasa.shared.utils.common.cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All examples; each has its family as intent and its full label as `full_intent`.

        Raises:
            TrainingDataProblem: a label whose family is not an intent of domain.yml.
        """
        data = utils.training_data_from_paths(self._nlu_files, language)
        families = set(self.get_domain().intents) - RESERVED
        asked_for = [
            Message.build(text=text, intent=f"{ENROLL}/{other['id']}")
            for other in questionnaire.read_all(self._questionnaire)[1:]
            if not other.get("derivedFrom")
            for text in questionnaire.examples_of(other)
        ]
        examples = [_split(message, families) for message in [*data.training_examples, *asked_for]]
        tables = [_longest_first(table) for table in data.lookup_tables]
        for table in tables:
            if table["name"] in self.get_domain().entities and isinstance(table["elements"], list):
                _annotate_some(examples, table)
        return TrainingData(examples, data.entity_synonyms, data.regex_features, tables, data.responses)


def _split(message: Message, families: set[str]) -> Message:
    """The message with its full label under our own key; Rasa would look for canned answers to `family/topic`."""
    full = message.get_full_intent()
    if not full:
        return message
    if message.get(INTENT) not in families:
        raise TrainingDataProblem(
            f'data/nlu: the intent "{full}" is not known: "{message.get(INTENT)}" is not an intent of domain.yml'
        )
    kept = {key: value for key, value in message.data.items() if key != INTENT_RESPONSE_KEY}
    return Message(data={**kept, FULL_INTENT: full}, output_properties=message.output_properties)


def _annotate_some(examples: list[Message], table: dict[str, Any]) -> None:
    """Mark the entity in two examples: Rasa's extractor reads only tables whose name it has seen as an entity."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, table['elements']))})\b", re.IGNORECASE)
    marked = 0
    for example in examples:
        found = pattern.search(example.get(TEXT) or "")
        if not found:
            continue
        entity = {"entity": table["name"], "start": found.start(), "end": found.end(), "value": found.group()}
        example.set(ENTITIES, [*(example.get(ENTITIES) or []), entity])
        marked += 1
        if marked == ENOUGH_MARKED:
            return
    if not marked:
        raise TrainingDataProblem(
            f'data/nlu: no example mentions anything of the lookup table "{table["name"]}"'
        )


def _longest_first(table: dict[str, Any]) -> dict[str, Any]:
    """A lookup table in which "rehab center" is tried before "rehab"."""
    elements = table["elements"]
    return (
        {**table, "elements": sorted(elements, key=len, reverse=True)}
        if isinstance(elements, list)
        else table
    )
