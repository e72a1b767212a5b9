"""The stock Rasa project in `stock_project/`: its own two processes, its own files, the same questions and answers."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml

from benchmarks.system import System, environment
from bot.settings import ROOT
from bot.supervisor import ENGINE_PYTHON, free_port

PROJECT = Path(__file__).parent / "stock_project"
NLU = ROOT / "data" / "nlu"
RASA = (str(ENGINE_PYTHON), "-m", "rasa")
ARTICLES = ROOT / "data" / "knowledge" / "en"


class Stock(System):
    """`rasa run` and its action server, with an SQL tracker store on SQLite.

    Args:
        folder: for the project's copy and all it writes.
        examples: training examples a label and language, at most.
    """

    name = "stock"
    channel = "rest"

    def __init__(self, folder: Path, examples: int) -> None:
        super().__init__(folder)
        self._project = folder / "project"
        self._enrollments = folder / "enrollments.db"
        used = make_project(self._project, examples)
        self.examples = f"{used} of them, at most {examples} a label and language, and its own data/"

    def train(self) -> float:
        """`rasa train`."""
        command = [*RASA, "train", "--domain", "domain", "--fixed-model-name", "stock"]
        return self._run(command, self._project, environment())

    def start(self) -> float:
        """`rasa run` and the action server together, until both answer."""
        port, actions_port, started = free_port(), free_port(), time.perf_counter()
        self.url, actions = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{actions_port}"
        env = environment(
            STOCK_ACTIONS_URL=f"{actions}/webhook",
            STOCK_TRACKERS=str(self.folder / "trackers.db"),
            STOCK_ENROLLMENTS=str(self._enrollments),
        )
        sdk = [str(ENGINE_PYTHON), "-m", "rasa_sdk", "--actions", "actions", "-p", str(actions_port)]
        self._spawn("actions", sdk, self._project, env | {"SANIC_HOST": "127.0.0.1"})
        self._spawn("rasa", [*RASA, "run", "-i", "127.0.0.1", "-p", str(port)], self._project, env)
        self._await(f"{actions}/health", f"{self.url}/")
        return time.perf_counter() - started

    def enrolled(self) -> dict[str, dict[str, Any]]:
        """What its action stored at the end of each intake."""
        if not self._enrollments.exists():
            return {}
        with closing(sqlite3.connect(self._enrollments)) as database:
            rows = database.execute("SELECT conversation_id, answers FROM enrollments").fetchall()
        return {conversation: json.loads(answers) for conversation, answers in rows}


def make_project(project: Path, examples: int) -> int:
    """Copy the project and add what it shares with us: the examples and the articles; returns how many examples."""
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "domain").mkdir()
    (project / "domain.yml").rename(project / "domain" / "domain.yml")
    chosen = _examples(examples)
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in chosen.items()
    ]
    _write(project / "data" / "nlu.yml", {"nlu": nlu})
    topics = [intent.partition("/")[2] for intent in chosen if intent.startswith("ask/")]
    responses = {f"utter_ask/{topic}": [{"text": _article(topic)}] for topic in topics}
    _write(project / "domain" / "articles.yml", {"responses": responses})
    return sum(len(texts) for texts in chosen.values())


def _examples(most: int) -> dict[str, list[str]]:
    """Our examples by Rasa's intents: questions keep their topic (a retrieval intent), the rest is its family."""
    found: dict[str, list[str]] = defaultdict(list)
    for label, texts in _labelled():
        intent = label if label.startswith("ask/") else label.partition("/")[0]
        found[intent] += texts[:most]
    return found


def _labelled() -> Iterator[tuple[str, list[str]]]:
    """Each label with its examples in one language."""
    for file in sorted(NLU.glob("*.yml")):
        for part in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in part:
                yield part["intent"], [line.removeprefix("- ") for line in part["examples"].splitlines()]


def _article(topic: str) -> str:
    """The short form of an article."""
    body = (ARTICLES / f"{topic}.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    return body.partition("<!-- more -->")[0].strip()


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump({"version": "3.1"} | content, allow_unicode=True), encoding="utf-8")
