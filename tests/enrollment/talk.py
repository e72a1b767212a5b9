"""A person in an interview: what they say is heard, what comes of it can be asked for."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache

from bot.enrollment.catalog import get_catalog
from bot.enrollment.interview import hear, open_interview
from bot.enrollment.position import Aside, Heard, Own, Position, Summary, Utterance, Word
from bot.enrollment.questionnaire import Questionnaire
from tests.support.intake_walk import ME_EN, MOM_EN, answer_to

FACTS = {"patient": "your loved one", "caller": ""}


class Talk:
    """An interview in the making. `said` holds word ids, aside labels and openings of the last reply."""

    def __init__(self, locale: str = "en") -> None:
        self.position = Position()
        self.locale = locale
        self.heard: Heard | None = None
        self.count = 0
        self.offer = self.topic = ""

    def say(self, text: str, intent: str = "out_of_scope", confidence: float | None = None) -> Heard:
        """Say something; with an intent, as a sure classifier would label it."""
        self.count += 1
        sure = 0.95 if intent != "out_of_scope" else 0.2
        utterance = Utterance(
            text,
            intent,
            sure if confidence is None else confidence,
            locale=self.locale,
            offer=self.offer,
            topic=self.topic,
            message_id=f"m{self.count}",
        )
        if self.heard is None or self.heard.next is None:
            self.heard = open_interview(self.questionnaire, self.position, utterance)
        else:
            self.heard = hear(self.questionnaire, self.position, utterance)
        # Through the slot and back, as it travels in the product.
        self.position = Position.from_slot(self.heard.position.to_slot(), self.heard.position.answers)
        self.locale = self.heard.locale
        asides = [
            said.label for said in self.heard.say if isinstance(said, Aside) and said.label.startswith("ask/")
        ]
        self.topic = asides[-1][4:] if asides else self.topic
        self.offer = f"more:{self.topic}" if asides else ""
        return self.heard

    def tell(self, *texts: str) -> Talk:
        """Say several things, one after another."""
        for text in texts:
            self.say(text)
        return self

    @property
    def questionnaire(self) -> Questionnaire:
        """The questionnaire the person is in."""
        return get_catalog().get(self.position.questionnaire)

    @property
    def open(self) -> str | None:
        """The question the person is at."""
        return self.heard.next if self.heard else None

    @property
    def answers(self) -> dict[str, object]:
        return dict(self.position.answers)

    @property
    def said(self) -> list[str]:
        """Ids of what was said last: words, asides, openings of summaries, `why:linkId`."""
        ids = []
        for said in self.heard.say if self.heard else ():
            match said:
                case Word():
                    ids.append(said.id)
                case Aside():
                    ids.append(said.label)
                case Summary():
                    ids.append(said.opening)
                case Own():
                    ids.append("own")
                case _:
                    ids.append(f"why:{said.link_id}")
        return ids

    @property
    def summary(self) -> dict[str, str]:
        """The last read-back, label to value."""
        lines = [said.lines for said in self.heard.say if isinstance(said, Summary)] if self.heard else []
        return dict(lines[-1]) if lines else {}

    @property
    def question(self) -> str:
        """The question as it is put, with the names in it."""
        assert self.heard is not None
        assert self.heard.next is not None
        facts = {"patient": self.heard.patient or FACTS["patient"], "caller": self.heard.caller or ""}
        return self.questionnaire.render(
            self.heard.next, self.heard.locale, self.heard.party, self.heard.mode, facts
        )


# An answer to every question, in both roles: question -> answer.
FOR_ME = {link_id: said for link_id, said in ME_EN.items() if link_id != "caller_name"}
FOR_MOM = dict(MOM_EN)


def at(link_id: str, answers: dict[str, str] = FOR_ME) -> Talk:
    """A talk that has come to a question, in whichever questionnaire asks it."""
    return deepcopy(_come_to(link_id, tuple(answers.items())))


@lru_cache(maxsize=256)
def _come_to(link_id: str, answers_given: tuple[tuple[str, str], ...]) -> Talk:
    talk, answers = Talk(), dict(answers_given)
    home = next(asked for asked in get_catalog().all() if asked.has(link_id))
    talk.say("I want to sign up" if home.id == "intake" else home.names[0], "enroll")
    return on_to(talk, link_id, answers)


def on_to(talk: Talk, link_id: str | None, answers: dict[str, str] = FOR_ME) -> Talk:
    """Answer what is asked until a question is open; None: until nothing is."""
    for _ in range(90):
        if talk.open == link_id:
            return talk
        assert talk.open is not None, f"{link_id} was never asked"
        asked = talk.position.pending and talk.position.pending["link_id"]
        talk.say("yes" if asked else answer_to(talk.open, answers))
    raise AssertionError(f"{link_id} was never reached")
