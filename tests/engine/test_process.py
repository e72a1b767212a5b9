"""The engine as a process: how it starts, ends, and what it never writes down."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.engine.conftest import PYTHON, ROOT, Engine, message
from tests.engine.peer import Answer, Call, Peer, result, slot

pytestmark = pytest.mark.engine
CANARY = "quetzalcoatlus"


def test_it_ends_with_its_parent(own_engine: Engine) -> None:
    own_engine.start()
    assert own_engine.close_stdin() == 0


def test_it_ends_with_its_parent_also_while_starting(own_engine: Engine) -> None:
    own_engine.start(ready=False)
    assert own_engine.close_stdin() in (0, -signal.SIGTERM)


def test_it_ends_when_asked(own_engine: Engine) -> None:
    own_engine.start()
    own_engine.turn("hello")
    assert own_engine.end(signal.SIGTERM) == 0


def test_a_running_turn_is_finished_before_it_ends(own_engine: Engine, peer: Peer) -> None:
    from concurrent.futures import ThreadPoolExecutor

    own_engine.start()
    peer.delay = lambda call: 1.0
    with ThreadPoolExecutor(1) as person:
        answer = person.submit(own_engine.turn, "hello")
        while not peer.calls:
            pass
        assert own_engine.end(signal.SIGTERM) == 0
        assert answer.result()["messages"]


@pytest.mark.parametrize("broken", [False, True], ids=["none", "broken"])
def test_without_a_model_it_says_so(own_engine: Engine, tmp_path: Path, broken: bool) -> None:
    own_engine.models = tmp_path
    if broken:
        (tmp_path / "engine.tar.gz").write_bytes(b"not a model")
    own_engine.start()
    assert httpx.get(f"{own_engine.url}/health").status_code == 503
    assert own_engine.post("/turn", message("hello")).status_code == 503
    assert own_engine.post("/turn", message("hello"), secret="wrong").status_code == 401


@pytest.mark.parametrize("missing", [{"PES_ENGINE_SECRET": ""}, {"PES_ENGINE_PORT": "many"}])
def test_it_does_not_start_open_or_astray(own_engine: Engine, missing: dict[str, str]) -> None:
    own_engine.environment = missing
    own_engine.start(ready=False)
    assert own_engine.process is not None
    assert own_engine.process.wait(20) == 2
    assert next(iter(missing)) in own_engine.log.read_text()


def test_it_writes_nothing_to_disk(own_engine: Engine, tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    own_engine.environment = {"HOME": str(home), "TMPDIR": str(temporary)}
    own_engine.start()
    own_engine.talk("hello", "i want to sign up", "me")
    assert list(home.rglob("*")) == []
    assert list(temporary.rglob("*")) == []


def always(answer: Answer) -> Callable[[Call], Answer]:
    """The same answer to every call."""
    return lambda call: answer


def test_no_word_of_a_person_is_in_the_log(own_engine: Engine, peer: Peer) -> None:
    own_engine.start()
    state = own_engine.turn(f"i want to sign up {CANARY}", metadata={"note": CANARY})["state"]
    state = own_engine.turn(CANARY, state)["state"]
    assert CANARY in str(state)
    own_engine.post("/turn", message(CANARY, {"version": 1, "slots": CANARY, "history": [{"event": CANARY}]}))
    own_engine.post("/turn", message(CANARY) | {"locale": CANARY})
    own_engine.post("/turn", f"{{{CANARY}".encode())
    own_engine.post("/parse", {"text": f"/restart {CANARY}", "locale": "en"})
    peer.answer = lambda call: result(CANARY, events=[slot("last_said", CANARY)])
    own_engine.turn(f"what does the nurse do, {CANARY}?")
    for answer in (
        (500, {"error": CANARY}),
        (400, {"error": CANARY, "action_name": CANARY}),
        (200, CANARY),
        (200, {"events": [{"event": CANARY}], "responses": []}),
        (200, {"events": [{"event": "slot", "value": CANARY}], "responses": []}),
        (
            200,
            {
                "events": [{"event": "slot", "name": CANARY, "value": CANARY, "timestamp": None}],
                "responses": [],
            },
        ),
        (200, {"events": [{"event": "followup", "name": CANARY, "timestamp": None}], "responses": []}),
        (200, {"events": [], "responses": [{"response": f"utter_{CANARY}", "text": CANARY}]}),
        (200, {"events": [], "responses": [{"text": CANARY, "buttons": CANARY}]}),
    ):
        peer.answer = always(answer)
        own_engine.post("/turn", message(CANARY))
        own_engine.post("/turn", message(CANARY, state))
    httpx.get(f"{own_engine.url}/{CANARY}")
    peer.stop()
    own_engine.post("/turn", message(CANARY))
    peer.start()
    own_engine.end()
    written = own_engine.log.read_text()
    assert CANARY not in written
    assert "Traceback" not in written
    assert "failed" in written


def test_one_line_a_turn(own_engine: Engine) -> None:
    own_engine.start()
    before = own_engine.log.read_text()
    own_engine.turn("what does the nurse do", conversation_id="c-77", message_id="m-88")
    lines = own_engine.log.read_text()[len(before) :].splitlines()
    assert len(lines) == 1
    assert "c-77 m-88" in lines[0]
    assert lines[0].endswith(" ms ask")


def test_answering_takes_no_tensorflow() -> None:
    """It would triple the time to start; people wait for an engine that was restarted."""
    code = (
        "import sys; from bot.engine.lean import leave_out_unused; leave_out_unused();"
        "import bot.engine.turn_agent, bot.engine.turn_channel, bot.engine.classifier, rasa.core.policies.rule_policy;"
        "print([m for m in ('tensorflow', 'sklearn', 'matplotlib', 'pymongo', 'boto3') if m in sys.modules])"
    )
    done = subprocess.run(
        [str(PYTHON), "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_was_left_out_says_so_when_it_is_used() -> None:
    code = (
        "from bot.engine.lean import leave_out_unused; leave_out_unused();"
        "from rasa.utils.tensorflow.model_data import RasaModelData; RasaModelData()"
    )
    done = subprocess.run(
        [str(PYTHON), "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "NotLoaded: rasa.utils.tensorflow.model_data.RasaModelData is left out" in done.stderr
