"""Assembles the service: the public web app, the internal actions listener and the background work."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Any

from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Connection

from bot import language, problems
from bot.actions_listener import make_server
from bot.channels.sms import sending
from bot.channels.sms import webhooks as sms_webhooks
from bot.channels.webchat import api as webchat_api
from bot.conversation import inbox, timers
from bot.conversation.engine_client import EngineClient
from bot.conversation.feed import Feed
from bot.conversation.outbox import Dispatcher, Parcel
from bot.conversation.runner import TurnRunner
from bot.coordinator import pages as console
from bot.coordinator import safety_pages
from bot.enrollment import hand_in, record, withdrawal
from bot.enrollment.routing import get_rules
from bot.fhir.form import get_forms
from bot.integration import api as integration_api
from bot.integration import push
from bot.integration.throttle import Throttle
from bot.page import pages as page_pages
from bot.page import placing
from bot.program import get_program
from bot.records import migrate, retention
from bot.records.database import Database, get_database
from bot.safety import alarms, gate, responses, sinks, stage, watch
from bot.safety import lock as lock_room
from bot.services import Services
from bot.settings import Settings, get_settings
from bot.webform import pages as webform

log = logging.getLogger(__name__)
WIDGET = Path(__file__).parent / "channels" / "webchat" / "static"
LOCK_SECONDS = 15.0

# No inline script or style, nothing from other hosts, no framing: what people type must not be reachable.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class AlreadyRunning(RuntimeError):
    """Another service process works on this data folder."""


class NotMigrated(RuntimeError):
    """The database is older than the code; `pes migrate` brings it up."""


def _lock(path: Path) -> IO[str]:
    """Hold the data folder: with SQLite exactly one service process may run turns."""
    handle = path.open("w")
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise AlreadyRunning(f"another service is using {path.parent}") from None
            time.sleep(0.1)
        else:
            handle.write(str(os.getpid()))
            handle.flush()
            return handle


def _build(settings: Settings, database: Database) -> Services:
    engine, feed = EngineClient(settings), Feed()
    database.listener = feed.notify
    texting = sending.make_sender(settings, database) if settings.texting_enabled else None
    senders = sinks.make_senders(settings, database, texting) | ({"sms": texting} if texting else {})
    if settings.fhir_url:
        senders[push.KIND] = push.make_sender(settings, database)
    dispatcher = Dispatcher(database, senders, _gave_up)
    runner = TurnRunner(database, engine, feed, dispatcher, settings)
    throttle = Throttle(settings.api_per_minute)
    return Services(settings, database, engine, feed, dispatcher, runner, throttle)


def _gave_up(connection: Connection, parcel: Parcel, code: str) -> None:
    """A parcel could not be delivered: who sends its kind tells a human."""
    tell = push.gave_up if parcel.kind == push.KIND else sending.on_failure
    tell(connection, parcel, code)


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Start everything, and stop it so that running turns finish."""
    settings = get_settings()
    database = get_database()
    lock = _lock(settings.data / "service.lock") if database.is_sqlite else None
    if not await database.read(migrate.is_current):
        raise NotMigrated("run `pes migrate` first")
    if database.is_sqlite:
        await database.write(inbox.release_all)
    get_program()
    # Reads the questionnaires too: a mistake in one of these files is named before anybody is asked anything.
    get_rules()
    withdrawal.finders()
    gate.check_patterns()
    responses.check()
    await asyncio.to_thread(language.get_ready)
    get_forms()
    placing.get_rules()
    await database.write(retention.plan)
    services = _build(settings, database)
    app.state.services = services
    actions_server = make_server(settings)
    work = [
        actions_server.serve(),
        services.runner.sweep(),
        services.runner.watch_engine(),
        services.feed.follow_postgres(database),
        services.dispatcher.run(),
        timers.run(
            database,
            {
                alarms.STEP: alarms.step,
                stage.SILENCE: lock_room.silent_too_long,
                hand_in.SILENT: record.fell_silent,
                retention.LOOK: retention.look,
            },
        ),
        watch.run(database),
    ]
    tasks = [asyncio.create_task(job) for job in work]
    try:
        yield
    finally:
        services.stopping.set()
        services.feed.notify_all()
        await services.runner.finish()
        actions_server.should_exit = True
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await services.engine.close()
        await asyncio.to_thread(database.close)
        if lock is not None:
            lock.close()


class SecurityHeaders:
    """Adds the security headers that a response has not set itself, without buffering streams.

    Args:
        app: the ASGI app to wrap.
    """

    def __init__(self, app) -> None:  # type: ignore[no-untyped-def]
        self._app = app
        self._headers = [(k.lower().encode(), v.encode()) for k, v in SECURITY_HEADERS.items()]

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        """Pass the request on."""

        async def with_headers(event):  # type: ignore[no-untyped-def]
            if event["type"] == "http.response.start":
                own = {name for name, _ in event.get("headers", [])}
                ours = [header for header in self._headers if header[0] not in own]
                event["headers"] = [*event.get("headers", []), *ours]
            await send(event)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class FreshFiles(StaticFiles):
    """Static files that a browser checks before using its copy: modules of two versions must not mix."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """A file, with its ETag and the order to ask each time."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def create_app() -> FastAPI:
    """The public web app."""
    settings = get_settings()
    app = FastAPI(
        title="Palliative Intake",
        version="1.0.0",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    # Pages and scripts only: answers of the API are smaller than this, and event streams are left alone.
    app.add_middleware(GZipMiddleware, minimum_size=4000)
    app.add_middleware(SecurityHeaders)
    problems.install(app)
    app.include_router(webchat_api.router)
    app.include_router(integration_api.router)
    app.include_router(sms_webhooks.router)
    app.include_router(webform.router)
    app.include_router(console.router)
    app.include_router(safety_pages.router)
    app.include_router(page_pages.router)
    if not settings.production:
        from bot.channels.sms import dev_phone

        app.include_router(dev_phone.router)
    app.mount("/static/webchat", FreshFiles(directory=WIDGET), name="webchat")
    app.mount("/static/form", FreshFiles(directory=webform.STATIC), name="form")
    app.mount("/static/console", FreshFiles(directory=console.STATIC), name="console")
    templates = Jinja2Templates(directory=WIDGET)

    @app.get("/", include_in_schema=False)
    async def chat_page(request: Request) -> Response:
        """The web chat."""
        response = templates.TemplateResponse(
            request, "index.html", {"program": get_program(), "version": app.version}
        )
        response.headers["Cache-Control"] = "no-cache"
        return response

    @app.get("/healthz", tags=["operations"])
    async def healthz() -> dict[str, str]:
        """Alive."""
        return {"status": "alive"}

    @app.get("/readyz", tags=["operations"])
    async def readyz(request: Request) -> JSONResponse:
        """200 only when the engine answers and the database is migrated."""
        services: Services = request.app.state.services
        checks = {
            "engine": await services.engine.healthy(),
            "database": await services.database.read(migrate.is_current),
        }
        ready = all(checks.values())
        return JSONResponse({"ready": ready, **checks}, 200 if ready else 503)

    @app.get("/metrics", tags=["operations"])
    async def metrics() -> Response:
        """Numbers for Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app
