"""What the engine is told from outside: PES_* variables, nothing else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL_NAME = "engine.tar.gz"
DEFAULT_PORT = 5005


class EnvironmentProblem(RuntimeError):
    """A variable is missing or makes no sense; the message names it."""


@dataclass(frozen=True)
class Environment:
    """The settings of an engine process."""

    secret: str
    port: int
    models: Path
    exit_with_stdin: bool
    log_level: str

    @property
    def model(self) -> Path:
        """The file with the trained model."""
        return self.models / MODEL_NAME


def models_folder() -> Path:
    """Where trained models are kept (PES_MODELS, or `models` in the repository)."""
    return Path(os.environ.get("PES_MODELS") or ROOT / "models")


def read_environment() -> Environment:
    """Read and check the variables.

    Raises:
        EnvironmentProblem: no secret, or a port that is not one.
    """
    secret = os.environ.get("PES_ENGINE_SECRET", "")
    if not secret:
        raise EnvironmentProblem("PES_ENGINE_SECRET is not set: the engine answers only who knows it")
    port = os.environ.get("PES_ENGINE_PORT") or str(DEFAULT_PORT)
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise EnvironmentProblem("PES_ENGINE_PORT is not a port")
    os.environ.setdefault("PES_ACTIONS_URL", "http://127.0.0.1:5055/webhook")
    return Environment(
        secret=secret,
        port=int(port),
        models=models_folder(),
        exit_with_stdin=os.environ.get("PES_EXIT_WITH_STDIN") == "1",
        log_level=(os.environ.get("PES_LOG_LEVEL") or "INFO").upper(),
    )
