"""Serving what is no answer: a question about the care, a wish, or something we could not read."""

from __future__ import annotations

from bot.enrollment.answers import Read
from bot.enrollment.answers.plain import has_question_mark, is_question, is_wordless, split_question, tokens
from bot.enrollment.commands import command_in
from bot.enrollment.keeping import keep_waiting, leave_behind
from bot.enrollment.moves import do
from bot.enrollment.position import Aside, Word
from bot.enrollment.questionnaire import CONSENT, READ_BACK, Item
from bot.enrollment.turn import CONFIDENT, CONFIDENT_OVER_WORDS, LIKELY, PERSON, Turn, confidence_needed
from bot.readings import title


def serve(turn: Turn) -> bool:
    """Answer what is not an answer. False when there is nothing in it we know how to answer."""
    said = turn.said
    if (
        turn.item is not None
        and turn.item.parser == "phone"
        and sum(c.isdigit() for c in said.text) >= DIGITS
    ):
        # "Call me at 555-0123": an answer with digits missing, not another wish.
        return False
    asked = has_question_mark(said.text) if turn.takes_any_words() else is_question(said.text)
    if asked and which_is_meant(turn):
        return True
    if asked and len(said.wishes()) > 1:
        for label in said.wishes():
            do(turn, label)
        return True
    threshold = confidence_needed(turn) if not asked else LIKELY
    if not asked and said.family == "ask" and len(tokens(said.text)) > A_FEW_WORDS:
        # "I don't want to be a burden to my children" tells; only what is very clear is answered like a question.
        threshold = CONFIDENT_OVER_WORDS
    best = said.best("ask", "request", "social") if asked else (said.intent, said.confidence)
    if best and best[1] >= threshold and best[0].split("/")[0] in ("ask", "request", "social"):
        return do(turn, best[0])
    if said.intent == "enroll" and said.confidence >= CONFIDENT and not turn.takes_any_words():
        turn.mode = "again"
        return True
    if asked and not (isinstance(turn.read(), Read) and not is_only_question(turn)):
        turn.note(turn.at.open or "", "question", said.text)
        turn.word("question.passed_on")
        turn.mode = "again"
        return True
    return False


# So many digits are a phone number, whole or not. Statements longer than this are stories, not topics.
DIGITS, A_FEW_WORDS = 7, 4


def which_is_meant(turn: Turn) -> bool:
    """Two close readings of a question: both become choices, and our own question waits until one is picked."""
    families = {label.split("/")[0] for label in turn.said.between}
    named = [name for label in turn.said.between if (name := title(label, turn.locale))]
    if len(named) < 2 or not families <= {"ask", "request"} or "unsure.which" in turn.said.last_said:
        return False
    turn.say.append(Word("unsure.which", labels=tuple(named)))
    turn.asks = False
    return True


def serve_wish_for_person(turn: Turn) -> bool:
    """ "... and I don't know what to do, can somebody call me": heard inside a story, whatever else becomes of it."""
    for part in turn.said.parts:
        if part.intent in PERSON_WISHES and part.confidence >= CONFIDENT_OVER_WORDS:
            return do(turn, part.intent)
    return False


# Wishes that only a person can grant.
PERSON_WISHES = ("request/human", "request/callback")


def serve_the_rest(turn: Turn, item: Item | None, reading: Read | None) -> None:
    """A question or a wish in the same message as an answer."""
    said = turn.said
    if serve_wish_for_person(turn):
        return
    asked = split_question(said.text)[1]
    if asked and _may_be_own_words(turn, asked):
        return
    if asked and (item is None or item.parser not in ("phone", "zip") or len(tokens(asked)) > 3):
        wish = command_in(asked)
        if wish and wish.startswith("request/"):
            do(turn, wish)
            return
        best = said.best("ask", "request")
        wishes = said.wishes() if said.parts else ()
        if wishes:
            turn.say.extend(Aside(label) for label in wishes)
        elif best and best[1] >= LIKELY:
            turn.say.append(Aside(best[0]))
        elif item is not None:
            turn.note(turn.came_from or "", "question", said.text)
            turn.word("question.passed_on")
        return
    if reading is None or item is None or item.parser in ("text", "time"):
        return
    extra = len(tokens(said.text)) - len(str(reading.value).split())
    # "There's no paper for that" answers a question about a paper; it wants none.
    wants_none = said.intent == "request/form" and item.options
    if extra >= 3 and said.family == "request" and said.confidence >= CONFIDENT and not wants_none:
        do(turn, said.intent)


def _may_be_own_words(turn: Turn, asked: str) -> bool:
    """Whether what sounds like a question may be part of the answer in own words that was just kept."""
    if has_question_mark(asked) or not turn.came_from:
        return False
    return turn.asked.item(turn.came_from).parser in ("text", "time")


def is_only_question(turn: Turn) -> bool:
    """Whether the message asks and tells nothing."""
    told, asked = split_question(turn.said.text)
    marked = has_question_mark(asked) or not turn.takes_any_words()
    return bool(asked) and is_wordless(told) and marked


MOST_MISSES = 2


def missed(turn: Turn, reason: str) -> None:
    """Not read: once an example; then on, with a note. Consent is never passed over: a person is offered."""
    item = turn.item
    if item is None:
        return
    count = turn.at.misses.get(item.link_id, 0) + 1
    turn.at.misses[item.link_id] = count
    if count >= MOST_MISSES and item.link_id in (CONSENT, READ_BACK, "for_whom"):
        turn.word("unread.offer_person" if count % 2 == 0 else "unread.offer_person_again", PERSON)
        turn.mode = "again" if count % 2 == 0 else "example"
        return
    if count < MOST_MISSES:
        turn.word(unread_word(reason, item))
        turn.mode = "example"
        return
    # A social security number is not ours to keep, not even in a note.
    if len(tokens(turn.said.text)) > 0 and reason != "ssn":
        turn.note(item.link_id, "unread", turn.said.text)
    leave_behind(turn)
    if not _keep_unconfirmed(turn):
        turn.at.skipped.append(item.link_id)
    turn.word("unread.moved_on")


def _keep_unconfirmed(turn: Turn) -> bool:
    """We asked twice whether it is right and heard about other things: it stays as it was said, for a person to check.

    Never a consent: who did not say yes to it has not given it.
    """
    pending, turn.at.pending = turn.at.pending, None
    if not pending or pending["link_id"] != turn.at.open:
        return False
    item = turn.asked.item(pending["link_id"])
    if item.scope:
        return False
    keep_waiting(turn, item, pending)
    turn.note(item.link_id, "unconfirmed", item.show(pending["value"])[turn.locale])
    return True


def unread_word(reason: str, item: Item) -> str:
    """The word for why we could not read it; reasons a question has no own word for are just "not sure I got it"."""
    special = {
        "name": ("number", "email", "question", "me", "several", "not_a_name"),
        "phone": ("foreign", "no_area_code", "short", "long", "email", "not_a_phone"),
        "zip": ("short", "long", "phone", "city", "not_a_zip"),
        "date-of-birth": ("impossible", "future", "too_long_ago", "several", "no_year"),
        "email": ("incomplete",),
        "member-id": ("ssn", "short", "several"),
        "scale": ("range", "vague", "several"),
        "number": ("vague", "several"),
        "illness": ("nothing",),
        "party": ("several",),
        "choice": ("several",),
        "yes-no": ("undecided",),
        "text": ("nothing",),
        "time": ("nothing", "quiet", "no_time"),
    }
    if reason in special.get(item.parser, ()):
        return f"unread.{item.parser.replace('-', '_')}.{reason}"
    return "unread.wordless" if reason == "wordless" else "unread.unclear"
