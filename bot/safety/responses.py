"""What each finding leads to: the words, the numbers a thumb can press, ticket, alarm and lock (DOMAIN 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot import words
from bot.conversation.messages import Choice, Draft, Link
from bot.handoff.tickets import EMERGENCY, ROUTINE, URGENT
from bot.program import get_program
from bot.safety.gate import Finding

READ_NOW = "read the message now"


@dataclass(frozen=True)
class Row:
    """One row of the table.

    `words`: id of what is said. `links`: in the order in which to use them. `urgency`, `note`: of the ticket. `rings`:
    whether an alarm is raised. `lock`: whether the intake stays stopped until a human clears it. `lines`: id of the
    numbers to repeat later. `choices`: what the person can press next.
    """

    words: str
    links: tuple[str, ...] = ()
    urgency: str = EMERGENCY
    note: str = READ_NOW
    rings: bool = False
    lock: bool = False
    lines: str = "lines_any"
    choices: tuple[str, ...] = ()


_CRISIS = ("link_call_988", "link_text_988", "link_call_911", "link_text_veterans")
_ON = ("choice.resume", "choice.person")

ROWS: dict[str, Row] = {
    "suicide": Row("safety_suicide", _CRISIS, rings=True, lock=True, lines="lines_suicide"),
    "suicide_means": Row(
        "safety_suicide_means",
        ("link_call_911", "link_call_988", "link_text_988", "link_text_veterans"),
        note="means may be in hand: read the message now",
        rings=True,
        lock=True,
        lines="lines_suicide",
    ),
    "suicide_other": Row(
        "safety_suicide_other",
        _CRISIS,
        note="about someone else: read the message now",
        rings=True,
        lock=True,
        lines="lines_suicide",
    ),
    "suicide_other_means": Row(
        "safety_suicide_other",
        ("link_call_911", "link_call_988", "link_text_988", "link_text_veterans"),
        note="about someone else, means may be in hand: read the message now",
        rings=True,
        lock=True,
        lines="lines_suicide",
    ),
    "medical": Row(
        "safety_medical",
        ("link_call_911", "link_nurse_line"),
        rings=True,
        lock=True,
        lines="lines_medical",
    ),
    "overdose": Row(
        "safety_overdose",
        ("link_call_911", "link_poison_help"),
        rings=True,
        lock=True,
        lines="lines_overdose",
    ),
    "overdose_intentional": Row(
        "safety_overdose_intentional",
        ("link_call_911", "link_call_988", "link_text_988", "link_poison_help", "link_text_veterans"),
        note="taken on purpose: read the message now",
        rings=True,
        lock=True,
        lines="lines_suicide",
    ),
    "check_failed": Row(
        "safety_check_failed", ("link_call_911", "link_call_988", "link_call_us"), rings=True
    ),
    "symptom": Row(
        "safety_symptom", ("link_nurse_line", "link_call_911"), rings=True, choices=_ON, lines="lines_medical"
    ),
    "abuse": Row(
        "safety_abuse",
        ("link_call_911", "link_dv_hotline", "link_eldercare"),
        note="do not text about it; phone only when it is safe; whether to report is yours to decide",
        rings=True,
        choices=("choice.yes", "choice.no"),
    ),
    "wish_to_die": Row(
        "wish_ask",
        urgency=URGENT,
        note="asked about thoughts of ending life; a nurse or social worker today",
        choices=("choice.yes", "choice.not_sure", "choice.no"),
        lines="lines_suicide",
    ),
    "death": Row("death.condolence", ("link_call_us",), urgency=ROUTINE),
    "medical_advice": Row("safety_medical_advice", ("link_nurse_line",), urgency=ROUTINE, choices=_ON),
    "aid_in_dying": Row("safety_aid_in_dying", ("link_nurse_line",), urgency=URGENT, choices=_ON),
    "minor": Row(
        "safety_minor",
        ("link_call_988", "link_text_988", "link_call_us"),
        urgency=URGENT,
        note="may be under 18; nothing more is asked",
        lock=True,
    ),
    "minor_patient": Row(
        "safety_minor_patient",
        ("link_call_us",),
        urgency=URGENT,
        note="the patient may be under 18; nothing more is asked",
        lock=True,
    ),
    "grief": Row("safety_grief", urgency=ROUTINE, choices=_ON),
    "anger": Row("safety_anger", urgency=ROUTINE, choices=_ON),
    "complaint": Row("safety_complaint", urgency=ROUTINE, choices=_ON),
}

# Sentences that take turns, so that none is said twice in a row: the id of the first without its number, how many.
AGAIN, LOCKED, MINOR_LOCKED = ("again", 3), ("locked", 4), ("minor_locked", 2)

# What else the code says by id; `check` looks that all of it is there.
_OTHERS = (
    "acknowledged", "cleared", "loss_command", "safe_no", "safe_no_sms", "safe_noted", "safe_yes", "safe_yes_sms",
    "safety_abuse_sms", "wish_again", "wish_ask_other", "wish_no", "wish_no_closed", "wish_silence", "wish_unclear",
    "wish_why",
)  # fmt: skip


def row_for(finding: Finding) -> Row:
    """The row of a finding; one that no row knows gets the static help and a human."""
    return ROWS.get(_key(finding), ROWS["check_failed"])


def _key(finding: Finding) -> str:
    if finding.category == "suicide":
        other, means = finding.person == "other", finding.means
        return f"suicide{'_other' if other else ''}{'_means' if means else ''}"
    if finding.category == "overdose" and finding.intentional:
        return "overdose_intentional"
    if finding.category == "minor" and finding.person == "other":
        return "minor_patient"
    return finding.category


def facts(locale: str) -> dict[str, str]:
    """What the words may speak of."""
    return get_program().safety_facts(locale)


def _url(link: str, locale: str) -> str:
    program = get_program()
    lines = program.emergency
    if link == "link_text_988":
        word = program.emergency_by_locale["crisis_text"][locale]
        return f"sms:{lines['crisis_line']}?body={word}" if word else f"sms:{lines['crisis_line']}"
    if link == "link_text_veterans":
        return f"sms:{lines['veterans_text']}"
    numbers = {
        "link_call_911": lines["emergency_number"],
        "link_call_988": lines["crisis_line"],
        "link_nurse_line": program.nurse_line,
        "link_poison_help": lines["poison_help"],
        "link_dv_hotline": lines["domestic_violence"],
        "link_eldercare": lines["eldercare_locator"],
        "link_call_us": program.phone,
    }
    return f"tel:{numbers[link]}"


def links(ids: Iterable[str], locale: str) -> tuple[Link, ...]:
    """Links of a message, numbers and titles in the person's language."""
    known = facts(locale)
    return tuple(Link(title=words.text(link, locale, **known), url=_url(link, locale)) for link in ids)


def choices(ids: Iterable[str], locale: str) -> tuple[Choice, ...]:
    """Buttons of a message."""
    titles = [words.text(word_id, locale) for word_id in ids]
    return tuple(Choice(title=title, value=title) for title in titles)


def draft(
    word_id: str,
    locale: str,
    link_ids: Iterable[str] = (),
    choice_ids: Iterable[str] = (),
    private: bool = False,
    **more: str,
) -> Draft:
    """A message of the safety gate."""
    return Draft(
        words.text(word_id, locale, **facts(locale), **more),
        kind="safety",
        links=links(link_ids, locale),
        choices=choices(choice_ids, locale),
        locale=locale,
        private=private,
    )


def plain(text: str, locale: str) -> Draft:
    """An ordinary answer given while the intake is locked."""
    return Draft(text, locale=locale)


def check() -> None:
    """Look at start that every word there is to say can be said, in every language.

    Raises:
        UnknownWord, MissingFact: which one cannot.
    """
    for locale in words.LOCALES:
        for row in ROWS.values():
            draft(row.words, locale, row.links, row.choices)
            words.text(row.lines, locale, **facts(locale))
        for name, count in (AGAIN, LOCKED, MINOR_LOCKED):
            for number in range(1, count + 1):
                draft(f"{name}_{number}", locale, lines="")
        for word_id in _OTHERS:
            draft(word_id, locale, name="")
