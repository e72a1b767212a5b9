"""What the safety gate answers: reviewed words for each category, with numbers a thumb can press."""

from __future__ import annotations

from bot import words
from bot.conversation.messages import Draft, Link
from bot.handoff.tickets import EMERGENCY, TicketDraft
from bot.program import display_phone, get_program
from bot.safety.gate import Finding

# Order matters: the first link is the first thing to do.
LINKS = {
    "suicide": ("link_call_988", "link_text_988", "link_call_911"),
    "medical": ("link_call_911", "link_nurse_line"),
    "overdose": ("link_call_911", "link_poison_help"),
    "check_failed": ("link_call_911", "link_call_988", "link_call_us"),
}


def _url(link: str, locale: str) -> str:
    program = get_program()
    crisis = program.emergency["crisis_line"]
    if link == "link_text_988":
        # 988 takes texts in Spanish when they start with AYUDA.
        return f"sms:{crisis}?body=AYUDA" if locale == "es" else f"sms:{crisis}"
    numbers = {
        "link_call_911": program.emergency["emergency_number"],
        "link_call_988": crisis,
        "link_nurse_line": program.nurse_line,
        "link_poison_help": program.emergency["poison_help"],
        "link_call_us": program.phone,
    }
    return f"tel:{numbers[link]}"


def to(finding: Finding, locale: str) -> Draft:
    """The message for a finding, in the person's language."""
    program = get_program()
    facts = program.facts(locale) | {"poison_help": display_phone(program.emergency["poison_help"])}
    links = tuple(
        Link(title=words.text(link, locale), url=_url(link, locale)) for link in LINKS[finding.category]
    )
    return Draft(words.text(f"safety_{finding.category}", locale, **facts), kind="safety", links=links)


def ticket(finding: Finding) -> TicketDraft:
    """The urgent ticket for a finding."""
    return TicketDraft(f"safety_{finding.category}", "read the message now", EMERGENCY)
