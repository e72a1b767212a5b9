"""Our product, started as `make run` starts it, with a model and a data folder of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.system import System, environment
from bot.settings import ROOT
from bot.supervisor import free_port

QUESTIONS = Path(__file__).parent / "questionnaire"
PES = (sys.executable, "-m", "bot.cli")


class Ours(System):
    """The service and the engine under their supervisor, on SQLite."""

    name = "ours"
    channel = "webchat"
    examples = "all examples in data/nlu"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._environment = environment(
            PES_MODELS=str(folder / "models"),
            PES_DATA=str(folder / "data"),
            # The questions that the stock project asks too, so that both do the same work.
            PES_QUESTIONNAIRE_FILE=str(QUESTIONS / "intake.json"),
            PES_ROUTING_FILE=str(QUESTIONS / "routing.yml"),
        )

    def train(self) -> float:
        """`pes train`, on all of our examples."""
        return self._run([*PES, "train"], ROOT, self._environment)

    def start(self) -> float:
        """`pes run` on an empty data folder, until /readyz says that everything answers."""
        port, started = free_port(), time.perf_counter()
        data = str(self.folder / "data")
        self._spawn("run", [*PES, "run", "--port", str(port), "--data", data], ROOT, self._environment)
        self.url = f"http://127.0.0.1:{port}"
        self._await(f"{self.url}/readyz")
        return time.perf_counter() - started

    def enrolled(self) -> dict[str, dict[str, Any]]:
        """Submitted enrollments, as `pes enrollment list` shows them."""
        listed = subprocess.run(
            [*PES, "enrollment", "list", "--json", "--state", "submitted"],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        return {item["conversation_id"]: item["answers"] for item in json.loads(listed.stdout)}
