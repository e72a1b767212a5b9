"""A training cache that keeps nothing: training takes seconds, and a stale cache costs more than it saves."""

from __future__ import annotations

from typing import Any

from rasa.engine.caching import TrainingCache
from rasa.engine.storage.storage import ModelStorage


class NoCache(TrainingCache):
    """Remembers nothing and writes nothing to disk (Rasa's own keeps a database under .rasa/)."""

    def cache_output(
        self, fingerprint_key: str, output: Any, output_fingerprint: str, model_storage: ModelStorage
    ) -> None:
        """Forget it."""

    def get_cached_output_fingerprint(self, fingerprint_key: str) -> str | None:
        """Nothing is known."""
        return None

    def get_cached_result(
        self, output_fingerprint_key: str, node_name: str, model_storage: ModelStorage
    ) -> None:
        """Nothing is known."""
