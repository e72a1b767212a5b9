"""Runs turns: one at a time for each conversation, many conversations at once, none forgotten.

A turn starts where its message arrives. Whatever is left over (a crash, an engine that was away, another process
that died) is found by a sweep once a second.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot import metrics, words
from bot.conversation import inbox, messages, turn
from bot.conversation.engine_client import EngineClient, EngineFailed, EngineUnavailable
from bot.conversation.feed import Feed
from bot.conversation.inbox import Result, Work
from bot.conversation.messages import Draft, Link, Message
from bot.conversation.outbox import Dispatcher
from bot.handoff.tickets import URGENT, TicketDraft
from bot.program import get_program
from bot.records.database import Database, now
from bot.safety import gate, stage
from bot.settings import Settings

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
RECONNECT_SECONDS = 0.2
RETRY_SECONDS = 3.0
MOST_FAILURES = 3
ENGINE_CHECK_SECONDS = 1.0


class TurnRunner:
    """Takes received messages through their turns.

    Args:
        database: where conversations are.
        engine: who leads the dialogue.
        feed: told when there is news.
        dispatcher: woken when texts wait to leave.
        settings: how long to be patient.
    """

    def __init__(
        self, database: Database, engine: EngineClient, feed: Feed, dispatcher: Dispatcher, settings: Settings
    ) -> None:
        self._database = database
        self._engine = engine
        self._feed = feed
        self._dispatcher = dispatcher
        self._settings = settings
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: dict[str, asyncio.Future[list[Message]]] = {}

    async def receive(
        self,
        conversation_id: str,
        external_id: str,
        text: str,
        token: str | None = None,
        fields: dict[str, str] | None = None,
    ) -> inbox.Received:
        """Store a message durably and start its turn; see `inbox.receive` for what is raised."""
        received = await self._database.write(
            inbox.receive,
            conversation_id,
            external_id,
            text,
            self._settings.lease_seconds,
            token,
            fields=fields,
        )
        if received.work is not None:
            self._start(received.work)
        elif received.new:
            self._keep(self._look_ahead(conversation_id))
        return received

    async def replies(self, received: inbox.Received, seconds: float) -> list[Message] | None:
        """The replies to a received message once its turn is over; None when that takes longer."""
        if received.work is not None:
            # This process runs the turn and nothing was awaited since: its end cannot have been missed.
            ended = self._done[received.message_id] = asyncio.get_running_loop().create_future()
            try:
                return await asyncio.wait_for(ended, seconds)
            except TimeoutError:
                return None
            finally:
                self._done.pop(received.message_id, None)
        return await self._replies_by_looking(received, seconds)

    async def _replies_by_looking(self, received: inbox.Received, seconds: float) -> list[Message] | None:
        deadline = time.monotonic() + seconds
        with self._feed.subscribe(received.conversation_id) as news:
            while True:
                news.clear()
                if await self._database.read(inbox.turn_of, received.message_id) != inbox.PENDING:
                    return await self._database.read(messages.replies_to, received.message_id)
                try:
                    await asyncio.wait_for(news.wait(), deadline - time.monotonic())
                except TimeoutError:
                    return None

    def _start(self, work: Work) -> None:
        self._keep(self._run(work))

    def _keep(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, first: Work) -> None:
        work: Work | None = first
        while work is not None:
            work = await self._guarded(work)

    async def _guarded(self, work: Work) -> Work | None:
        try:
            return await self._one(work)
        except inbox.LeaseLost:
            log.warning("turn: lease lost on message %s, another worker has it", work.message_id)
        except Exception:
            # The lease runs out and the sweep tries again; the message is still pending.
            log.exception("turn: failed on message %s", work.message_id)
            metrics.turn_failures.inc()
        return None

    async def _one(self, work: Work) -> Work | None:
        started = time.perf_counter()
        try:
            result = await self._patiently(work)
        except EngineUnavailable:
            await self._hold(work)
            return None
        except EngineFailed:
            log.error("turn: the engine cannot run message %s (try %d)", work.message_id, work.attempts + 1)
            metrics.turn_failures.inc()
            if work.attempts + 1 < MOST_FAILURES:
                await self._hold(work)
                return None
            return await self._commit(work, _given_up(work), inbox.GIVEN_UP)
        following = await self._commit(work, result, inbox.DONE)
        metrics.turn_seconds.observe(time.perf_counter() - started)
        return following

    async def _look_ahead(self, conversation_id: str) -> None:
        """Messages wait for the engine: a cry for help among them is answered now, out of its turn."""
        try:
            while await self._one_ahead(conversation_id):
                continue
        except inbox.LeaseLost:
            log.warning("turn: lease lost while looking ahead in %s", conversation_id)
        except Exception:
            # The ordinary turn of the message, later, looks at it again.
            log.exception("turn: looking ahead failed in %s", conversation_id)
            metrics.turn_failures.inc()

    async def _one_ahead(self, conversation_id: str) -> bool:
        waiting = await self._database.write(inbox.claim_ahead, conversation_id, self._settings.lease_seconds)
        before = ""
        for work in waiting:
            memory = replace(work.memory, heard=before or work.memory.heard)
            looked = turn.Turn(replace(work, memory=memory), self._engine)
            if await stage.safety(looked) and not looked.preface:
                await self._commit(work, looked.result, inbox.DONE, ahead=True)
                return True
            before = work.text
        if waiting:
            await self._database.write(inbox.release, waiting[0])
        return False

    async def _commit(self, work: Work, result: Result, outcome: str, ahead: bool = False) -> Work | None:
        written, following = await self._database.write(
            inbox.commit, work, result, self._settings.lease_seconds, outcome, ahead
        )
        waiting = self._done.get(work.message_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(written)
        if work.conversation.channel == "sms":
            self._dispatcher.wake()
        return following

    async def _patiently(self, work: Work) -> Result:
        """Run the stages; while the engine is only away for a moment (restarting), ask again."""
        patience = timedelta(seconds=self._settings.engine_patience)
        while True:
            try:
                return await turn.run(turn.Turn(work, self._engine))
            except EngineUnavailable:
                if now() - work.created_at >= patience or await self._danger_behind(work):
                    raise
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _danger_behind(self, work: Work) -> bool:
        """Whether a message that came after this one cannot wait until the engine is back."""
        behind = await self._database.read(inbox.texts_behind, work.conversation_id, work.seq)
        return any(gate.assess(text) is not None for text in behind)

    async def _hold(self, work: Work) -> None:
        locale = work.conversation.locale
        program = get_program()
        facts = program.facts(locale)
        link = Link(title=words.text("link_call_us", locale), url=f"tel:{program.phone}")
        draft = Draft(words.text("holding", locale, **facts), author="system", kind="handoff", links=(link,))
        ticket = TicketDraft("engine_down", "it tries again by itself", URGENT)
        await self._database.write(inbox.hold, work, [draft], ticket, RETRY_SECONDS)
        metrics.held_turns.inc()
        self._dispatcher.wake()
        await self._look_ahead(work.conversation_id)

    async def sweep(self) -> None:
        """Look for turns nobody runs, for ever."""
        while True:
            try:
                for conversation_id in await self._database.read(inbox.waiting):
                    work = await self._database.write(
                        inbox.claim, conversation_id, self._settings.lease_seconds
                    )
                    if work is not None:
                        self._start(work)
            except Exception:
                log.exception("turn: sweep failed, trying again")
            await asyncio.sleep(SWEEP_SECONDS)

    async def watch_engine(self) -> None:
        """Notice the engine coming back, and let waiting turns run at once; for ever."""
        was_up = True
        while True:
            up = await self._engine.healthy()
            metrics.engine_up.set(up)
            if up and not was_up:
                await self._database.write(inbox.retry_now)
            was_up = up
            await asyncio.sleep(ENGINE_CHECK_SECONDS)

    async def finish(self) -> None:
        """Let running turns end before the process stops."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._settings.engine_timeout)


def _given_up(work: Work) -> Result:
    locale = work.conversation.locale
    program = get_program()
    link = Link(title=words.text("link_call_us", locale), url=f"tel:{program.phone}")
    text = words.text("given_up", locale, **program.facts(locale))
    result = Result(memory=work.memory, locale=locale)
    result.drafts.append(Draft(text, kind="handoff", links=(link,)))
    result.tickets.append(TicketDraft("not_answered", "please read it and answer", URGENT))
    return result
