"""`python -m bot.engine.server`: the engine as a process on loopback, up as fast as it can be.

What `rasa run` does besides is left out: telemetry, the HTTP API, a scheduler, locks, event brokers, model servers.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before numpy: for one sentence at a time, more threads only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from bot.engine.environment import ROOT, Environment, EnvironmentProblem, read_environment
from bot.engine.lean import leave_out_unused
from bot.engine.logs import set_up, where

if TYPE_CHECKING:
    from sanic import Sanic

    from bot.engine.turn_agent import TurnAgent

HOST = "127.0.0.1"
# A running turn may wait this long for its action; then it is cut off (the service runs it again).
GRACE_SECONDS = 9.0
INSIST_SECONDS = 12.0
LONGEST_BODY = 2_000_000

log = logging.getLogger("bot.engine.server")


def end_with_parent() -> None:
    """End this process when standard input closes: whoever started us is gone."""

    def wait() -> None:
        # Not sys.stdin: a thread that waits in its buffer makes Python abort when the process ends otherwise.
        while os.read(0, 1024):
            continue
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(INSIST_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="parent").start()


def load_agent(environment: Environment, root: Path = ROOT) -> TurnAgent:
    """An agent with the store and the action endpoint of endpoints.yml; without a model when there is none yet."""
    from rasa.core.tracker_store import create_tracker_store
    from rasa.core.utils import AvailableEndpoints
    from rasa.exceptions import ModelNotFound

    from bot.engine.action_endpoint import ActionEndpoint, check_results_once
    from bot.engine.turn_agent import TurnAgent

    endpoints = AvailableEndpoints.read_endpoints(str(root / "endpoints.yml"))
    check_results_once()
    agent = TurnAgent(
        tracker_store=create_tracker_store(endpoints.tracker_store),
        action_endpoint=ActionEndpoint.of(endpoints.action),
    )
    try:
        agent.load_model(environment.model)
    except ModelNotFound:
        log.error("there is no model: train one, then restart the engine")
    return agent


def make_app(environment: Environment, root: Path = ROOT) -> Sanic[Any, Any]:
    """The web application, with the agent loaded."""
    import rasa.shared.utils.io
    from rasa.core.channels.channel import register
    from sanic import Sanic
    from sanic.exceptions import SanicException
    from sanic.request import Request
    from sanic.response import HTTPResponse
    from sanic.response import json as answer

    from bot.engine.turn_channel import TurnChannel

    app = Sanic("pes-engine", configure_logging=False)
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GRACE_SECONDS
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.REQUEST_MAX_SIZE = LONGEST_BODY
    app.ctx.agent = load_agent(environment, root)
    credentials = rasa.shared.utils.io.read_config_file(str(root / "credentials.yml"))
    (settings,) = credentials.values()
    register([TurnChannel.from_credentials(settings)], app, route="/")

    @app.exception(Exception)
    async def failed(request: Request, error: Exception) -> HTTPResponse:
        if isinstance(error, SanicException):
            return answer({"error": type(error).__name__}, error.status_code)
        log.error("request failed: %s", where(error))
        return answer({"error": "failed"}, 500)

    @app.listener("after_server_stop")
    async def close(app: Sanic[Any, Any], _: Any) -> None:
        await app.ctx.agent.action_endpoint.close()

    return app


def main() -> int:
    """Serve until SIGTERM, or until standard input closes if asked to; returns the exit code."""
    started = time.monotonic()
    if os.environ.get("PES_EXIT_WITH_STDIN") == "1":
        end_with_parent()
    try:
        environment = read_environment()
    except EnvironmentProblem as error:
        sys.stderr.write(f"{error}\n")
        return 2
    leave_out_unused()
    set_up(environment.log_level)
    # What is made while loading stays; looking through it for garbage again and again takes a fifth of the start.
    gc.disable()
    app = make_app(environment)
    gc.freeze()
    gc.enable()

    @app.listener("after_server_start")
    async def ready(*_: Any) -> None:
        log.info("listening on %s:%d after %.1f s", HOST, environment.port, time.monotonic() - started)

    app.run(host=HOST, port=environment.port, workers=1, access_log=False, motd=False, debug=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
