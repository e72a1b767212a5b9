"""Kill the engine and the service with -9 at random moments while people talk, and count what was lost.

    make kill-test                      200 turns with the engine being killed, then 200 with the service
    make kill-test ARGS="--turns 40"    a short run

It starts the product in a folder of its own with `pes run`, whose supervisor starts killed processes again at once.
The judge is the clients' own list of acknowledgements: every acknowledged message must be in the log exactly once,
in order, answered exactly as in a conversation that nobody disturbed; no enrollment lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.settings import ROOT
from bot.supervisor import free_port
from tests.support.intake_walk import MOM_EN, walk

# One whole intake with a digression; no answer depends on the clock.
BEGINS, ASKS, ENOUGH = "I want to sign up", "what does the nurse do?", "that's enough for today"
ANSWERS = MOM_EN | {"matters_most": "to stay at home with her dog and her garden"}
START_SECONDS = 120.0
ANSWER_SECONDS = 90.0
PHASES = ("engine", "service")
# Between looking whether a process can be killed: seconds.
PAUSE = (0.2, 4.0)
# Between two messages of one talker, so that there is time to be killed in: seconds, at the most.
THINKING = 1.0


@dataclass
class Talk:
    """One conversation and what its client was promised."""

    client: httpx.Client
    id: str
    headers: dict[str, str]
    acknowledged: list[tuple[str, str, int]] = field(default_factory=list)
    retries: int = 0


def request(client: httpx.Client, method: str, path: str, **options: Any) -> tuple[httpx.Response, int]:
    """Try until there is an answer that is not a failure of the server; also says how often it was tried again."""
    deadline, retries = time.monotonic() + ANSWER_SECONDS, 0
    while time.monotonic() < deadline:
        try:
            answer = client.request(method, path, **options)
            if answer.status_code < 500 and answer.status_code != 429:
                return answer, retries
        except httpx.TransportError:
            pass
        retries += 1
        time.sleep(0.05)
    raise SystemExit(f"{method} {path}: no answer in {ANSWER_SECONDS:.0f} s")


def open_talk(client: httpx.Client) -> Talk:
    """Start a conversation."""
    answer, _ = request(client, "POST", "/api/v1/conversations", json={"locale": "en"})
    body = answer.json()
    return Talk(client, body["conversation_id"], {"Authorization": f"Bearer {body['token']}"})


def say(talk: Talk, text: str) -> str:
    """Send one message under one id until its answer is there; note the acknowledgement. Returns the answer."""
    message_id = str(uuid.uuid4())
    path = f"/api/v1/conversations/{talk.id}/messages"
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        answer, retries = request(
            talk.client,
            "POST",
            path,
            json={"id": message_id, "text": text},
            headers=talk.headers | {"Prefer": "wait=20"},
        )
        talk.retries += retries
        if answer.status_code not in (200, 202):
            raise SystemExit(f"unexpected {answer.status_code}: {answer.text}")
        if answer.status_code == 200:
            talk.acknowledged.append((message_id, text, answer.json()["seq"]))
            return "\n".join(message["text"] for message in answer.json()["messages"])
    raise SystemExit(f"message {message_id} was acknowledged but not answered in {ANSWER_SECONDS:.0f} s")


@dataclass
class Undisturbed:
    """The first conversation, before anything is killed: what is said in it, all others say after it."""

    talk: Talk
    script: list[str] = field(default_factory=list)

    def say(self, text: str) -> str:
        """Say it, remember it, and hear the answer."""
        self.script.append(text)
        return say(self.talk, text)

    def go_through(self) -> list[str]:
        """An intake with a question in the middle, cut short. Returns everything that was said."""
        walk(self, self.say(BEGINS), ANSWERS, until="matters_most")
        walk(self, self.say(ASKS), ANSWERS, until="illness")
        walk(self, self.say(ENOUGH), ANSWERS)
        return self.script


def log_of(talk: Talk) -> list[dict[str, Any]]:
    """The whole log of a conversation."""
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["seq"] if found else 0
        path = f"/api/v1/conversations/{talk.id}/messages?after={after}"
        answer, _ = request(talk.client, "GET", path, headers=talk.headers)
        page = answer.json()["messages"]
        if not page:
            return found
        found += page


def transcript(log: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What was said by whom, without the "please wait" notices that only an outage brings."""
    return [(item["author"], item["text"]) for item in log if item["author"] != "system"]


class Killer(threading.Thread):
    """Kills one kind of process at random moments until told to stop.

    Each time it waits until all is up again, so that on a slow machine, too, some turns get through between kills.

    Args:
        pid_file: where the supervisor notes the process's id.
        url: base address of the service.
        seed: for the same moments again.
    """

    def __init__(self, pid_file: Path, url: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.kills = 0
        self._pid_file = pid_file
        self._url = url
        self._random = random.Random(seed)
        self._over = threading.Event()

    def run(self) -> None:
        """Kill, wait, kill."""
        last = 0
        while not self._over.wait(self._random.uniform(*PAUSE)):
            pid = int(self._pid_file.read_text())
            if pid == last or not self._is_up():
                continue
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            last = pid
            self.kills += 1

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"{self._url}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def finish(self) -> None:
        """Stop killing."""
        self._over.set()
        self.join()


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """The product under its supervisor."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PES_")}
    with (folder / "run.log").open("w") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run", "--port", str(port), "--data", str(folder)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def await_ready(client: httpx.Client, product: subprocess.Popen[bytes], folder: Path) -> None:
    """Until /readyz answers 200."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if product.poll() is not None:
            break
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"the product did not start: {(folder / 'run.log').read_text()[-2000:]}")


def talk_through(url: str, share: int, script: list[str], done: list[Talk]) -> None:
    """One talker: whole conversations, one after another, `share` turns or a little more.

    A conversation counts from its first message on: one that got stuck must not be missing from the judgment.
    """
    with httpx.Client(base_url=url, timeout=30) as client:
        turns = 0
        while turns < share:
            talk = open_talk(client)
            done.append(talk)
            for text in script:
                say(talk, text)
                turns += 1
                time.sleep(random.uniform(0, THINKING))


def judge(talks: list[Talk], expected: list[tuple[str, str]], enrollments: list[dict[str, Any]]) -> list[str]:
    """What is wrong, one line each; empty when nothing was lost, doubled or out of order."""
    wrong = []
    reference = None
    for talk in talks:
        log = log_of(talk)
        by_seq = {item["seq"]: item for item in log}
        if len(by_seq) != len(log):
            wrong.append(f"{talk.id}: a sequence number twice")
        for message_id, text, seq in talk.acknowledged:
            found = by_seq.get(seq)
            if found is None or found["author"] != "person" or found["text"] != text:
                wrong.append(f"{talk.id}: acknowledged message {message_id} is not in the log at {seq}")
        persons = sum(item["author"] == "person" for item in log)
        if persons != len(talk.acknowledged):
            wrong.append(f"{talk.id}: {persons} messages in the log, {len(talk.acknowledged)} acknowledged")
        if transcript(log) != expected:
            wrong.append(f"{talk.id}: the conversation differs from an undisturbed one")
        records = [item for item in enrollments if item["conversation_id"] == talk.id]
        if len(records) != 1 or records[0]["state"] != "submitted":
            wrong.append(
                f"{talk.id}: {[item['state'] for item in records]} instead of one submitted enrollment"
            )
            continue
        reference = reference or records[0]["answers"]
        if records[0]["answers"] != reference:
            wrong.append(f"{talk.id}: the enrollment's answers differ from the others'")
    return wrong


def run_phase(
    name: str, url: str, folder: Path, script: list[str], turns: int, talkers: int, seed: int
) -> list[Talk]:
    """Let people talk while one kind of process is being killed."""
    killer = Killer(folder / "logs" / f"{name}.pid", url, seed)
    talks: list[Talk] = []
    started = time.monotonic()
    threads = [
        threading.Thread(target=talk_through, args=(url, turns // talkers, script, talks))
        for _ in range(talkers)
    ]
    killer.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    killer.finish()
    count = sum(len(talk.acknowledged) for talk in talks)
    retries = sum(talk.retries for talk in talks)
    print(
        f"{name}: killed {killer.kills} times during {count} turns of {len(talks)} conversations "
        f"in {time.monotonic() - started:.0f} s; clients tried again {retries} times",
        flush=True,
    )
    if len(threads) * (turns // talkers) > count or killer.kills == 0:
        raise SystemExit(f"{name}: the run was too short to show anything")
    return talks


def main() -> None:
    """Run both phases and print the verdict; exit code 1 when anything was lost or doubled."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=200, help="turns in each phase")
    parser.add_argument("--talkers", type=int, default=4)
    parser.add_argument("--phases", nargs="+", choices=PHASES, default=list(PHASES))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    folder, port = Path(tempfile.mkdtemp(prefix="pes-kill-")), free_port()
    url = f"http://127.0.0.1:{port}"
    print(f"seed {options.seed}, writing to {folder}", flush=True)
    product = start(folder, port)
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            await_ready(client, product, folder)
            undisturbed = open_talk(client)
            script = Undisturbed(undisturbed).go_through()
            expected = transcript(log_of(undisturbed))
            talks = [undisturbed]
            for name in options.phases:
                talks += run_phase(name, url, folder, script, options.turns, options.talkers, options.seed)
            await_ready(client, product, folder)
            listed = subprocess.run(
                [sys.executable, "-m", "bot.cli", "enrollment", "list", "--json"],
                cwd=ROOT,
                env=os.environ | {"PES_DATA": str(folder)},
                stdout=subprocess.PIPE,
                check=True,
            )
            for talk in talks:
                talk.client = client
            wrong = judge(talks, expected, json.loads(listed.stdout))
    finally:
        product.terminate()
        product.wait(30)
    total = sum(len(talk.acknowledged) for talk in talks)
    print(
        f"{total} acknowledged messages in {len(talks)} conversations; {len(wrong)} things wrong", flush=True
    )
    for line in wrong:
        print(f"- {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
