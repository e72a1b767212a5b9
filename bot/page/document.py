"""The page as one self-contained HTML document: to read, to print, to keep; no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot import words
from bot.page.sheet import Sheet
from bot.program import get_program
from bot.words import LOCALES

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=1)
def _style() -> str:
    return (TEMPLATES / "page.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def content_security_policy() -> str:
    """Nothing may load or run; the one style sheet inside the document is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page(sheet: Sheet, other_language: bool = True) -> str:
    """A sheet as a document. `other_language`: whether its address gives it in the other language too."""
    other = next(locale for locale in LOCALES if locale != sheet.locale)
    return _render("page.html", sheet.locale, sheet=sheet, other=other if other_language else "")


def not_here() -> str:
    """The kind page for a link that opens nothing, in both languages."""
    texts = {locale: words.text("page.not_here", locale, **get_program().facts(locale)) for locale in LOCALES}
    return _render("not_here.html", "en", texts=texts)


def _render(template: str, locale: str, **facts: Any) -> str:
    program = get_program()

    def text(word_id: str) -> str:
        known = program.facts(locale)
        return words.text(word_id, locale, **{name: known[name] for name in words.needs(word_id)})

    # Our own file, not words of a person: it goes in as it is, so that its hash stays true.
    style = Markup(_style())  # noqa: S704
    return (
        _templates()
        .get_template(template)
        .render(text=text, program=program, style=style, locale=locale, **facts)
    )
