"""Anything said in any order: the interview always stands somewhere sensible, and never makes up an answer."""

from __future__ import annotations

import random

import pytest

from bot.enrollment.position import COMPLETE
from tests.enrollment.talk import FOR_ME, FOR_MOM, Talk

SAID = [
    ("skip", "nav/skip"),
    ("back", "nav/back"),
    ("why?", "nav/why"),
    ("I have to go", "nav/pause"),
    ("yes", "affirm"),
    ("no", "deny"),
    ("I don't know", "unsure"),
    ("what does the nurse do?", "ask/role_nurse"),
    ("ok", "social/ok"),
    ("talk to a person", "request/human"),
    ("start over", "nav/start_over"),
    ("👍", "out_of_scope"),
    ("", "out_of_scope"),
    ("change my phone number", "nav/change"),
    ("the zip is wrong, it's 60614", "nav/change"),
    ("español", "request/spanish"),
    ("English please", "request/english"),
    ("it's for my mother", "tell/for_other"),
    ("actually it's for me", "tell/for_me"),
    ("I'm Ana, calling for my mom Rosa, in 60601", "tell/for_other"),
    ("I'm so tired", "request/short_path"),
    ("what have I told you?", "nav/review"),
    ("tell me more", "nav/more"),
    ("fix something", "nav/change"),
    ("the name", "out_of_scope"),
    ("none", "out_of_scope"),
    ("I guess so", "affirm"),
    ("where do you park?", "out_of_scope"),
    ("60601", "out_of_scope"),
    ("312 555 0188", "out_of_scope"),
    ("<b>hi</b>", "out_of_scope"),
    ("I am sad", "social/feeling"),
    ("let's go on", "nav/resume"),
    ("sign me up", "enroll"),
    ("mother", "tell/for_other"),
    ("Lopez, Maria", "tell/name"),
]


@pytest.mark.parametrize("seed", range(40))
def test_any_order(seed: int) -> None:
    rng = random.Random(seed)
    talk = Talk()
    for _ in range(60):
        here = talk.open
        if here and rng.random() < 0.45:
            text, intent = rng.choice([FOR_ME, FOR_MOM]).get(here, "daughter"), "out_of_scope"
        else:
            text, intent = rng.choice(SAID)
        heard = talk.say(text, intent, rng.choice([0.2, 0.6, 0.95]))
        walk = {item.link_id for item in talk.questionnaire.walk(talk.position.answers)}
        assert {link_id for link_id in talk.answers if talk.questionnaire.has(link_id)} <= walk
        assert heard.next is None or heard.next in walk
        # Something is always put to the person: a question, or words that close or ask back.
        assert (heard.next and heard.asks) or heard.say or talk.position.status == COMPLETE
        assert set(heard.recorded).isdisjoint(heard.cleared)
        if heard.next is None and talk.position.status == COMPLETE:
            assert talk.answers.get("consent") is True
            break


@pytest.mark.parametrize("seed", range(20))
def test_whoever_answers_gets_through_whatever_they_do_between(seed: int) -> None:
    rng = random.Random(seed)
    # A feeling is an answer where own words are asked for, so it is not among these.
    harmless = [
        pair
        for pair in SAID
        if pair[1].startswith(("ask/", "social/ok")) or pair[1] in ("nav/why", "nav/review")
    ]
    answers = rng.choice([FOR_ME, FOR_MOM])
    talk = Talk()
    talk.say("sign me up", "enroll")
    for _ in range(150):
        if talk.open is None:
            break
        talk.say(*rng.choice(harmless)) if rng.random() < 0.4 else talk.say(answers[talk.open])
    assert talk.position.status == COMPLETE
    assert talk.answers["matters_most"] == answers["matters_most"]
    assert talk.answers["phone"] == "+13125550188"
