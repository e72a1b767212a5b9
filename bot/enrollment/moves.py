"""What a person can do besides answering: skip, go back, ask why, change an answer, leave, begin again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.enrollment.answers import AnswerValue, NotRead, Read
from bot.enrollment.answers.plain import fold
from bot.enrollment.catalog import get_catalog
from bot.enrollment.keeping import consent_refused, leave, leave_behind, switch_party, take
from bot.enrollment.position import COMPLETE, PAUSED, Aside, Position, Summary, Ticket, Why, Word
from bot.enrollment.questionnaire import CONSENT, READ_BACK, Item
from bot.enrollment.switching import enter, shorter
from bot.enrollment.turn import (
    PERSON,
    RESUME,
    SKIP_OR_PERSON,
    Rule,
    Turn,
    answer_lines,
    label_of,
    questions_left,
)

CHANGE_CUE = re.compile(
    r"\b(?:change|fix|correct|edit|update|wrong|incorrect|mistake|mistyped|typo|misspelled|not right|isn'?t right"
    r"|is not correct"
    r"|cambiar|cambie|cambio|corregir|corrija|corrige|equivocad[oa]|equivoque|incorrect[oa]|actualizar|actualice"
    r"|esta mal|error)\b"
)


_NEW_VALUE = re.compile(
    r"(?:\bto\b|\bit should be\b|\bshould be\b|\bit'?s\b|\bit is\b|\bis actually\b"
    r"|\bit'?s really\b|\bdebe ser\b|\bes\b|\ba\b|\bpor\b|:)\s*(?P<value>.+)$",
    re.IGNORECASE | re.DOTALL,
)


def do(turn: Turn, label: str) -> bool:
    """Carry out a command or serve an aside, by intent label."""
    if label in _COMMANDS:
        return _COMMANDS[label](turn)
    if label == "social/ok" and turn.item is not None and turn.item.type == "boolean":
        return False
    turn.say.append(Aside(label))
    turn.mode = "again"
    return True


def why(turn: Turn) -> bool:
    """Say why the open question is asked."""
    if turn.item is None:
        return False
    turn.say.append(Why(turn.item.link_id))
    turn.mode = "again"
    return True


def ask_again(turn: Turn) -> bool:
    """Put the open question once more, as a return."""
    turn.mode = "again"
    return True


def repeat(turn: Turn) -> bool:
    """ "Say that again": what was explained last, or the open question."""
    if explained_last(turn):
        turn.say.append(Aside("nav/repeat"))
    return ask_again(turn)


def simpler(turn: Turn) -> bool:
    """What was explained last in fewer words, or the open question another way."""
    if explained_last(turn):
        turn.say.append(Aside("nav/simpler"))
        return ask_again(turn)
    turn.mode = "example"
    return True


def explained_last(turn: Turn) -> bool:
    """Whether the last reply explained something, so that "that" means the explanation."""
    return any(said.startswith(("article:", "more:", "simple:")) for said in turn.said.last_said)


def review(turn: Turn) -> bool:
    """Read back what we have so far."""
    lines = answer_lines(turn, list(turn.at.answers))
    if not lines:
        turn.word("review.nothing")
    else:
        turn.say.append(Summary("review.opening", lines))
    turn.mode = "again"
    return True


def go_back(turn: Turn) -> bool:
    """To the question before; its answer stays until there is a new one."""
    turn.at.pending, turn.at.fixing = None, False
    applies = {item.link_id for item in turn.asked.walk(turn.at.answers)}
    while turn.at.trail:
        link_id = turn.at.trail.pop()
        if link_id != turn.at.open and link_id in applies:
            turn.goto, turn.mode = link_id, "again"
            if link_id in turn.at.answers:
                item = turn.asked.item(link_id)
                turn.word("back.had", value=item.show(turn.at.answers[link_id])[turn.locale])
            return True
    turn.word("back.first")
    turn.mode = "again"
    return True


def skip(turn: Turn) -> bool:
    """Every question may be skipped; the name and the phone only with open eyes, consent only with a person offered."""
    item = turn.item
    if item is None:
        return False
    turn.at.pending, turn.at.fixing = None, False
    if item.link_id in turn.at.answers and item.link_id != READ_BACK:
        leave_behind(turn)
        turn.word("skip.kept")
        return True
    if item.link_id == READ_BACK:
        turn.note(READ_BACK, "skipped")
        turn.record(READ_BACK, False)
        turn.at.status = COMPLETE
        turn.over = True
        return True
    if item.required and item.link_id not in turn.at.insisted:
        turn.at.insisted.append(item.link_id)
        turn.word(
            "skip.required." + (item.link_id if item.link_id in ("phone", CONSENT, "for_whom") else "other"),
            SKIP_OR_PERSON,
        )
        turn.mode = "again"
        return True
    if item.link_id == CONSENT:
        turn.word("consent.undecided", RESUME)
        leave(turn, PAUSED)
        return True
    if item.required:
        turn.note(item.link_id, "skipped")
    return pass_over(turn, "skip.required_done" if item.required else "skip.done")


def pass_over(turn: Turn, word_id: str) -> bool:
    """Leave the open question unanswered and go on."""
    if turn.item is None:
        return False
    leave_behind(turn)
    turn.at.skipped.append(turn.item.link_id)
    turn.word(word_id)
    return True


def pause(turn: Turn) -> bool:
    """Leave for now; a coordinator sees what there is."""
    if turn.asked.offer:
        turn.word("pause.other", PERSON, name=turn.asked.offer[turn.locale])
    else:
        turn.word("pause.done", RESUME)
    if turn.at.notes or turn.at.answers:
        turn.effects.append(Ticket("intake_paused", notes_text(turn.at)))
    leave(turn, PAUSED)
    return True


def start_over(turn: Turn) -> bool:
    """Ask before anything is forgotten."""
    turn.at.pending = {"link_id": "start_over"}
    return True


def short_path(turn: Turn) -> bool:
    """Too tired: the shorter questionnaire; once that saves nothing, only what is needed to call back."""
    shorter_one = None if turn.at.short else shorter(turn)
    if shorter_one is not None:
        leave_behind(turn)
        enter(turn, shorter_one)
    else:
        turn.at.short = True
    _how_many_are_left(turn, "short")
    return True


def finish(turn: Turn) -> bool:
    """That is enough: what matters was said, so only what a call needs is still asked."""
    turn.at.short = True
    _how_many_are_left(turn, "finish")
    return True


def _how_many_are_left(turn: Turn, words: str) -> None:
    left = [item for item in questions_left(turn) if item.link_id != READ_BACK]
    if len(left) > 1:
        turn.word(f"{words}.few_left", count=str(len(left)))
    else:
        turn.word(f"{words}.almost")


def tell_more(turn: Turn) -> bool:
    """More about the last thing explained; with nothing explained yet, an example of what we ask."""
    if not turn.said.topic:
        turn.mode = "example"
        return True
    turn.say.append(Aside("nav/more"))
    turn.mode = "again"
    return True


def change(turn: Turn) -> bool:
    """Change the answer that is named, or ask which."""
    return correct(turn, target_of(turn), turn.said.text) or ask_what_to_fix(turn, "fix.which")


def speak(turn: Turn, locale: str) -> bool:
    """Go on in another language."""
    turn.said = replace(turn.said, locale=locale)
    turn.word("language.switched")
    turn.mode = "again"
    return True


_COMMANDS: dict[str, Rule] = {
    "nav/skip": skip,
    "nav/back": go_back,
    "nav/why": why,
    "nav/repeat": repeat,
    "nav/what_asked": ask_again,
    "nav/resume": ask_again,
    "nav/simpler": simpler,
    "nav/review": review,
    "nav/pause": pause,
    "nav/finish": finish,
    "nav/start_over": start_over,
    "nav/more": tell_more,
    "nav/change": change,
    "request/short_path": short_path,
    "request/english": lambda turn: speak(turn, "en"),
    "request/spanish": lambda turn: speak(turn, "es"),
}


def target_of(turn: Turn) -> Item | None:
    """The question a correction names: by its label or by what people call it; the longest name wins."""
    folded = fold(turn.said.text)
    found = [
        (len(name), item)
        for item in get_catalog().told_in(turn.asked, turn.at.answers)
        if item.link_id != READ_BACK
        for name in (*item.names, *item.label.values())
        if re.search(rf"(?<!\w){re.escape(fold(name))}(?!\w)", folded)
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def correct(turn: Turn, target: Item | None, text: str) -> bool:
    """Put one answer right: at once when the message holds the new value, else by asking that question again."""
    if target is None:
        return False
    turn.at.fixing, turn.at.pending = False, None
    reading = new_value(turn, target, text)
    if isinstance(reading, Read) and reading.sure:
        return put_right(turn, target, reading.value, reading.detail)
    if isinstance(reading, Read) and turn.asked.has(target.link_id):
        take(turn, target, reading)
        return True
    if not turn.asked.has(target.link_id):
        # Asked in the longer questionnaire, which we have left: a coordinator puts it right.
        turn.note(target.link_id, "wrong", text)
        turn.word("noted.for_team")
        turn.mode = "again"
        return True
    leave_behind(turn)
    turn.goto = target.link_id
    turn.mode = "again" if target.link_id in turn.at.asked else "first"
    return True


def put_right(turn: Turn, target: Item, value: AnswerValue, detail: Mapping[str, Any] | None = None) -> bool:
    """Take a new value in place of the old one, say so, and go back to where we were."""
    if target.link_id == "for_whom" and turn.at.answers.get("for_whom") != value:
        switch_party(turn, str(value))
    else:
        turn.record(target.link_id, value)
        if detail:
            turn.at.details[target.link_id] = dict(detail)
    if not (turn.at.open == READ_BACK and turn.at.read_back):
        turn.word("fix.done", label=target.label[turn.locale], value=target.show(value)[turn.locale])
    if target.link_id == CONSENT and value is False:
        consent_refused(turn)
    turn.mode = "again"
    return True


def new_value(turn: Turn, target: Item, text: str) -> Read | NotRead:
    """The value inside "the phone is wrong, it's 312 555 0188". Digits speak for themselves; words need a cue."""
    pieces = [match.group("value") for match in _NEW_VALUE.finditer(text)]
    match = _NEW_VALUE.search(text)
    while match:
        pieces.append(match.group("value"))
        match = _NEW_VALUE.search(match.group("value"))
    for piece in reversed(pieces):
        if CHANGE_CUE.search(fold(piece)):
            continue
        reading = turn.read_as(target, piece)
        if isinstance(reading, Read) and reading.sure:
            return reading
    return turn.read_as(target, text) if target.parser in ("phone", "zip", "email") else NotRead()


def ask_what_to_fix(turn: Turn, word_id: str) -> bool:
    """Which answer? The answers so far are the choices."""
    labels = [
        item.label[turn.locale]
        for item in get_catalog().told_in(turn.asked, turn.at.answers)
        if item.link_id in turn.at.answers
    ]
    shown = [label for label in labels if label not in (label_of(turn, CONSENT), label_of(turn, READ_BACK))]
    if not shown:
        turn.word("review.nothing")
        turn.mode = "again"
        return True
    turn.at.fixing = True
    turn.asks = False
    turn.say.append(Word(word_id, labels=tuple(shown)))
    return True


def notes_text(position: Position) -> str:
    """The notes for a coordinator, one a line: `phone (unread): 55 1234`, `also said: she is 81`."""
    return "\n".join(_note_line(note) for note in position.notes)


def _note_line(note: dict[str, str]) -> str:
    about = f"{note['link_id'].replace('_', ' ')} ({note['reason']})" if note["link_id"] else "also said"
    return f"{about}: {note['text']}" if note["text"] else about
