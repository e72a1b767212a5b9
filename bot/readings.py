"""What an intent is called when we ask whether it was meant, and the words that mean one beyond doubt.

A question with an article goes by the article's title; everything else by a word `reading.<intent>`. Whoever types a
title, or a button's words, means just that.
"""

from __future__ import annotations

from functools import lru_cache

from bot import words
from bot.enrollment.answers.plain import fold
from bot.knowledge import articles
from bot.words import LOCALES

PREFIX = "reading."
# Buttons of ours and what they mean. "Yes" and "No" are left out: they answer whatever was asked last.
BUTTONS = {
    "choice.person": "request/human",
    "choice.sign_up": "enroll",
    "choice.resume": "nav/resume",
    "choice.learn": "ask/what_is_palliative",
    "choice.team": "ask/team",
    "choice.more": "nav/more",
    "choice.after_enrollment": "ask/after_enrollment",
    "choice.copy": "request/copy",
    "choice.call_me": "request/callback",
    "choice.number": "request/phone_line",
}


def title(label: str, locale: str) -> str | None:
    """What a reading is called in a choice; None for one that nobody would pick from a list ("yes", "banana")."""
    family, _, name = label.partition("/")
    if family == "ask":
        try:
            return articles.get(name, locale).title
        except articles.ArticleNotFound:
            return None
    word_id = PREFIX + label
    return words.text(word_id, locale) if word_id in words.ids() else None


def meaning(text: str) -> str | None:
    """The intent whose title or button a message is, word for word, in either language."""
    return _by_title().get(fold(text))


@lru_cache(maxsize=1)
def _by_title() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in LOCALES:
        for word_id in words.ids():
            if word_id.startswith(PREFIX):
                found[fold(words.text(word_id, locale))] = word_id.removeprefix(PREFIX)
        for article in articles.all(locale):
            found[fold(article.title)] = f"ask/{article.id}"
        for word_id, label in BUTTONS.items():
            found[fold(words.text(word_id, locale))] = label
    return found
