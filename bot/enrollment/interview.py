"""The interview: what one message means for where we stand. Pure rules, no I/O, no wording.

`hear` runs `RULES` in order; the first that takes the message ends the search. Read the list at the end first.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace

from bot.enrollment.answers import NotRead, Read
from bot.enrollment.answers.kin import for_whom, turns_to
from bot.enrollment.answers.names import own_name
from bot.enrollment.answers.plain import fold, is_question, is_unreadable, is_wordless, tokens
from bot.enrollment.answers.volunteered import Volunteered, volunteered
from bot.enrollment.answers.yes_no import read_yes_no
from bot.enrollment.catalog import get_catalog
from bot.enrollment.closing import close
from bot.enrollment.commands import command_in
from bot.enrollment.keeping import (
    acknowledge,
    facts_for,
    keep,
    keep_facts,
    keep_illness,
    keep_waiting,
    leave,
    leave_behind,
    switch_party,
    take,
    thank,
)
from bot.enrollment.moves import (
    CHANGE_CUE,
    ask_what_to_fix,
    correct,
    do,
    new_value,
    pass_over,
    put_right,
    skip,
    start_over,
    target_of,
)
from bot.enrollment.naming import (
    WHAT_THEY_ARE,
    born_on,
    my_name_is,
    not_own_name,
    own_name_in_full,
    their_name_is,
)
from bot.enrollment.position import (
    COMPLETE,
    DECLINED,
    OPEN,
    STOPPED,
    SUBMITTED,
    Heard,
    Own,
    Position,
    Ticket,
    Utterance,
)
from bot.enrollment.questionnaire import CONSENT, READ_BACK, Item, Questionnaire
from bot.enrollment.serving import is_only_question, missed, serve, serve_the_rest
from bot.enrollment.switching import enter
from bot.enrollment.turn import (
    CONFIDENT,
    CONFIDENT_OVER_WORDS,
    PERSON,
    RESUME,
    SHORT_MESSAGE,
    Rule,
    Turn,
    confidence_needed,
)

_DOES_NOT_KNOW = re.compile(
    r"^(?:i |i really |sorry i |yo |la verdad |pues )*(?:don'?t know|dont know|do not know|don'?t remember"
    r"|dont remember|can'?t remember|have no idea|no idea|forgot|not sure|idk|dunno"
    r"|no (?:me )?(?:lo )?(?:se|acuerdo|recuerdo))\b"
)
_MEANT = re.compile(
    r"\b(?:i (?:really )?meant?(?: to (?:say|write|type))?|i should have said|quise decir|quer[ií]a decir"
    r"|quise poner)\b[\s,:]*",
    re.IGNORECASE,
)
_RATHER = re.compile(
    r"\s*(?:(?:no|oh|oops|ay|uy|wait|hold on|sorry|actually|it'?s|make that"
    r"|espere|perd[oó]n|mejor dicho|digo|es)\b[\s,.]*)+",
    re.IGNORECASE,
)
_NOT_ME = re.compile(r"\b(?:not (?:for )?me|no (?:es )?para mi|para mi no)\b")
# An answer of more words than this says more than was asked: all of it is kept for the coordinator.
LONG_ANSWER = 12
# A "no" of so many words holds no other value.
FEW_WORDS = 4
_NO_LEAD = re.compile(r"^\s*(?:no+|nope|nah|wrong|not quite|incorrecto|mal)\b[\s,.;:!-]*", re.IGNORECASE)


# --- the rules, in the order they are tried --------------------------------------------------------------------


def _death(turn: Turn) -> bool:
    """Someone has died: a kind word, a person who calls, and not one question more."""
    if turn.said.intent != "tell/death" or turn.said.confidence < CONFIDENT:
        return False
    turn.word("death.condolence")
    turn.effects.append(Ticket("bereavement", turn.said.text))
    leave(turn, STOPPED)
    return True


def _after_danger(turn: Turn) -> bool:
    """What is said right after words of danger is no answer to "what matters most?": stay with the person first."""
    if not turn.said.after_danger or not turn.takes_any_words():
        return False
    turn.word("after_danger", PERSON)
    turn.mode = "again"
    return True


def _nothing_to_read(turn: Turn) -> bool:
    """Emoji, markup, commands to machines: asked again, kindly, and never kept."""
    if not is_unreadable(turn.said.text) or isinstance(turn.read(), Read):
        return False
    if turn.at.pending:
        return True
    missed(turn, "wordless")
    return True


def _answer_to_confirmation(turn: Turn) -> bool:
    """We asked "is that right?": yes keeps it, no or another value replaces it."""
    pending = turn.at.pending
    if not pending or command_in(turn.said.text):
        return False
    reading = read_yes_no(turn.said.text)
    if pending["link_id"] == "start_over":
        return _answer_to_start_over(turn, reading)
    item = turn.asked.item(pending["link_id"])
    if isinstance(reading, Read) and reading.value is True and len(tokens(turn.said.text)) <= 6:
        turn.at.pending = None
        keep_waiting(turn, item, pending)
        return True
    instead = _NO_LEAD.sub("", turn.said.text)
    # "Por ahora no" is a no, and no illness of that name.
    only_no = isinstance(reading, Read) and reading.value is False and _is_short(instead, turn.said.text)
    again = NotRead() if is_wordless(instead) or only_no else turn.read_as(item, instead)
    if isinstance(again, Read) and instead == turn.said.text and _is_no_third_illness(turn, item, again):
        again = NotRead()
    if isinstance(again, Read) and (again.strong or item.parser == "relation") and item.type != "boolean":
        turn.at.pending = None
        take(turn, item, again)
        return True
    if isinstance(reading, Read) and reading.value is False:
        turn.at.pending = None
        if item.type == "boolean":
            keep(turn, item, False, "")
            return True
        if pending.get("instead") is not None:
            turn.at.pending = {**pending, "value": pending["instead"], "label": {}, "instead": None}
            return True
        turn.word("confirm.not_right")
        turn.mode = "example"
        return True
    return False


def _is_no_third_illness(turn: Turn, item: Item, reading: Read) -> bool:
    """Any words can be an illness nobody knows: while we ask whether one is right, they answer something else."""
    return bool(turn.at.pending) and item.parser == "illness" and not reading.sure


def _is_short(instead: str, said: str) -> bool:
    """Whether a "no" in other words than "no" stands alone: few words, no digits."""
    return instead == said and len(tokens(said)) <= FEW_WORDS and not any(char.isdigit() for char in said)


def _answer_to_start_over(turn: Turn, reading: Read | NotRead) -> bool:
    turn.at.pending = None
    if not (isinstance(reading, Read) and reading.value is True):
        turn.word("start_over.kept")
        return True
    ours = {item.link_id for item in (*turn.asked.items, *get_catalog().items_of_record(turn.asked.record))}
    for link_id in [known for known in turn.at.answers if known in ours]:
        turn.clear(link_id)
    kept = turn.at
    turn.at = Position(
        dict(kept.answers),
        notes=kept.notes,
        heard=kept.heard,
        questionnaire=kept.questionnaire,
        others=kept.others,
    )
    turn.word("start_over.done")
    return True


def _what_to_fix(turn: Turn) -> bool:
    """We asked what to fix: the name of an answer, or nothing after all."""
    if not turn.at.fixing or command_in(turn.said.text):
        return False
    if correct(turn, target_of(turn), turn.said.text):
        return True
    folded = fold(turn.said.text)
    if re.fullmatch(
        r"(?:nothing|none|no|it'?s (?:fine|ok|right)|all good|nada|esta bien|todo bien|ninguno|ninguna)",
        folded,
    ):
        turn.at.fixing = False
        return True
    if serve(turn):
        return True
    facts_heard = keep_facts(turn, volunteered(turn.said.text), overwrite=True)
    if facts_heard:
        turn.at.fixing = False
        return True
    return ask_what_to_fix(turn, "fix.which_again")


def _another_questionnaire(turn: Turn) -> bool:
    """ "The caregiver questions": this one waits, that one is asked."""
    target = get_catalog().asked_for(turn.said.text)
    if target is None or target.id == turn.asked.id:
        return False
    if target.record == turn.asked.record and len(target.items) < len(turn.asked.items):
        return do(turn, "request/short_path")
    begin(turn, target)
    return True


def begin(turn: Turn, target: Questionnaire) -> None:
    """Go to another questionnaire and say where we are."""
    enter(turn, target)
    if turn.at.status in (SUBMITTED, COMPLETE):
        turn.over = True
        turn.word("questionnaire.already" if target.offer else "intake.already", PERSON)
        return
    turn.at.status = OPEN
    if turn.at.asked:
        turn.word("intake.welcome_back")
        turn.mode = "again"
    elif target.start:
        turn.say.append(Own(target.start[turn.locale]))


def _plain_command(turn: Turn) -> bool:
    """A whole message that is a command and nothing else."""
    label = command_in(turn.said.text)
    if label is None or _is_answer_here(turn, label):
        return False
    return do(turn, label)


def _is_a_choice_here(turn: Turn) -> bool:
    """Whether the whole message is one of the open question's choices, as its button has it or as people call it."""
    said = fold(turn.said.text)
    return turn.item is not None and any(said in option.phrases() for option in turn.item.options)


def _is_answer_here(turn: Turn, label: str) -> bool:
    """ "Later" is an answer to "when may we call?"; "ready" and "go on" may be one to a yes-or-no."""
    if turn.item is None:
        return False
    if _is_a_choice_here(turn):
        # "No form" is one of the choices here, not a wish for the form.
        return True
    if turn.item.parser == "choice" and label == "request/callback":
        # "Que me llamen": by telephone, when we asked how to stay in touch.
        reading = turn.read()
        return isinstance(reading, Read) and reading.sure
    if turn.item.link_id == CONSENT and label == "nav/skip":
        # "I'd rather not" passes over any other question; asked for consent, it is a no.
        return isinstance(turn.read(), Read)
    if turn.item.parser == "time":
        return fold(turn.said.text) in ("later", "not now", "luego", "mas tarde", "despues", "ahora no")
    if turn.item.parser == "yes-no" and label in ("nav/resume", "nav/capabilities"):
        return isinstance(turn.read(), Read)
    return (
        turn.item.parser in ("choices", "text")
        and label == "nav/capabilities"
        and len(tokens(turn.said.text)) > 2
    )


def _picked_reading(turn: Turn) -> bool:
    """A title of ours, picked or typed: it means what it says, whatever question is open."""
    if not turn.said.known or turn.said.family not in ("ask", "request", "nav", "social"):
        return False
    return do(turn, turn.said.intent)


def _correction(turn: Turn) -> bool:
    """ "Change my phone number", "the zip is wrong, it's 60614": at any time, then back to where we were."""
    folded = fold(turn.said.text)
    cue = bool(CHANGE_CUE.search(folded))
    by_intent = turn.said.intent == "nav/change" and turn.said.confidence >= CONFIDENT
    if not cue and (not by_intent or _answers_plainly(turn)):
        return False
    target = target_of(turn)
    if turn.takes_any_words() and (target is None or len(folded.split()) > SHORT_MESSAGE * 2):
        return False
    if is_question(turn.said.text) and target is None and not by_intent:
        return False
    if target is not None and correct(turn, target, turn.said.text):
        return True
    return by_intent and not turn.takes_any_words() and ask_what_to_fix(turn, "fix.which")


def _answers_plainly(turn: Turn) -> bool:
    """ "It's May 9, 1949" where we asked for the birthday: an answer, however much it sounds like a correction."""
    reading = turn.read()
    return isinstance(reading, Read) and reading.strong and reading.sure and not turn.takes_any_words()


def _meant_otherwise(turn: Turn) -> bool:
    """ "Sorry, I meant 60614": the answer given last, or the one such a value belongs to, is put right."""
    meant = _MEANT.search(turn.said.text)
    cue = meant or _RATHER.match(turn.said.text)
    if not cue or is_question(turn.said.text):
        return False
    value = turn.said.text[cue.end() :]
    known = [
        link_id
        for link_id in reversed(turn.at.trail)
        # "No wait, ..." says less than "I meant ...": only digits show what it is about.
        if link_id in turn.at.answers
        and turn.asked.has(link_id)
        and (meant or turn.asked.item(link_id).parser in ("zip", "phone"))
    ]
    for link_id in dict.fromkeys(known):
        item = turn.asked.item(link_id)
        reading = item.read(value)
        unmistakable = item.parser in ("zip", "phone") or link_id == known[0]
        if unmistakable and item.parser != "text" and isinstance(reading, Read) and reading.sure:
            return put_right(turn, item, reading.value)
    return False


def _read_back_answer(turn: Turn) -> bool:
    """No at the read-back: whatever was put right in the same breath is right now; otherwise, what should I fix?"""
    if turn.at.open != READ_BACK or turn.at.pending:
        return False
    reading = turn.read()
    if not (isinstance(reading, Read) and reading.value is True) and _names_what_is_wrong(turn):
        return True
    if not isinstance(reading, Read):
        return False
    if reading.value is True:
        # "Looks good, but my zip is 60614."
        return bool(keep_facts(turn, volunteered(turn.said.text), overwrite=True))
    rest = _NO_LEAD.sub("", turn.said.text)
    if not is_wordless(rest) and keep_facts(turn, volunteered(rest), overwrite=True):
        return True
    return ask_what_to_fix(turn, "fix.which")


def _names_what_is_wrong(turn: Turn) -> bool:
    """ "Almost, but the zip should be 60614": at the read-back an answer's name with another value puts it right."""
    target = target_of(turn)
    if target is None or is_question(turn.said.text):
        return False
    value = new_value(turn, target, turn.said.text)
    return isinstance(value, Read) and value.sure and correct(turn, target, turn.said.text)


def _other_party(turn: Turn) -> bool:
    """ "Actually it's for my mother": the newest word counts, and names move to whom they belong."""
    known = turn.at.answers.get("for_whom")
    now = turns_to(turn.said.text) or _not_for_me(turn.said.text)
    if known is None or now is None or turn.at.open == "for_whom":
        return False
    if now == known:
        return _party_said_again(turn, now)
    if turn.takes_any_words() and len(tokens(turn.said.text)) > SHORT_MESSAGE * 2:
        return False
    switch_party(turn, now)
    facts = volunteered(turn.said.text)
    acknowledge(turn, keep_facts(turn, facts, overwrite=facts.own_name is not None))
    turn.word("party.switched_other" if now == "other" else "party.switched_self")
    return True


def _not_for_me(text: str) -> str | None:
    """`other` for "no, not for me, for my mom"."""
    return "other" if _NOT_ME.search(fold(text)) and for_whom(text) == "other" else None


def _party_said_again(turn: Turn, now: str) -> bool:
    """ "No, it's not for me, it's for my mom", when that is what we have: agreed, and the question comes back."""
    if turn.takes_any_words():
        # "It's for me" is not what matters most to anybody.
        if len(tokens(turn.said.text)) > FEW_WORDS:
            return False
    elif isinstance(turn.read(), Read):
        return False
    acknowledge(turn, keep_facts(turn, volunteered(turn.said.text)))
    turn.word("party.switched_other_again" if now == "other" else "party.switched_self_again")
    turn.mode = "again"
    return True


def _strong_answer(turn: Turn) -> bool:
    """A clear answer to the open question; what else the message holds is served too."""
    item = turn.item
    if item is None:
        return False
    facts = volunteered(turn.said.text)
    if item.link_id in facts_for(turn, facts) and item.parser != "text":
        return _facts_answer(turn, facts)
    reading = turn.read()
    if not isinstance(reading, Read) or not reading.strong:
        return False
    if _is_something_else(turn, reading) or _is_no_third_illness(turn, item, reading):
        return False
    take(turn, item, reading)
    keep_facts(turn, facts, besides=item.link_id)
    _keep_what_else_was_said(turn, item)
    if not _is_a_choice_here(turn):
        # A button asks for nothing beside: "yes, there is a form" wants none.
        serve_the_rest(turn, item, reading)
    return True


def _facts_answer(turn: Turn, facts: Volunteered) -> bool:
    leave_behind(turn)
    heard = keep_facts(turn, facts)
    if turn.item and turn.item.link_id in heard:
        thank(turn, turn.item, heard[turn.item.link_id])
    acknowledge(turn, heard, besides=turn.came_from)
    if turn.item:
        _keep_what_else_was_said(turn, turn.item)
    serve_the_rest(turn, None, None)
    return True


def _keep_what_else_was_said(turn: Turn, item: Item) -> None:
    """An answer inside a story: the coordinator gets the story too."""
    if item.parser not in ("text", "time") and len(tokens(turn.said.text)) > LONG_ANSWER:
        turn.note(item.link_id, "said_too", turn.said.text)


def _is_something_else(turn: Turn, reading: Read) -> bool:
    """A choice's word inside a clear request ("someone to talk to" against "talk to someone now") is the request."""
    if _is_a_choice_here(turn):
        return False
    wants_in = turn.said.intent == "enroll" and turn.said.confidence >= CONFIDENT_OVER_WORDS
    if turn.item is not None and turn.item.parser == "name" and wants_in:
        # "Bueno pues, apúnteme" at the question for a name.
        return own_name(turn.said.text) is None
    best = turn.said.best("request", "ask")
    if best is None or best[1] < CONFIDENT_OVER_WORDS or turn.item is None:
        return False
    if turn.item.parser in ("phone", "zip", "yes-no", "name"):
        return False
    return len(tokens(turn.said.text)) > 3 and (best[0].startswith("request/") or is_question(turn.said.text))


def _intent_command(turn: Turn) -> bool:
    """A command in other words than we know by heart."""
    best = turn.said.best("nav")
    if best is None or best[1] < confidence_needed(turn) or best[0] in ("nav/change", "nav/more"):
        return False
    if turn.takes_any_words() and len(tokens(turn.said.text)) > SHORT_MESSAGE:
        return False
    return best[0] == turn.said.intent and do(turn, best[0])


def _digression(turn: Turn) -> bool:
    """A question about the care, a wish for a person, a kind or a bitter word: answered, then back to our question."""
    if (
        isinstance(turn.read(), Read)
        and turn.item
        and turn.item.parser == "text"
        and not is_only_question(turn)
    ):
        return _words_and_aside(turn)
    return serve(turn)


def _words_and_aside(turn: Turn) -> bool:
    """At a free question: a short clear request or greeting is what it is; everything else is kept."""
    said = turn.said
    needed = CONFIDENT if is_question(said.text) else CONFIDENT_OVER_WORDS
    if len(tokens(said.text)) > SHORT_MESSAGE or said.confidence < needed:
        return False
    if said.family == "ask":
        return is_question(said.text) and do(turn, said.intent)
    if said.family in ("request", "social") and said.intent != "social/feeling":
        return do(turn, said.intent)
    return False


def _volunteered(turn: Turn) -> bool:
    """Facts for other questions than the open one."""
    heard = keep_facts(turn, volunteered(turn.said.text))
    if not heard:
        return False
    if turn.said.intent in ("tell/illness", "tell/need") and turn.said.confidence >= CONFIDENT:
        turn.note(turn.at.open or "", "volunteered", turn.said.text)
    acknowledge(turn, heard)
    return True


def _weak_answer(turn: Turn) -> bool:
    """Own words, kept as they are; or a value we are not sure of, asked back."""
    reading = turn.read()
    if turn.item is None or not isinstance(reading, Read):
        return False
    if not reading.strong and not reading.sure and is_only_question(turn):
        return False
    item = turn.item
    if _is_no_third_illness(turn, item, reading):
        return False
    if item.parser == "text" and item.type != "text" and _does_not_know(turn):
        return False
    take(turn, item, reading)
    if item.parser == "text":
        keep_facts(turn, volunteered(turn.said.text), besides=item.link_id)
        serve_the_rest(turn, item, reading)
    return True


def _took_the_offer(turn: Turn) -> bool:
    """ "Yes please" right after "shall I tell you more?"."""
    if not turn.said.offer.startswith("more:") or turn.item is None or turn.item.type == "boolean":
        return False
    if turn.said.intent == "social/ok":
        # A bare "ok" only says that it was read.
        return False
    reading = read_yes_no(turn.said.text)
    if not isinstance(reading, Read) or reading.value is not True or len(tokens(turn.said.text)) > 4:
        return False
    return do(turn, "nav/more")


def _told_something(turn: Turn) -> bool:
    """An illness, a need, said at another question: kept for the coordinator, and the question comes back."""
    if turn.said.family != "tell" or turn.said.confidence < CONFIDENT or len(tokens(turn.said.text)) < 3:
        return False
    here = turn.at.open or ""
    if turn.at.misses.get(here):
        # Said before at this question: asking it the same way once more would lead in a circle.
        return False
    turn.at.misses[here] = 1
    turn.note(here, "volunteered", turn.said.text)
    if heard := keep_illness(turn):
        acknowledge(turn, heard)
        turn.mode = "again"
        return True
    turn.word("noted.for_team")
    turn.mode = "again"
    return True


def _does_not_know(turn: Turn) -> bool:
    sure = turn.said.intent == "unsure" and turn.said.confidence >= CONFIDENT
    return sure or _DOES_NOT_KNOW.match(fold(turn.said.text)) is not None


def _has_nothing_to_say(turn: Turn) -> bool:
    """ "No" where we asked for a name, a faith, a doctor: there is none. Of those who may be told, it is a refusal."""
    item, said_no = turn.item, read_yes_no(turn.said.text)
    if item is None or (item.type == "text" and item.link_id not in WHAT_THEY_ARE):
        return False
    if not isinstance(said_no, Read) or said_no.value is not False:
        return False
    if item.scope:
        keep(turn, item, turn.said.text.strip(), "")
        return True
    turn.note(item.link_id, "none", turn.said.text)
    return not item.required and pass_over(turn, "skip.none")


def _unreadable(turn: Turn) -> bool:
    """An example and another way to say it; the second time we go on, and a coordinator will ask."""
    reading = turn.read()
    reason = reading.reason if isinstance(reading, NotRead) else "unclear"
    if reason == "nothing" and _has_nothing_to_say(turn):
        return True
    if turn.item and not turn.item.required and turn.item.type != "text" and _does_not_know(turn):
        reason = "none"
    if reason == "declined" or (reason == "none" and turn.item and turn.item.required):
        return skip(turn)
    if reason == "none" and turn.item and any(option.code == "none" for option in turn.item.options):
        keep(turn, turn.item, ["none"] if turn.item.repeats else "none", "")
        return True
    if reason == "none" and turn.item and not turn.item.required:
        turn.note(turn.item.link_id, "none", turn.said.text)
        return pass_over(turn, "skip.none")
    if reason == "no_time" and turn.item and turn.at.misses.get(turn.item.link_id):
        # Asked twice and no hour in it: the words themselves are the answer, and the coordinator will understand them.
        keep(turn, turn.item, turn.said.text.strip(), "")
        return True
    if reason == "foreign":
        turn.note(turn.at.open or "", "unread", turn.said.text)
    missed(turn, reason)
    return True


RULES: tuple[Rule, ...] = (
    _death,
    _answer_to_confirmation,
    _what_to_fix,
    _another_questionnaire,
    _plain_command,
    _picked_reading,
    _after_danger,
    _nothing_to_read,
    _meant_otherwise,
    my_name_is,
    not_own_name,
    their_name_is,
    own_name_in_full,
    _correction,
    _read_back_answer,
    _other_party,
    _strong_answer,
    _intent_command,
    _took_the_offer,
    _digression,
    _volunteered,
    born_on,
    _weak_answer,
    _told_something,
    _unreadable,
)


def hear(asked: Questionnaire, position: Position, said: Utterance) -> Heard:
    """What a message means while a question is open."""
    turn = Turn(asked, deepcopy(position), said)
    turn.at.heard = said.message_id
    for rule in RULES:
        if rule(turn):
            break
    return close(turn)


def open_interview(asked: Questionnaire, position: Position, said: Utterance) -> Heard:
    """Begin, or come back to, an interview; the message that brings the person here may already hold facts."""
    turn = Turn(asked, deepcopy(position), said)
    turn.at.heard = said.message_id
    target = get_catalog().asked_for(said.text, said.intent)
    if target is not None and target.id != turn.asked.id:
        begin(turn, target)
        return close(turn)
    before = turn.at.status
    turn.at.open, turn.at.pending, turn.at.fixing = None, None, False
    if _death(turn) or _told_when_closed(turn, before):
        return close(turn)
    turn.at.status = OPEN
    if before == DECLINED:
        turn.clear(CONSENT)
        turn.word("intake.changed_mind")
        turn.mode = "again"
        return close(turn)
    heard = keep_facts(turn, volunteered(said.text))
    heard |= keep_illness(turn)
    if _tells("tell/illness", said):
        turn.word("illness.sorry")
    starting_over = command_in(said.text) == "nav/start_over" or said.intent == "nav/start_over"
    if not starting_over and not _correction(turn):
        # What was asked is answered first, so that our first question comes last.
        serve_the_rest(turn, None, None)
    if asked.start and not turn.at.asked:
        turn.say.append(Own(asked.start[turn.locale]))
    else:
        turn.word("intake.welcome_back" if turn.at.asked else "intake.start")
    turn.mode = turn.mode or ("again" if turn.at.asked else None)
    if _tells("tell/illness", said) or _tells("tell/need", said):
        turn.note("", "volunteered", said.text)
    acknowledge(turn, heard)
    if starting_over:
        start_over(turn)
    return close(turn)


def _tells(label: str, said: Utterance) -> bool:
    """Whether the message, or a clause of it, clearly tells something."""
    readings = [(said.intent, said.confidence), *((part.intent, part.confidence) for part in said.parts)]
    return any(found == label and confidence >= CONFIDENT for found, confidence in readings)


def _told_when_closed(turn: Turn, status: str) -> bool:
    """A sign-up that is done, refused or stopped is not opened again by a passing remark."""
    said = turn.said
    if status in (SUBMITTED, COMPLETE):
        turn.over = True
        if said.family == "tell":
            turn.effects.append(Ticket("told_later", said.text))
            turn.word("told.passed_on", PERSON)
        else:
            turn.word("intake.already", PERSON)
        return True
    if status in (DECLINED, STOPPED) and said.family == "tell":
        turn.over = True
        turn.word("told.kept_closed", RESUME if status == DECLINED else PERSON)
        return True
    return False


def come_back(asked: Questionnaire, position: Position, said: Utterance) -> Heard:
    """Put the open question again, with nothing new heard."""
    turn = Turn(asked, deepcopy(position), said)
    turn.mode = "again"
    return close(turn)


# --- what the rules do -------------------------------------------------------------------------------------------


# --- where we go next ---------------------------------------------------------------------------------------------


def mark_submitted(position: Position) -> Position:
    """The same position, submitted: nothing is asked any more."""
    return replace(deepcopy(position), status=SUBMITTED)
