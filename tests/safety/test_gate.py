"""The safety gate on whole messages: DOMAIN 2's examples, bad input, cries split over two, and failing safe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.safety import gate, phrases
from bot.safety.gate import Context, Finding


def found(text: str, **context: str) -> tuple[str, str]:
    finding = gate.assess(text, Context(**context))
    return (finding.level, finding.category) if finding else ("none", "none")


SUICIDE = ("emergency", "suicide")
WISH = ("concern", "wish_to_die")
MEDICAL = ("emergency", "medical")
OVERDOSE = ("emergency", "overdose")

MUST_FIRE = [
    ("I don't want to wake up tomorrow", SUICIDE),
    ("they'd be better off without me", WISH),
    ("what if I took all my morphine at once", SUICIDE),
    ("gave her two patches by mistake", OVERDOSE),
    ("me quiero morir", SUICIDE),
    ("estoy guardando mis pastillas", SUICIDE),
    ("when he goes I'm going with him", SUICIDE),
    ("saving up my pills", SUICIDE),
    ("kms", SUICIDE),
    ("i want to unalive myself", SUICIDE),
    ("I want this over", WISH),
    ("why am I still here", WISH),
    ("ya no puedo más", WISH),
    ("zip 60601 and I have a gun ready", SUICIDE),
    ("he's not breathing", MEDICAL),
    ("she won't wake up", MEDICAL),
    ("I'm having chest pain", MEDICAL),
    ("his face is drooping and he can't talk", MEDICAL),
    ("she is bleeding and it won't stop", MEDICAL),
    ("mom is having a seizure", MEDICAL),
    ("he's choking", MEDICAL),
    ("the oxygen ran out", MEDICAL),
    ("suddenly his legs are weak and he can't pee", MEDICAL),
    ("he has a fever of 101.5 and he's on chemo", MEDICAL),
    ("I took too many pills", OVERDOSE),
    ("I think I gave him the wrong dose", OVERDOSE),
    ("his pain is out of control", ("urgent", "symptom")),
    ("my son hits me", ("urgent", "abuse")),
    ("I'm afraid I'll hit my mother, I can't do it anymore", ("urgent", "abuse")),
    ("my husband passed away yesterday", ("stop", "death")),
    ("mi mamá falleció anoche", ("stop", "death")),
    ("how long does she have", ("route", "medical_advice")),
    ("do you help with medical aid in dying?", ("route", "aid_in_dying")),
    ("I'm 15 years old", ("route", "minor")),
]

MUST_NOT_FIRE = [
    "this cough is killing me",
    "dying to see my grandkids",
    "I could murder a coffee",
    "my phone is dying",
    "me muero de hambre",
    "my husband died in 1999",
    "I'm not suicidal, just tired",
    "I want to stop chemo",
    "I want to end this chat",
    "saving up my questions",
    "I don't want to wake up my wife",
    "is this for people who are dying?",
    "he's on morphine",
    "my mom died of cancer in 2001",
    "she is actively dying, hospice said days",
    "what happens when someone is dying",
    "¿es para gente que se está muriendo?",
    "mi esposo murió en 1999",
    "I have pain and I am on oxygen at night",
    "he was in the hospital for a week",
]


@pytest.mark.parametrize(("text", "expected"), MUST_FIRE)
def test_what_must_fire(text: str, expected: tuple[str, str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", MUST_NOT_FIRE)
def test_what_must_not_fire(text: str) -> None:
    assert found(text) == ("none", "none")


CRY = "I want to kill myself"


@pytest.mark.parametrize(
    "text",
    [
        CRY.upper(),
        "312-555-0123 but it doesn't matter, I want to kill myself",
        "😭😭 i want to kill myself 🔫",
        "I want to k\u200bi\u200bl\u200bl mys\u200belf",
        "I wаnt tо kіll mуsеlf",
        "I w4nt to k1ll mys3lf",
        "i want to k*ll myself",
        "My mother has cancer and honestly quiero matarme",
        "We moved here in May and the garden was a comfort. " * 17 + CRY + ". " + "She likes tea. " * 60,
        "my sister said 'I want to kill myself'",
        'my sister said "I want to die"',
    ],
)
def test_a_cry_is_heard_in_any_form(text: str) -> None:
    assert found(text) == SUICIDE


def test_someone_elses_danger_is_told_apart() -> None:
    finding = gate.assess("my sister says she wants to die")
    assert finding is not None
    assert finding.person == "other"


def test_means_and_intent_are_told() -> None:
    armed = gate.assess("I have a gun ready")
    assert armed is not None
    assert armed.means
    both = gate.assess_all("I took all the pills on purpose")
    assert any(finding.category == "overdose" and finding.intentional for finding in both)


def test_a_past_attempt_of_ones_own_is_asked_about_and_no_emergency() -> None:
    assert found("ten years ago I tried to kill myself") == WISH
    assert found("I tried to kill myself ten years ago and I feel like that again") == SUICIDE


@pytest.mark.parametrize(
    "text", ["I'm not going to kill myself", "no quiero matarme", "I would never take my own life"]
)
def test_a_denial_is_no_alarm(text: str) -> None:
    assert found(text) == ("none", "none")


def test_a_joke_about_it_is_asked_about_once() -> None:
    assert found("I want to kill myself lol just kidding") == WISH


def test_a_cry_split_over_two_messages_is_heard_once() -> None:
    assert found("kill myself", previous="I want to") == SUICIDE
    assert found("die", previous="i just want to") == SUICIDE
    assert found("todas mis pastillas", previous="quiero tomarme") == SUICIDE
    # What the first message alone has fired for does not fire again.
    assert found("my zip is 60601", previous=CRY) == ("none", "none")


def test_the_same_cry_fires_every_time() -> None:
    assert {found(CRY, previous=CRY) for _ in range(50)} == {SUICIDE}


def test_the_most_severe_comes_first() -> None:
    findings = gate.assess_all("he is not breathing and I can't do this anymore and his pain was unbearable")
    assert findings[0].category == "medical"
    assert {"medical", "wish_to_die", "symptom"} <= {finding.category for finding in findings}


def test_a_broken_check_is_itself_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> phrases.Patterns:
        raise phrases.PatternsError("guards.yml: not a mapping")

    monkeypatch.setattr(phrases, "get_patterns", broken)
    assert gate.assess("hello") == Finding("emergency", "check_failed")


def test_a_finding_is_a_plain_value() -> None:
    finding = Finding("emergency", "suicide")
    assert replace(finding, means=True) != finding
