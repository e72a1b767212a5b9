"""`pes doctor`: what is missing or misconfigured, in words that say what to do."""

from __future__ import annotations

import smtplib
import stat

from sqlalchemy.exc import SQLAlchemyError

from bot import training
from bot.enrollment.questionnaire import QuestionnaireError
from bot.enrollment.routing import RoutingError, get_rules
from bot.program import ProgramError, load
from bot.records import migrate
from bot.records.database import Database
from bot.safety import alarms, classifier, gate, sinks, watch
from bot.safety.folding import SpellingError
from bot.safety.judging import ThresholdsError
from bot.safety.phrases import PatternsError
from bot.settings import Settings

NOBODY_HEARS = (
    "No e-mail, text or webhook is set up for alarms: they are seen only in the console (README, Alarms)."
)


def problems(settings: Settings) -> list[str]:
    """One line for each problem found; empty when everything is in place."""
    found: list[str] = []
    if not training.ENGINE_PYTHON.exists():
        found.append("The engine's environment (.venv-rasa) is missing: run `make setup`.")
    if not training.is_current(settings):
        found.append("The model is missing or older than the data: run `pes train`.")
    found += _safety()
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
    found += _alarms(settings)
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


def _safety() -> list[str]:
    try:
        gate.check_patterns()
    except (PatternsError, SpellingError, ThresholdsError) as error:
        return [f"data/safety: {error}"]
    if not classifier.is_current():
        return ["The safety classifier is missing or older than its examples: run `pes train`."]
    return []


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


def _alarms(settings: Settings) -> list[str]:
    """Whether anybody hears when someone is in danger: who is named, how it reaches them, and what is stuck now."""
    try:
        steps = load(settings.program_file).alarm_steps
    except ProgramError:
        return []  # said above
    if not steps:
        return ["alarms.steps is missing in program.yml: nobody is told when someone is in danger."]
    found = [] if alarms.configured(settings) else [NOBODY_HEARS] * settings.production
    for name, wanted, is_set in (
        ("email", any(step.email for step in steps), settings.smtp_host),
        ("sms", any(step.sms for step in steps), settings.texting_enabled),
        ("webhook", any(step.webhook for step in steps), settings.alarm_webhook_url),
    ):
        if wanted and not is_set and alarms.configured(settings):
            found.append(
                f"program.yml sends alarms by {name}, but its settings are missing (README, Alarms)."
            )
    if settings.alarm_webhook_url and not settings.alarm_webhook_secret.get_secret_value():
        found.append(
            "PES_ALARM_WEBHOOK_SECRET is not set: whoever receives alarms cannot tell ours from others'."
        )
    return found + _mail_server(settings) + _ringing(settings)


def _mail_server(settings: Settings) -> list[str]:
    if not settings.smtp_host:
        return []
    try:
        with sinks.connect(settings) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return [f"The mail server for alarms does not answer ({type(error).__name__}): check PES_SMTP_*."]
    return []


def _ringing(settings: Settings) -> list[str]:
    database = Database(settings.sqlalchemy_url)
    try:
        with database.begin() as connection:
            if not migrate.is_current(connection):
                return []
            ringing, oldest, _ = watch.look(connection)
            stuck = alarms.stuck(connection)
    except SQLAlchemyError:
        return []  # said above
    finally:
        database.close()
    found = [
        f"Alarms by {way} do not get through: {count} wait ({code})." for way, (count, code) in stuck.items()
    ]
    if ringing:
        found.append(
            f"{ringing} alarms wait for somebody in the console, the oldest for {oldest / 60:.0f} min."
        )
    return found


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
