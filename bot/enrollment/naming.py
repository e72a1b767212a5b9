"""Names and birthdays told at another question than theirs: whose they are, and what becomes of the ones we had."""

from __future__ import annotations

from bot.enrollment.answers import Read
from bot.enrollment.answers.kin import caller_is, turns_to
from bot.enrollment.answers.names import name_of_other, own_name
from bot.enrollment.answers.plain import fold, tokens
from bot.enrollment.answers.volunteered import volunteered
from bot.enrollment.keeping import acknowledge, as_waiting, keep_facts
from bot.enrollment.moves import put_right
from bot.enrollment.turn import Turn

BIRTHDAY = "date_of_birth"
# "She was born on the third of June, 1949": more words than that say more than a date.
MOST_OF_A_DATE = 10
# Questions about who writes and who is ill, right after their names; at others a name is somebody else's.
ABOUT_THE_TWO = frozenset({"patient_name", "relation", "authority", "patient_knows"})
# Questions in many words that people answer with "I am ...", or with a no.
WHAT_THEY_ARE = ("faith_culture",)

# "Yo soy Lupita, su esposa": so many words beside a name still say no more than who is writing.
AROUND_A_NAME = 4


def my_name_is(turn: Turn) -> bool:
    """ "I'm Theresa" where a name is no answer: who is writing, not what matters most to them.

    Not where what somebody is may be the answer: "I'm Catholic".
    """
    if turn.at.open in WHAT_THEY_ARE or (not turn.takes_any_words() and isinstance(turn.read(), Read)):
        return False
    name = own_name(turn.said.text)
    if name is None or len(tokens(turn.said.text)) > len(tokens(name)) + AROUND_A_NAME:
        return False
    if turns_to(turn.said.text) not in (None, turn.at.answers.get("for_whom")):
        # "I'm her daughter, Teresa" says first of all that it is not for Teresa.
        return False
    link_id = "caller_name" if turn.at.answers.get("for_whom") == "other" else "patient_name"
    return turn.asked.has(link_id) and put_right(turn, turn.asked.item(link_id), name)


def their_name_is(turn: Turn) -> bool:
    """ "My mom's name is Teodora", when we have another name for her: the newest word counts, whatever is open.

    Only of whom this is about: a sister named where we ask who else may know is an answer there.
    """
    known = turn.at.answers.get("patient_name")
    if turn.at.answers.get("for_whom") != "other" or known is None or turn.takes_any_words():
        return False
    if turn.item is not None and turn.item.link_id not in ABOUT_THE_TWO:
        return False
    name = name_of_other(turn.said.text)
    if name is None or fold(name) == fold(str(known)):
        return False
    if len(tokens(turn.said.text)) > len(tokens(name)) + AROUND_A_NAME:
        return False
    relation = turn.at.answers.get("relation")
    kin = caller_is(turn.said.text)
    if kin is not None and relation is not None and kin.code != relation:
        return False
    return turn.asked.has("patient_name") and put_right(turn, turn.asked.item("patient_name"), name)


def not_own_name(turn: Turn) -> bool:
    """ "His name is Otis" where we ask for the writer's own name: whose it is, is kept, and the question comes back."""
    if turn.at.open != "caller_name" or own_name(turn.said.text) or name_of_other(turn.said.text) is None:
        return False
    heard = keep_facts(turn, volunteered(turn.said.text))
    acknowledge(turn, heard)
    turn.mode = "again"
    return bool(heard)


def own_name_in_full(turn: Turn) -> bool:
    """ "Yesenia", and at the next question "Yesenia Carranza": the same person goes on with her own name.

    Who cares for a namesake says it once more: her own name is in full then.
    """
    own = str(turn.at.answers.get("caller_name") or "")
    reading = turn.read() if turn.at.open == "patient_name" else None
    if not own or len(own.split()) > 1 or not isinstance(reading, Read):
        return False
    words = str(reading.value).split()
    if len(words) < 2 or fold(words[0]) != fold(own) or name_of_other(turn.said.text):
        return False
    return put_right(turn, turn.asked.item("caller_name"), reading.value)


def born_on(turn: Turn) -> bool:
    """A whole date, years back, at a question it is no answer to: nobody tells that but as a birthday."""
    item = turn.asked.item(BIRTHDAY) if turn.asked.has(BIRTHDAY) else None
    if item is None or BIRTHDAY in turn.at.answers or turn.takes_any_words() or turn.at.open == BIRTHDAY:
        return False
    if isinstance(turn.read(), Read) or len(tokens(turn.said.text)) > MOST_OF_A_DATE:
        return False
    reading = turn.read_as(item, turn.said.text)
    if not isinstance(reading, Read) or len(str(reading.value)) != len("YYYY-MM-DD"):
        return False
    if reading.sure:
        turn.record(BIRTHDAY, reading.value)
        acknowledge(turn, {BIRTHDAY: reading.value})
    else:
        turn.at.pending = as_waiting(item, reading)
    return True
