"""`pes` commands in a process that has loaded them already and forks for each: loading takes a second, once.

    python -m tests.support.commands        reads one JSON request a line, answers with one JSON line each

Every command still runs in a process of its own, with an environment of its own and nothing kept from the one before.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Commands:
    """Runs `pes` commands. One for all tests of a run; ends with the run."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def run(self, arguments: tuple[str, ...], environment: dict[str, str]) -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        if self._server is None:
            self._server = self._start()
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps({"arguments": arguments, "environment": environment}) + "\n")
        self._server.stdin.flush()
        line = self._server.stdout.readline()
        assert line, "the process that runs `pes` commands ended"
        answer: dict[str, Any] = json.loads(line)
        return answer["code"], answer["output"], answer["errors"]

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.commands"],
            cwd=ROOT,
            # A library's threads do not survive a fork.
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process."""
        if self._server is None:
            return
        for pipe in (self._server.stdin, self._server.stdout):
            assert pipe
            pipe.close()
        self._server.wait(15)
        self._server = None


def _forked(request: dict[str, Any]) -> dict[str, Any]:
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
    ):
        child = os.fork()
        if child == 0:
            _become(request, output.fileno(), errors.fileno())
        _, status = os.waitpid(child, 0)
        output.seek(0)
        errors.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return {"code": code, "output": output.read(), "errors": errors.read()}


def _become(request: dict[str, Any], output: int, errors: int) -> None:
    """The child: run the command and end, whatever happens."""
    from bot.cli import app

    code = 1
    try:
        os.dup2(output, 1)
        os.dup2(errors, 2)
        os.environ.clear()
        os.environ.update(request["environment"])
        app(list(request["arguments"]), prog_name="pes")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 - as the interpreter would: the traceback, and exit code 1
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Serve until the input ends."""
    # What the commands import when they run.
    import bot.coordinator.accounts
    import bot.enrollment.record
    import bot.records.migrate  # noqa: F401

    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
