"""What a running service shares between its rooms; made once in `bot.app`, reached as `app.state.services`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.conversation.engine_client import EngineClient
from bot.conversation.feed import Feed
from bot.conversation.outbox import Dispatcher
from bot.conversation.runner import TurnRunner
from bot.integration.throttle import Throttle
from bot.records.database import Database
from bot.settings import Settings


@dataclass
class Services:
    """The long-lived parts of one service process."""

    settings: Settings
    database: Database
    engine: EngineClient
    feed: Feed
    dispatcher: Dispatcher
    runner: TurnRunner
    throttle: Throttle
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
