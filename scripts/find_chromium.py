"""Find a Chromium for the browser tests and print its path: `python -m scripts.find_chromium`.

Looked for in this order: PES_TEST_CHROMIUM, a Chromium or Chrome on PATH, one that Playwright downloaded earlier,
one that Playwright can download now. When there is none, the path printed is empty, the reason and the remedy go
to standard error, and the browser tests skip; with PES_TEST_BROWSER=required (as in CI) that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC_APPS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_START_SECONDS = 60
_DOWNLOAD_SECONDS = 600

_REMEDY = """\
No Chromium for the browser tests: {reason}.
  Debian:  sudo apt-get update && sudo apt-get install -y chromium
  Ubuntu:  sudo .venv/bin/playwright install --with-deps chromium
  macOS:   .venv/bin/playwright install chromium
Or set PES_TEST_CHROMIUM to the path of a Chromium or Chrome."""


class NoChromiumError(Exception):
    """There is no browser to test with; the text says why, and what to type."""


def find(environ: Mapping[str, str] = os.environ, download: bool = True) -> str:
    """The path of a Chromium that starts. Raises NoChromiumError; with `download`, tries Playwright's first."""
    named = environ.get("PES_TEST_CHROMIUM")
    if named:
        if starts(named):
            return named
        raise NoChromiumError(_REMEDY.format(reason=f"PES_TEST_CHROMIUM is {named}, which does not start"))
    for path in _installed(environ):
        if starts(path):
            return path
    if not download:
        raise NoChromiumError(_REMEDY.format(reason="none is installed"))
    reason = _download()
    own = _playwrights_own()
    if reason is None and own and starts(own):
        return own
    raise NoChromiumError(
        _REMEDY.format(reason=reason or "Playwright's own does not start (libraries are missing)")
    )


def starts(path: str) -> bool:
    """True if the program at `path` runs and tells its version."""
    try:
        subprocess.run([path, "--version"], capture_output=True, timeout=_START_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _installed(environ: Mapping[str, str]) -> Iterator[str]:
    yield from filter(None, (shutil.which(name, path=environ.get("PATH", "")) for name in _NAMES))
    yield from filter(os.path.exists, _MAC_APPS)
    own = _playwrights_own()
    if own:
        yield own


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def _download() -> str | None:
    """Let Playwright download its Chromium; the reason if it could not."""
    print("Downloading Chromium for the browser tests (about 150 MB)", file=sys.stderr, flush=True)
    try:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            capture_output=True,
            timeout=_DOWNLOAD_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError:
        return "none is installed, and Playwright could not download its own"
    return None


def main() -> int:
    """Print the path, or say what is missing; returns the exit status."""
    try:
        print(find())
    except NoChromiumError as problem:
        print(problem, file=sys.stderr)
        if os.environ.get("PES_TEST_BROWSER") == "required":
            return 1
        print("The browser tests will be skipped.", file=sys.stderr)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
