"""`pes doctor`: what is missing or misconfigured, in words that say what to do."""

from __future__ import annotations

import stat

from sqlalchemy.exc import SQLAlchemyError

from bot import training
from bot.enrollment.questionnaire import QuestionnaireError
from bot.enrollment.routing import RoutingError, get_rules
from bot.program import ProgramError, load
from bot.records import migrate
from bot.records.database import Database
from bot.settings import Settings


def problems(settings: Settings) -> list[str]:
    """One line for each problem found; empty when everything is in place."""
    found: list[str] = []
    if not training.ENGINE_PYTHON.exists():
        found.append("The engine's environment (.venv-rasa) is missing: run `make setup`.")
    if not training.is_current(settings):
        found.append("The model is missing or older than the data: run `pes train`.")
    try:
        load(settings.program_file)
    except ProgramError as error:
        found.append(f"{settings.program_file.name}: {error}")
    try:
        get_rules()
    except (QuestionnaireError, RoutingError) as error:
        found.append(f"Questionnaires or routing: {error}")
    found += _database(settings)
    found += _secrets(settings)
    if settings.production and not settings.public_url.startswith("https://"):
        found.append("PES_PUBLIC_URL must be the https:// address people and Twilio use.")
    if settings.texting_enabled and not settings.twilio_from_number:
        found.append("Twilio is configured, but PES_TWILIO_FROM_NUMBER is missing: texts cannot leave.")
    if settings.production and not settings.texting_enabled:
        found.append(
            "PES_TWILIO_ACCOUNT_SID and PES_TWILIO_AUTH_TOKEN are not set: text messages wait unsent."
        )
    if settings.production and settings.fhir_url and not settings.fhir_url.startswith("https://"):
        found.append("PES_FHIR_URL must be an https:// address: enrollments would travel unencrypted.")
    return found


def _database(settings: Settings) -> list[str]:
    database = Database(settings.sqlalchemy_url)
    try:
        with database.begin() as connection:
            if not migrate.is_current(connection):
                return ["The database is not up to date: run `pes migrate`."]
    except SQLAlchemyError as error:
        return [f"The database does not answer ({type(error).__name__}): check PES_DATABASE_URL."]
    finally:
        database.close()
    return []


def _secrets(settings: Settings) -> list[str]:
    key_file = settings.data / "secret.key"
    configured = settings.secret_key.get_secret_value()
    if configured and len(configured) < 32:
        return ["PES_SECRET_KEY is short: use at least 32 random characters."]
    if configured:
        return []
    if settings.production:
        return ["PES_SECRET_KEY is not set: the key lies beside the data it protects."]
    if key_file.exists() and stat.S_IMODE(key_file.stat().st_mode) & 0o077:
        return [f"{key_file.name} can be read by others: chmod 600 {key_file}"]
    return []
