"""Settings, keys and program facts are read once for a process; a test with settings of its own forgets them."""

from __future__ import annotations

from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import get_questionnaire
from bot.enrollment.routing import get_rules
from bot.fhir.form import get_forms
from bot.program import get_program
from bot.records.crypto import get_keyring
from bot.records.database import get_database
from bot.settings import get_settings


def forget_settings() -> None:
    """Let the next use read the environment again."""
    for cached in (
        get_settings,
        get_keyring,
        get_database,
        get_program,
        get_questionnaire,
        get_catalog,
        get_rules,
        get_forms,
    ):
        cached.cache_clear()
