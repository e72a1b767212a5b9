"""Help comes in the language of the cry."""

from __future__ import annotations

import pytest

from bot.safety import tongue


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("quiero morirme", "es"),
        ("mi papa no respira", "es"),
        ("I want to die", "en"),
        ("my dad is not breathing", "en"),
        ("tomé demasiadas pastillas", "es"),
        ("¿?", "es"),
    ],
)
def test_the_language_shows(text: str, locale: str) -> None:
    assert tongue.of(text, "en") == tongue.of(text, "es") == locale


@pytest.mark.parametrize("text", ["kms", "no", "😭", "988", ""])
def test_when_it_does_not_show_it_is_the_conversations_own(text: str) -> None:
    assert (tongue.of(text, "en"), tongue.of(text, "es")) == ("en", "es")
