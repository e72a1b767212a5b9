"""Rasa's agent and processor without what makes a turn fail silently, and without locks and stores."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.graph import ExecutionContext
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.exceptions import ModelNotFound
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.action_endpoint import ActionFailed


class StoredDomain(DomainProvider):
    """Gives the graph the domain from the model's metadata; Rasa's provider reads it a second time, from YAML (1 s)."""

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> StoredDomain:
        """With the domain that `TurnProcessor` puts into the node's config."""
        return cls(model_storage, resource, config["domain"])


def _stuck(*_: Any) -> NoReturn:
    raise ActionFailed("the rules go round in circles")


class TurnProcessor(MessageProcessor):
    """Runs one turn; what Rasa would swallow ends it.

    Rasa logs a failed action and goes on without it, and stops a turn that goes round in circles where it happens to
    be. Both leave a person without the answer, so here both raise `ActionFailed`.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, on_circuit_break=_stuck)
        # The last node of Rasa's graph turns "/restart" or "/intent{...}" into that intent, whoever typed it.
        # What feeds it is our own last component.
        handler = self.model_metadata.predict_schema.nodes[self.model_metadata.nlu_target]
        self._parse_target = handler.needs["messages"]

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        """As Rasa's, but the domain is read once. Raises ModelNotFound when the file is none, or no model."""
        path = Path(model_path)
        if not path.is_file():
            raise ModelNotFound(f"no model at {path}")
        with tempfile.TemporaryDirectory() as folder:
            try:
                storage, metadata = LocalModelStorage.from_model_archive(Path(folder), path)
            except (tarfile.ReadError, EOFError) as error:
                raise ModelNotFound(f"{path} is not a model") from error
            schema = metadata.predict_schema
            node = schema.nodes["domain_provider"]
            schema.nodes["domain_provider"] = replace(
                node, uses=StoredDomain, config={"domain": metadata.domain}
            )
            context = ExecutionContext(graph_schema=schema, model_id=metadata.model_id)
            return path.name, metadata, DaskGraphRunner.create(schema, storage, context)

    def _parse_message_with_graph(
        self, message: UserMessage, tracker: DialogueStateTracker, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """As Rasa's, but every text is read as plain text."""
        results = self.graph_runner.run(
            inputs={"__message__": [message], "__tracker__": tracker}, targets=[self._parse_target]
        )
        parsed = results[self._parse_target][0]
        return {
            "text": "",
            "intent": {"name": None, "confidence": 0.0},
            "entities": [],
            **parsed.as_dict(only_output_properties=only_output_properties),
        }

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """As Rasa's, but a failure is a failure. Returns whether another action may follow."""
        # The action sees the policy's events; they are discarded if it rejects to run.
        seen = tracker.copy()
        seen.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, seen, self.domain)
        except ActionExecutionRejection:
            tracker.update(
                ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence),
                self.domain,
            )
            return self.should_predict_another_action(action.name())
        except ActionFailed:
            raise
        except Exception as error:
            raise ActionFailed(action.name()) from error
        self._log_action_on_tracker(tracker, action, events, prediction)
        if any(isinstance(event, UserUttered) for event in events):
            tracker = await self.run_action_extract_slots(output_channel, tracker)
        await self.execute_side_effects(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())

    async def execute_side_effects(
        self, events: list[Event], tracker: DialogueStateTracker, output_channel: OutputChannel
    ) -> None:
        """Send what is said. No reminders: timers are the service's, an engine may be gone when they are due."""
        await self._send_bot_messages(events, tracker, output_channel)


class TurnAgent(Agent):
    """An agent for `TurnProcessor`.

    Without locks, because a turn shares nothing with another; without Rasa's fail-safe store, which would answer a
    broken state with an empty conversation.
    """

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            raise ValueError("endpoints.yml names no tracker store")
        store.domain = domain
        return store

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load a model file.

        Raises:
            ModelNotFound: there is none, or it is not one.
        """
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses

    async def handle_message(self, message: UserMessage) -> Sequence[dict[str, Any]] | None:
        """Run one turn."""
        return await self.processor.handle_message(message)
