"""Taking permission back in plain words, and all the things that sound like it and are not."""

from __future__ import annotations

import pytest

from bot.enrollment.withdrawal import read


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("don't text me any more", "withdrawn.text"),
        ("Please stop texting me.", "withdrawn.text"),
        ("I don't want texts", "withdrawn.text"),
        ("no more text messages please", "withdrawn.text"),
        ("ya no me manden mensajes", "withdrawn.text"),
        ("no quiero mensajes de texto", "withdrawn.text"),
        ("don't leave me voice mails", "withdrawn.voicemail"),
        ("no me dejen mensajes de voz", "withdrawn.voicemail"),
        ("don't share anything with my doctors", "withdrawn.share"),
        ("please do not talk to my doctor any more", "withdrawn.share"),
        ("no hablen con mis médicos", "withdrawn.share"),
        ("Don't tell my kids", "withdrawn.family"),
        ("no le digan nada a mi hija", "withdrawn.family"),
        ("I take back my permission", "withdrawn.all"),
        ("I want to take my consent back", "withdrawn.all"),
        ("I withdraw my consent.", "withdrawn.all"),
        ("Sorry, I no longer agree", "withdrawn.all"),
        ("don't keep my information", "withdrawn.all"),
        ("retiro mi permiso", "withdrawn.all"),
        ("Ya no doy mi permiso", "withdrawn.all"),
        ("no guarden lo que les dije", "withdrawn.all"),
        ("delete what I told you", "withdrawn.erased"),
        ("I changed my mind, delete my information please", "withdrawn.erased"),
        ("Please erase everything I told you. Thank you", "withdrawn.erased"),
        ("borre lo que le dije", "withdrawn.erased"),
        ("Quiero que borren mis datos", "withdrawn.erased"),
    ],
)
def test_understood(text: str, word: str) -> None:
    wish = read(text)
    assert wish is not None
    assert wish.word == word


@pytest.mark.parametrize(
    "text",
    [
        "I want to stop chemo",
        "stop",
        "no",
        "don't call me at night",
        "my phone deletes everything I write",
        "I told you I don't text",
        "what matters is that you don't tell my kids how bad it is, they are small and I want them to be all right",
        "the doctor told me not to text and drive",
        "I forgot what I told you",
        "what have I told you?",
        "delete my phone number and use 312 555 0199",
        "skip",
        "no quiero más quimio",
        "olvidé lo que dije",
        "",
    ],
)
def test_not_meant(text: str) -> None:
    assert read(text) is None
