"""A person in an interview: what they say is heard, what comes of it can be asked for."""

from __future__ import annotations

from bot.enrollment.interview import hear, open_interview
from bot.enrollment.position import Aside, Heard, Position, Summary, Utterance, Word
from bot.enrollment.questionnaire import get_questionnaire

FACTS = {"patient": "your loved one", "caller": ""}


class Talk:
    """An interview in the making. `said` holds word ids, aside labels and openings of the last reply."""

    def __init__(self, locale: str = "en") -> None:
        self.questionnaire = get_questionnaire()
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


# The shortest way through, in both roles: question -> an answer.
FOR_ME = {
    "for_whom": "me",
    "patient_name": "Maria Lopez",
    "matters_most": "to sleep in my own bed",
    "needs": "body and practical",
    "zip": "60601",
    "phone": "312 555 0188",
    "best_time": "weekday mornings",
    "consent": "yes",
    "read_back": "yes",
}
FOR_MOM = {
    "for_whom": "my mom",
    "caller_name": "Ana Lopez",
    "patient_name": "Rosa Lopez",
    "matters_most": "that she is not in pain",
    "needs": "body",
    "zip": "60601",
    "phone": "312 555 0188",
    "best_time": "after 3",
    "consent": "yes",
    "read_back": "yes",
}


def at(link_id: str, answers: dict[str, str] = FOR_ME) -> Talk:
    """A talk that has come to a question."""
    talk = Talk()
    talk.say("I want to sign up", "enroll")
    while talk.open != link_id:
        assert talk.open is not None, link_id
        talk.say(answers[talk.open])
    return talk
