"""The program's own facts (names, numbers, hours, service area), from `data/program.yml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
import yaml

from bot.settings import get_settings

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_NAMES = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
}
CLOSED = {"en": "closed", "es": "cerrado"}

Span = tuple[time, time]


class ProgramError(ValueError):
    """`data/program.yml` is missing something or says something that cannot be; the message names the field."""


@dataclass(frozen=True)
class AlarmStep:
    """Whom an alarm reaches so many minutes after it began, while nobody has acknowledged it."""

    after_minutes: float
    email: tuple[str, ...] = ()
    sms: tuple[str, ...] = ()
    webhook: bool = False


@dataclass(frozen=True)
class Program:
    """What the program is called, how to reach it, and when someone is there."""

    name: str
    short_name: str
    phone: str
    nurse_line: str
    email: str
    website: str
    timezone: ZoneInfo
    hours: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date]
    reply_within: dict[str, str]
    zip_prefixes: tuple[str, ...]
    emergency: dict[str, str] = field(default_factory=dict)
    emergency_by_locale: dict[str, dict[str, str]] = field(default_factory=dict)
    answer_minutes: float = 10.0
    quiet_minutes: float = 10.0
    alarm_steps: tuple[AlarmStep, ...] = ()
    alarm_repeat_minutes: float = 15.0

    @property
    def phone_display(self) -> str:
        """The phone line as people write it, e.g. `(800) 555-0142`."""
        return display_phone(self.phone)

    @property
    def nurse_line_display(self) -> str:
        """The nurse line as people write it."""
        return display_phone(self.nurse_line)

    def is_open(self, moment: datetime | None = None) -> bool:
        """Whether the phone line is staffed at `moment` (aware; now when omitted)."""
        local = (moment or datetime.now(self.timezone)).astimezone(self.timezone)
        if local.date() in self.holidays:
            return False
        return any(start <= local.time() < end for start, end in self.hours[local.weekday()])

    def hours_text(self, locale: str) -> str:
        """The opening hours in one short line, equal days joined: `Mon-Thu 8am-6pm, Fri 8am-5pm, ...`."""
        names = DAY_NAMES[locale]
        runs: list[tuple[int, int]] = []
        for day in range(7):
            if runs and self.hours[day] == self.hours[runs[-1][0]]:
                runs[-1] = (runs[-1][0], day)
            else:
                runs.append((day, day))
        parts = []
        for first, last in runs:
            label = names[first] if first == last else f"{names[first]}-{names[last]}"
            spans = " ".join(f"{_clock(a)}-{_clock(b)}" for a, b in self.hours[first])
            parts.append(f"{label} {spans or CLOSED[locale]}")
        return ", ".join(parts)

    def facts(self, locale: str) -> dict[str, str]:
        """The values texts may use as placeholders, ready to show."""
        return {
            "program": self.name,
            "phone": self.phone_display,
            "nurse_line": self.nurse_line_display,
            "hours": self.hours_text(locale),
            "reply_within": self.reply_within[locale],
        }

    def safety_facts(self, locale: str) -> dict[str, str]:
        """`facts`, and the help lines as they are said in a language."""
        by_locale = {name: texts[locale] for name, texts in self.emergency_by_locale.items()}
        return self.facts(locale) | {
            "emergency": self.emergency["emergency_number"],
            "crisis": self.emergency["crisis_line"],
            "crisis_how": by_locale["crisis_how"],
            "veterans": by_locale["veterans"],
            "veterans_text": self.emergency["veterans_text"],
            "poison_help": display_phone(self.emergency["poison_help"]),
            "eldercare": display_phone(self.emergency["eldercare_locator"]),
            "dv_hotline": display_phone(self.emergency["domestic_violence"]),
        }

    def serves(self, zip_code: str) -> bool | None:
        """Whether a zip lies in the service area; None when the program has not said (a coordinator checks)."""
        if not self.zip_prefixes:
            return None
        return zip_code.startswith(self.zip_prefixes)


def display_phone(e164: str) -> str:
    """A US E.164 number in national form; short codes such as 988 unchanged."""
    if not e164.startswith("+"):
        return e164
    return phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.NATIONAL)


def _clock(moment: time) -> str:
    hour = moment.hour % 12 or 12
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def _spans(day: str, raw: list[str]) -> tuple[Span, ...]:
    spans = []
    for text in raw or []:
        try:
            start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError as error:
            raise ProgramError(f'hours.{day}: "{text}" is not like "08:00-18:00"') from error
        if start >= end:
            raise ProgramError(f'hours.{day}: "{text}" ends before it starts')
        spans.append((start, end))
    return tuple(sorted(spans))


def _phone(raw: dict[str, Any], name: str) -> str:
    value = str(raw.get(name, ""))
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException as error:
        raise ProgramError(f'{name}: "{value}" is not a phone number like "+18005550142"') from error
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


# The national lines of the United States; a program that says nothing else has these.
LINES = {
    "emergency_number": "911",
    "crisis_line": "988",
    "veterans_text": "838255",
    "poison_help": "+18002221222",
    "eldercare_locator": "+18006771116",
    "domestic_violence": "+18007997233",
}
LINES_BY_LOCALE = {
    "crisis_how": {
        "en": "call or text 988",
        "es": "llame al 988 y oprima 2 o envíe AYUDA al 988",
    },
    "crisis_text": {"en": "", "es": "AYUDA"},
    "veterans": {
        "en": "Veterans: press 1, or text 838255.",
        "es": "Veteranos: oprima 1, o envíe un texto al 838255.",
    },
}


def _lines_by_locale(raw: dict[str, Any]) -> dict[str, dict[str, str]]:
    found = dict(LINES_BY_LOCALE)
    for name, texts in raw.items():
        if not isinstance(texts, dict):
            continue
        missing = {"en", "es"} - texts.keys()
        if missing:
            raise ProgramError(f"emergency.{name}: has no text in {', '.join(sorted(missing))}")
        found[name] = {locale: str(text) for locale, text in texts.items()}
    return found


def _minutes(raw: dict[str, Any], section: str, name: str, default: float) -> float:
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ProgramError(f'{section}.{name}: "{value}" is not a number of minutes')
    return float(value)


def _alarm_steps(raw: dict[str, Any]) -> tuple[AlarmStep, ...]:
    steps: list[AlarmStep] = []
    for number, step in enumerate(raw.get("steps") or [], 1):
        where = f"alarms.steps, step {number}"
        if not isinstance(step, dict):
            raise ProgramError(f"{where}: is not like {{after_minutes: 0, email: [...]}}")
        unknown = step.keys() - {"after_minutes", "email", "sms", "webhook"}
        if unknown:
            raise ProgramError(f"{where}: {', '.join(sorted(unknown))} is not known")
        wrong = [address for address in step.get("email") or [] if "@" not in str(address)]
        if wrong:
            raise ProgramError(f'{where}: "{wrong[0]}" is not an e-mail address')
        made = AlarmStep(
            after_minutes=_minutes(step, where, "after_minutes", 0),
            email=tuple(str(address) for address in step.get("email") or []),
            sms=tuple(_phone({"sms": number}, "sms") for number in step.get("sms") or []),
            webhook=bool(step.get("webhook")),
        )
        if steps and made.after_minutes < steps[-1].after_minutes:
            raise ProgramError(f"{where}: comes before the step above it")
        steps.append(made)
    return tuple(steps)


def load(path: Path) -> Program:
    """Read and check the program's facts.

    Raises:
        ProgramError: the file is missing, or a field is missing or impossible.
    """
    if not path.exists():
        raise ProgramError(f"{path.name} is missing: the assistant needs the program's name and phone number")
    raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    for name in ("name", "phone", "nurse_line", "timezone", "hours", "reply_within", "emergency"):
        if not raw.get(name):
            raise ProgramError(f"{name}: missing")
    try:
        zone = ZoneInfo(raw["timezone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ProgramError(f'timezone: "{raw["timezone"]}" is not known') from error
    safety, alarms = raw.get("safety") or {}, raw.get("alarms") or {}
    return Program(
        name=raw["name"],
        short_name=raw.get("short_name") or raw["name"],
        phone=_phone(raw, "phone"),
        nurse_line=_phone(raw, "nurse_line"),
        email=raw.get("email", ""),
        website=raw.get("website", ""),
        timezone=zone,
        hours=tuple(_spans(day, raw["hours"].get(day, [])) for day in DAYS),
        holidays=frozenset(date.fromisoformat(str(day)) for day in raw.get("holidays") or []),
        reply_within=raw["reply_within"],
        zip_prefixes=tuple(str(z) for z in (raw.get("service_area") or {}).get("zip_prefixes") or []),
        emergency=LINES
        | {key: str(value) for key, value in raw["emergency"].items() if not isinstance(value, dict)},
        emergency_by_locale=_lines_by_locale(raw["emergency"]),
        answer_minutes=_minutes(safety, "safety", "answer_minutes", 10),
        quiet_minutes=_minutes(safety, "safety", "quiet_minutes", 10),
        alarm_steps=_alarm_steps(alarms),
        # Without a pause the last step would ring without end.
        alarm_repeat_minutes=max(0.01, _minutes(alarms, "alarms", "repeat_minutes", 15)),
    )


@lru_cache(maxsize=1)
def get_program() -> Program:
    """The program of this process, read once; restart to pick up an edit."""
    return load(get_settings().program_file)
