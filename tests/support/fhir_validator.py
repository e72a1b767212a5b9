"""HL7's R4 definitions, checked by a validator that was not written here (`tests/fhir/validator/`, run by Node.js)."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "fhir" / "validator"
INSTALLED = FOLDER / "node_modules" / ".installed"
MISSING = (
    "Node.js 18 or newer and npm are needed to check FHIR resources against HL7's definitions."
    " Install them, then run the tests again:  sudo apt-get install -y nodejs npm   (macOS: brew install node)"
)


class NoNode(RuntimeError):
    """Node.js or npm is not on this machine."""


class NotInstalled(RuntimeError):
    """npm could not install the validator; the message has what it said."""


def install() -> None:
    """Bring the validator's packages to what its lock file says; at once when they are.

    Raises:
        NoNode: there is no Node.js, or no npm.
        NotInstalled: npm failed.
    """
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoNode(MISSING)
    wanted = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    # Several test runs on one checkout must not install over each other.
    lock = Path(tempfile.gettempdir()) / f"fhir-validator-{hashlib.sha256(str(FOLDER).encode()).hexdigest()}"
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if INSTALLED.exists() and INSTALLED.read_text(encoding="utf-8") == wanted:
            return
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NotInstalled(f"npm ci failed in {FOLDER.name}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
        INSTALLED.write_text(wanted, encoding="utf-8")


class Validator:
    """A running validator; loading the definitions takes seconds, so it is kept for all tests."""

    def __init__(self) -> None:
        install()
        self._process = subprocess.Popen(
            ["node", str(FOLDER / "validate.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def issues(self, resource: Mapping[str, Any]) -> list[str]:
        """What is wrong with a resource (`path: text`), empty when it is valid."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(resource) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the validator ended; see its error above"
        return [f"{issue['path']}: {issue['text']}" for issue in json.loads(line)["issues"]]

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()
