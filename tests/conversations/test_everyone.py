"""Everyone the intake is for: patient, daughter with power of attorney, friend with no authority; in both languages; on
the web and by text; the whole way, the least of it, tired, interrupted for three days, corrected at the read-back.

The record, the tasks and the Bundle hold exactly what was said. One product, on SQLite, serves them all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from bot.conversation.tables import conversation, timer
from bot.records.database import Database
from tests.support.console import Coordinator
from tests.support.fhir_validator import Validator
from tests.support.intake_walk import open_question, walk
from tests.support.phone import Phone
from tests.support.product import Person, Product, eventually

Json = dict[str, Any]
THREE_DAYS = timedelta(days=3)
# linkId -> what is typed, and what the record must hold.
Told = dict[str, tuple[str, Any]]

PATIENT_EN: Told = {
    "for_whom": ("it's for me", "me"),
    "patient_name": ("my name is Siobhan O'Neil", "Siobhan O'Neil"),
    "matters_most": (
        "To sit in the garden   & hear the birds.\nNo more hospitals - I've had enough ❤️",
        "To sit in the garden   & hear the birds.\nNo more hospitals - I've had enough ❤️",
    ),
    "needs": ("pain and rides", ["body", "practical"]),
    "illness": ("COPD and a bad heart", ["heart_failure", "lung"]),
    "daily_help": ("a little", "some"),
    "sx_pain": ("about a seven", 7),
    "sx_breath": ("4 out of 10", 4),
    "lives_with": ("alone", "alone"),
    "main_helper": ("A neighbor, Mrs. Kim from 2B", "A neighbor, Mrs. Kim from 2B"),
    "social_needs": ("rides and groceries", ["rides", "food"]),
    "faith_culture": ("I was raised Catholic, not strict", "I was raised Catholic, not strict"),
    "spokesperson": ("not yet", "no"),
    "wishes_written": ("nothing written", "no"),
    "date_of_birth": ("March 4th 1952", "1952-03-04"),
    "plan": ("Medicare I think", "medicare"),
    "member_id": ("1EG4-TE5-MK73", "1EG4TE5MK73"),
    "zip": ("it's 60614", "60614"),
    "best_time": ("weekday mornings", "weekday mornings"),
    "contact_by": ("e-mail", "email"),
    "email": ("siobhan at example dot org", "siobhan@example.org"),
    "interpreter": ("no thank you", False),
    "consent_enroll": ("yes please", True),
    "consent_share": ("of course", True),
    "doctor": ("Dr. Shah at Northside", "Dr. Shah at Northside"),
    "consent_text": ("not really", False),
    "consent_voicemail": ("go ahead", True),
    "consent_family": ("only my sister Eva", "only my sister Eva"),
    "consent": ("yes", True),
    "read_back": ("yes", True),
}
PATIENT_ES: Told = PATIENT_EN | {
    "for_whom": ("es para mí", "me"),
    "patient_name": ("me llamo Guadalupe Núñez", "Guadalupe Núñez"),
    "matters_most": (
        "ver a mis nietos crecer, ¡y la boda de Lupita!",
        "ver a mis nietos crecer, ¡y la boda de Lupita!",
    ),
    "needs": ("sobre todo el dolor", ["body"]),
    "illness": ("cáncer de pulmón", ["cancer"]),
    "daily_help": ("mucha ayuda", "much"),
    "sx_pain": ("como un ocho", 8),
    "sx_breath": ("nada", 0),
    "lives_with": ("con mi hijo", "family"),
    "main_helper": ("mi nuera, entre semana", "mi nuera, entre semana"),
    "social_needs": ("ninguna", ["none"]),
    "faith_culture": ("la Virgen nos acompaña", "la Virgen nos acompaña"),
    "spokesperson": ("todavía no", "no"),
    "wishes_written": ("no sé", "not_sure"),
    "date_of_birth": ("4 de marzo del 52", "1952-03-04"),
    "plan": ("no tengo seguro", "none"),
    "zip": ("es 60614", "60614"),
    "best_time": ("por las mañanas", "por las mañanas"),
    "contact_by": ("que me llamen", "call"),
    "interpreter": ("no gracias", False),
    "consent_enroll": ("sí, gracias", True),
    "consent_share": ("claro que sí", True),
    "doctor": ("la doctora Ruiz", "la doctora Ruiz"),
    "consent_text": ("mejor no", False),
    "consent_voicemail": ("está bien", True),
    "consent_family": ("nadie", "nadie"),
    "consent": ("sí", True),
    "read_back": ("sí", True),
}
DAUGHTER_EN: Told = PATIENT_EN | {
    "for_whom": ("my mom", "other"),
    "caller_name": ("I'm Priya Patel", "Priya Patel"),
    "patient_name": ("her name is Asha Patel", "Asha Patel"),
    "relation": ("daughter", "child"),
    "authority": ("I have power of attorney", "agent"),
    "patient_knows": ("not yet", "no"),
    "lives_with": ("with my brother", "family"),
}
DAUGHTER_ES: Told = PATIENT_ES | {
    "for_whom": ("mi mamá", "other"),
    "caller_name": ("soy Ana López", "Ana López"),
    "patient_name": ("se llama Rosa López", "Rosa López"),
    "relation": ("soy su hija", "child"),
    "authority": ("tengo poder notarial", "agent"),
    "patient_knows": ("sí, ya hablamos", "yes"),
    "lives_with": ("con su hermana", "family"),
}
FRIEND_EN: Told = DAUGHTER_EN | {
    "for_whom": ("a friend", "other"),
    "relation": ("we are neighbors", "friend"),
    "authority": ("no form", "none"),
    "patient_name": ("Walter Kowalski", "Walter Kowalski"),
    "spokesperson": ("I don't know", "not_sure"),
}
FRIEND_ES: Told = DAUGHTER_ES | {
    "for_whom": ("una amiga", "other"),
    "relation": ("somos vecinas", "friend"),
    "authority": ("no ha firmado nada", "none"),
    "patient_name": ("Consuelo Vega", "Consuelo Vega"),
}
# What nobody signs up without; all else the least of people pass over.
LEAST = frozenset({"for_whom", "patient_name", "phone", "consent", "read_back"})
SHORT_EN: Told = {
    "help_body": ("yes please", True),
    "help_now": ("not really", False),
    "help_mind": ("sure", True),
    "help_daily": ("no", False),
    "help_spirit": ("no thanks", False),
}
SHORT_ES: Told = {
    "help_body": ("sí, por favor", True),
    "help_now": ("no", False),
    "help_mind": ("claro", True),
    "help_daily": ("no, gracias", False),
    "help_spirit": ("por ahora no", False),
}
BEGIN = {"en": "I want to sign up", "es": "quiero inscribirme"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product all of them talk to."""
    running = Product(tmp_path_factory.mktemp("everyone"))
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="module")
def system(house: Product) -> Iterator[httpx.Client]:
    """Another system of the program, with a key of its own."""
    headers = {"Authorization": f"Bearer {house.pes('apikey', 'add', f'clinic {uuid.uuid4()}').strip()}"}
    with httpx.Client(base_url=house.url, timeout=40, headers=headers) as opened:
        yield opened


@dataclass
class Somebody:
    """One of them: what they type, in which language, and from where."""

    house: Product
    locale: str
    channel: str
    told: Told
    phone: str
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told = self.told | {"phone": (self.phone, f"+1{self.phone.replace('-', '')}")}
        self.talk: Person | Phone = (
            Phone(self.house) if self.channel == "sms" else Person(self.house, self.locale)
        )

    def say(self, text: str) -> str:
        """Say something."""
        return self.talk.say(text)

    def walk(self, reply: str, until: str | None = None, only: frozenset[str] | None = None) -> str:
        """Answer what is asked until `until` is; questions beside `only` are passed over."""
        skip = {"en": "skip", "es": "saltar"}[self.locale]
        typed = {
            name: said if only is None or name in only else skip for name, (said, _) in self.told.items()
        }
        heard = [reply]

        def say(text: str) -> str:
            heard.append(self.say(text))
            return heard[-1]

        self.asked += walk(_Talker(say), reply, typed, self.locale, until)
        return heard[-1]

    def means(self, *, only: frozenset[str] | None = None) -> Json:
        """What the record must hold: the answers to the questions that were asked, and no other."""
        names = [name for name in self.asked if name != "confirm" and (only is None or name in only)]
        if self.told["for_whom"][1] == "other" and "relation" not in self.asked:
            # "My mom", "a friend": told with the first answer.
            names.append("relation")
        return {name: self.told[name][1] for name in names if self.told[name][1] is not None}

    @property
    def record(self) -> Json:
        """Their enrollment as `pes enrollment list` shows it, found by the phone number they gave."""
        [found] = [
            item for item in self.house.enrollments() if item["answers"].get("phone") == self.told["phone"][1]
        ]
        return found


@dataclass
class _Talker:
    say: Callable[[str], str]


def begins(who: Somebody) -> str:
    """The first message, and on the phone the greeting that comes before it."""
    return who.say(BEGIN[who.locale])


def tasks_of(bundle: Json) -> set[str]:
    return {task["code"]["coding"][0]["code"] for task in of_type(bundle, "Task")}


def of_type(bundle: Json, kind: str) -> list[Json]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def in_the_response(bundle: Json) -> Json:
    found = {
        item["linkId"]: [next(iter(answer.values())) for answer in item["answer"]]
        for response in of_type(bundle, "QuestionnaireResponse")
        for item in response["item"]
    }
    return {
        link_id: [value["code"] if isinstance(value, dict) else value for value in values]
        for link_id, values in found.items()
    }


def holds_exactly(
    who: Somebody, system: httpx.Client, validator: Validator, wanted: Json, tasks: set[str]
) -> Json:
    """The record, the tasks and a valid Bundle hold what was said, and nothing more; the Bundle.

    On the short path it has two responses: one to each of the two questionnaires that were answered.
    """
    record = who.record
    assert record["state"] == "submitted"
    assert record["answers"] == wanted
    answer = system.get(f"/api/v1/enrollments/{record['id']}/fhir")
    assert answer.status_code == 200, answer.text
    bundle: Json = answer.json()
    assert validator.issues(bundle) == []
    assert in_the_response(bundle) == {
        name: value if isinstance(value, list) else [value] for name, value in wanted.items()
    }
    assert tasks_of(bundle) == tasks
    return bundle


# role, language, channel: the whole way.
COMPLETE = {
    "patient": ("en", "webchat", PATIENT_EN, {"welcome_call", "symptoms", "practical_needs"}),
    "daughter": ("es", "sms", DAUGHTER_ES, {"welcome_call", "symptoms"}),
    "friend": ("es", "webchat", FRIEND_ES, {"welcome_call", "symptoms"}),
}


@pytest.mark.parametrize("role", COMPLETE)
def test_the_whole_way(house: Product, system: httpx.Client, fhir_validator: Validator, role: str) -> None:
    locale, channel, told, tasks = COMPLETE[role]
    who = Somebody(house, locale, channel, told, f"312-555-01{list(COMPLETE).index(role):02d}")
    who.walk(begins(who))
    bundle = holds_exactly(who, system, fhir_validator, who.means(), tasks)
    [goal] = of_type(bundle, "Goal")
    assert goal["description"]["text"] == told["matters_most"][0]
    assert ("spokesperson" in who.asked) == (role != "daughter"), "she has the power of attorney herself"
    assert ("consent_share" in who.asked) == (role != "friend"), "a friend without authority opens no records"


MINIMAL = {"patient": ("es", "sms", PATIENT_ES), "friend": ("en", "webchat", FRIEND_EN)}


@pytest.mark.parametrize("role", MINIMAL)
def test_a_name_a_number_and_a_yes(
    house: Product, system: httpx.Client, fhir_validator: Validator, role: str
) -> None:
    locale, channel, told = MINIMAL[role]
    who = Somebody(house, locale, channel, told, f"773-555-01{list(MINIMAL).index(role):02d}")
    who.walk(begins(who), only=LEAST)
    holds_exactly(who, system, fhir_validator, who.means(only=LEAST), {"welcome_call"})


TIRED = {
    "patient": ("en", "sms", PATIENT_EN | SHORT_EN, "I'm too tired for all this", "needs"),
    "daughter": ("es", "webchat", DAUGHTER_ES | SHORT_ES, "es muy largo, ¿hay algo más corto?", "needs"),
    "friend": ("es", "sms", FRIEND_ES | SHORT_ES, "la versión corta por favor", "patient_name"),
}


@pytest.mark.parametrize("role", TIRED)
def test_tired_of_it_midway(
    house: Product, system: httpx.Client, fhir_validator: Validator, role: str
) -> None:
    locale, channel, told, tired, at = TIRED[role]
    who = Somebody(house, locale, channel, told, f"847-555-01{list(TIRED).index(role):02d}")
    who.walk(begins(who), until=at)
    who.walk(who.say(tired))
    assert len(who.asked) < 17
    holds_exactly(who, system, fhir_validator, who.means(), {"welcome_call", "emotional_needs"})


INTERRUPTED = {
    "daughter": ("en", "webchat", DAUGHTER_EN, "I have to go, the nurse is here", "I'm back, let's go on"),
    "friend": ("en", "sms", FRIEND_EN, "gotta go", "ok let's continue"),
}


@pytest.mark.parametrize("role", INTERRUPTED)
def test_away_for_three_days(
    house: Product, system: httpx.Client, fhir_validator: Validator, role: str
) -> None:
    locale, channel, told, leaves, returns = INTERRUPTED[role]
    who = Somebody(house, locale, channel, told, f"708-555-01{list(INTERRUPTED).index(role):02d}")
    who.walk(begins(who), until="best_time")
    who.say(leaves)
    three_days_pass(house)
    assert eventually(lambda: who.record["state"] == "partial"), "what there is was handed in"
    assert who.record["answers"] == who.means()
    reply = who.say(returns)
    assert open_question(reply) == "best_time"
    who.walk(reply)
    tasks = {"welcome_call", "symptoms", "practical_needs"}
    holds_exactly(who, system, fhir_validator, who.means(), tasks)


def three_days_pass(house: Product) -> None:
    """Whatever was said or set was said or set three days earlier."""
    database = Database(f"sqlite:///{house.folder / 'palliative-intake.db'}")
    with database.begin() as connection:
        for table, name in ((conversation, "updated_at"), (timer, "due_at")):
            for row_id, moment in connection.execute(select(table.c.id, table.c[name])).all():
                earlier = {name: moment - THREE_DAYS}
                connection.execute(update(table).where(table.c.id == row_id).values(earlier))
    database.close()


CORRECTED = {
    "patient": ("es", "webchat", PATIENT_ES, "no, el código postal está mal, es 60622"),
    "daughter": (
        "en",
        "sms",
        # Not the same birthday as the daughter's mother above: that would be a probable duplicate.
        DAUGHTER_EN | {"date_of_birth": ("it's May 9, 1949", "1949-05-09")},
        "no, the zip code is wrong, it's 60622",
    ),
}


@pytest.mark.parametrize("role", CORRECTED)
def test_put_right_at_the_read_back(
    house: Product, system: httpx.Client, fhir_validator: Validator, role: str
) -> None:
    locale, channel, told, correction = CORRECTED[role]
    who = Somebody(house, locale, channel, told, f"630-555-01{list(CORRECTED).index(role):02d}")
    who.walk(begins(who), until="read_back")
    reply = who.say(correction)
    assert "60622" in reply
    assert who.record["answers"]["zip"] == "60622"
    who.walk(reply)
    wanted = who.means() | {"zip": "60622"}
    tasks = {"welcome_call", "symptoms"} | ({"practical_needs"} if locale == "en" else set())
    holds_exactly(who, system, fhir_validator, wanted, tasks)


# --- what no form expects ------------------------------------------------------------------------------------------


def test_everything_goes_wrong_and_nothing_is_lost(
    house: Product, system: httpx.Client, fhir_validator: Validator
) -> None:
    """No name, 1,900 characters, "no, it is for my mother", the year 1800, a number of another country."""
    wish = ("I want her to hear the sea again. " * 60)[:1900].strip()
    who = Somebody(house, "en", "webchat", DAUGHTER_EN, "312-555-0177")
    who.told |= {"matters_most": (wish, wish), "relation": ("", "child")}
    reply = begins(who)
    assert open_question(reply) == "for_whom"
    assert open_question(who.say("me")) == "patient_name"
    assert "skip" in who.say("I'd rather not say my name")
    assert open_question(who.say("skip")) == "matters_most"
    assert open_question(who.say(wish)) == "needs"
    reply = who.say("no wait, it's not for me, it's for my mother")
    who.walk(reply, until="date_of_birth", only=WITHOUT_NAMES)
    assert open_question(who.say("4/5/1800")) == "date_of_birth"
    reply = who.say("March 4th 1952")
    who.walk(reply, until="phone", only=WITHOUT_NAMES)
    heard = who.say("+44 20 7946 0958")
    assert open_question(heard) == "phone"
    who.walk(heard, only=WITHOUT_NAMES)
    record = who.record
    assert record["state"] == "submitted"
    kept = record["answers"]
    assert (kept["for_whom"], kept["matters_most"], kept["date_of_birth"]) == ("other", wish, "1952-03-04")
    assert not {"patient_name", "caller_name"} & set(kept)
    page = Coordinator(house).page(f"/conversations/{record['conversation_id']}")
    assert "7946 0958" in page, "a person of the team can still call abroad"
    bundle = system.get(f"/api/v1/enrollments/{record['id']}/fhir").json()
    assert fhir_validator.issues(bundle) == []
    [goal] = of_type(bundle, "Goal")
    assert goal["description"]["text"] == wish


WITHOUT_NAMES = frozenset(DAUGHTER_EN) - {"caller_name", "patient_name"} | {"phone"}


def test_a_child_goes_to_the_pediatric_team(
    house: Product, system: httpx.Client, fhir_validator: Validator
) -> None:
    told = FRIEND_EN | {"for_whom": ("my son", "other"), "patient_name": ("Leo Kim", "Leo Kim")}
    told |= {"relation": ("", "parent"), "authority": ("I am his legal guardian", "guardian")}
    told |= {"date_of_birth": ("May 5, 2016", "2016-05-05")}
    who = Somebody(house, "en", "webchat", told, "312-555-0178")
    only = LEAST | {"caller_name", "authority", "date_of_birth"}
    who.walk(begins(who), only=only)
    wanted = who.means(only=only)
    holds_exactly(who, system, fhir_validator, wanted, {"welcome_call", "pediatric"})


def test_several_answers_at_once_and_an_answer_to_another_question(house: Product) -> None:
    who = Somebody(house, "es", "sms", PATIENT_ES, "312-555-0179")
    reply = who.say("Hola, soy Guadalupe Núñez, quiero inscribirme, es para mí, vivo en 60614")
    assert open_question(reply) == "matters_most"
    who.asked += ["for_whom", "patient_name", "zip"]
    who.walk(reply, until="daily_help")
    reply = who.say(f"mi teléfono es {who.phone}")
    assert open_question(reply) == "daily_help"
    who.asked.append("phone")
    who.walk(reply)
    assert len(who.asked) == len(set(who.asked)), "nothing was asked twice"
    assert who.record["answers"] == who.means()
