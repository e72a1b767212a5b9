"""A really trained engine as a process, and a real action server beside it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.engine.peer import Peer

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
SECRET = "secret-of-the-tests"
READY_SECONDS = 60

# Few and far apart, so that a test knows what the classifier will say.
EXAMPLES = {
    "ask/role_nurse": ["what does the nurse do", "what does a nurse do here", "qué hace la enfermera"],
    "ask/cost_insurance": ["how much does it cost", "does insurance pay for this", "cuánto cuesta esto"],
    "request/human": ["let me talk to a person", "i want a human", "quiero hablar con una persona"],
    "nav/pause": ["pause", "let's pause for now", "hagamos una pausa"],
    "nav/start_over": ["restart", "start over from the beginning", "empezar de nuevo"],
    "nav/back": ["back", "go back one question", "volver atrás"],
    "social/greeting": ["hello", "good morning", "hola buenos días"],
    "tell/for_other": ["i am calling for my mom", "this is for my father", "es para mi mamá"],
    "tell/death": ["my husband passed away yesterday", "she died last night", "mi esposo falleció ayer"],
    "enroll": ["i want to sign up", "enroll me please", "quiero inscribirme"],
    "affirm": ["yes", "yes please", "sí claro"],
    "deny": ["no", "no thanks", "no gracias"],
    "unsure": ["i don't know", "not sure about that", "no lo sé"],
    "out_of_scope": ["who won the football game", "what is the weather in paris", "receta de tacos"],
}
TABLES = {
    "role": ["nurse", "enfermera"],
    "relation": ["mom", "mamá", "father"],
    "time": ["morning", "morning hours"],
}


def project(folder: Path) -> Path:
    """A folder to train from: the product's own configuration, rules and questions, with a few examples."""
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, folder / name)
    for part in ("rules", "questionnaires"):
        shutil.copytree(ROOT / "data" / part, folder / "data" / part)
    (folder / "data" / "nlu").mkdir()
    (folder / "data" / "nlu" / "few.yml").write_text(nlu(EXAMPLES), encoding="utf-8")
    return folder


def nlu(examples: dict[str, list[str]]) -> str:
    """Training data in Rasa's format."""
    blocks = [("intent", label, texts) for label, texts in examples.items()]
    blocks += [("lookup", name, texts) for name, texts in TABLES.items()]
    blocks += [("synonym", "nurse", ["enfermera"])]
    lines = [
        f"- {kind}: {name}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
        for kind, name, texts in blocks
    ]
    return 'version: "3.1"\nnlu:\n' + "".join(lines)


def train(folder: Path, models: Path) -> subprocess.CompletedProcess[str]:
    """Train as `pes train` does."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PES_MODELS": str(models)}
    command = [str(PYTHON), "-m", "bot.engine.train", str(folder)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@dataclass
class Engine:
    """An engine process and how to talk to it."""

    models: Path
    port: int
    actions_port: int
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self, ready: bool = True) -> Engine:
        """Start it, and wait until it answers."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PES_ENGINE_SECRET": SECRET,
            "PES_ENGINE_PORT": str(self.port),
            "PES_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}/webhook",
            "PES_MODELS": str(self.models),
            "PES_EXIT_WITH_STDIN": "1",
            "PES_LOG_LEVEL": "DEBUG",
            **self.environment,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(PYTHON), "-m", "bot.engine.server"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        if ready:
            self.wait()
        return self

    def wait(self) -> None:
        """Wait until it answers at all."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()
            try:
                httpx.get(f"{self.url}/health", timeout=2)
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            return
        raise AssertionError(f"the engine did not answer: {self.log.read_text()}")

    def kill(self) -> None:
        """kill -9."""
        self.end(signal.SIGKILL)

    def end(self, how: int = signal.SIGTERM) -> int:
        """Send a signal and wait; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        return self._gone()

    def _gone(self) -> int:
        assert self.process is not None
        code = self.process.wait(20)
        if self.process.stdin is not None:
            self.process.stdin.close()
        return code

    def clear(self) -> None:
        """Leave nothing behind."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.kill()
        self._gone()

    def close_stdin(self) -> int:
        """What happens when the supervisor dies; returns the exit code."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(20)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def post(self, path: str, body: Any, secret: str | None = SECRET) -> httpx.Response:
        """A POST, with the secret unless told otherwise."""
        headers = {"X-Engine-Secret": secret} if secret is not None else {}
        if isinstance(body, bytes):
            return httpx.post(self.url + path, content=body, headers=headers, timeout=30)
        return httpx.post(self.url + path, json=body, headers=headers, timeout=30)

    def turn(self, text: str, state: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """One turn that works."""
        response = self.post("/turn", message(text, state, **more))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def talk(self, *texts: str, state: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Several turns, each with the state of the one before; returns the last answer."""
        answer: dict[str, Any] = {}
        for text in texts:
            answer = self.turn(text, state, **more)
            state = answer["state"]
        return answer


def message(text: str, state: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The body of a turn."""
    return {
        "conversation_id": "c-1",
        "message_id": "m-1",
        "text": text,
        "locale": "en",
        "channel": "webchat",
        "metadata": {},
        "state": state,
        **more,
    }


def said(answer: dict[str, Any]) -> list[str]:
    """The texts of an answer."""
    return [reply["text"] for reply in answer["messages"]]


def free_port() -> int:
    """A loopback port nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model trained from the few examples, once."""
    if not PYTHON.exists():
        pytest.fail("the engine's environment is missing: run `make setup`")
    folder = tmp_path_factory.mktemp("engine")
    done = train(project(folder), folder / "models")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "models"


@pytest.fixture(scope="session")
def session_peer() -> Iterator[Peer]:
    peer = Peer(free_port())
    peer.start()
    yield peer
    peer.close()


@pytest.fixture(scope="session")
def session_engine(
    models: Path, session_peer: Peer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    log = tmp_path_factory.mktemp("log") / "engine.log"
    engine = Engine(models, free_port(), session_peer.port, log).start()
    yield engine
    engine.end()


@pytest.fixture
def peer(session_peer: Peer) -> Iterator[Peer]:
    """The action server, with the usual answers."""
    session_peer.reset()
    yield session_peer
    session_peer.reset()


@pytest.fixture
def engine(session_engine: Engine, peer: Peer) -> Engine:
    """The engine, with its action server."""
    return session_engine


@pytest.fixture
def own_engine(models: Path, peer: Peer, tmp_path: Path) -> Iterator[Engine]:
    """An engine that a test may kill; not yet started."""
    engine = Engine(models, free_port(), peer.port, tmp_path / "engine.log")
    yield engine
    engine.clear()
