"""Every table of every room in one place, for migrations: importing this fills `metadata`."""

from bot.conversation import tables as conversation_tables
from bot.coordinator import tables as coordinator_tables
from bot.enrollment import tables as enrollment_tables
from bot.handoff import tables as handoff_tables
from bot.integration import tables as integration_tables
from bot.page import tables as page_tables
from bot.records import audit
from bot.records.database import metadata
from bot.safety import tables as safety_tables

__all__ = [
    "audit",
    "conversation_tables",
    "coordinator_tables",
    "enrollment_tables",
    "handoff_tables",
    "integration_tables",
    "metadata",
    "page_tables",
    "safety_tables",
]
