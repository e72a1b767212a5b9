"""The end of a turn: which question comes next, in which wording, and whether something is asked back."""

from __future__ import annotations

from bot.enrollment.answers.windows import pattern_label
from bot.enrollment.position import COMPLETE, Heard, Summary
from bot.enrollment.questionnaire import READ_BACK
from bot.enrollment.turn import YES_NO, Turn, answer_lines, caller_of, party_of, patient_of, questions_left

# The length of YYYY-MM-DD.
FULL_DATE = 10
# After so many questions people are told how far we are, and that they may leave it at that.
PACE_AT = 12


def close(turn: Turn) -> Heard:
    """Everything that came of the message, with the question that comes next."""
    following = next_question(turn)
    if following is None and not turn.over:
        # Nothing left and no read-back in this questionnaire: it is complete.
        turn.at.status = COMPLETE
    mode = turn.mode if turn.mode and (following == turn.came_from or turn.goto) else None
    if following is not None:
        if mode is None:
            mode = "again" if following in turn.at.asked and following != turn.came_from else "first"
            if following == turn.came_from:
                mode = "again"
        read_back_if_due(turn, following)
        if following not in turn.at.asked:
            if (
                len(turn.at.asked) == PACE_AT
                and not turn.at.short
                and turn.asked.item(following).link_id != READ_BACK
            ):
                turn.word("pace.half_way")
            turn.at.asked.append(following)
    if following == READ_BACK and any(isinstance(said, Summary) for said in turn.say):
        mode = "first"
    mode = not_as_before(turn, following, mode)
    turn.at.open = following if following is not None else turn.at.open
    if turn.at.pending and following is not None:
        ask_back(turn)
    return Heard(
        position=turn.at,
        recorded=turn.recorded,
        cleared=tuple(link_id for link_id in dict.fromkeys(turn.cleared) if link_id not in turn.at.answers),
        next=following,
        asks=turn.asks,
        mode=mode or "first",
        say=tuple(turn.say),
        effects=tuple(turn.effects),
        locale=turn.locale,
        party=party_of(turn),
        patient=patient_of(turn),
        caller=caller_of(turn),
    )


# What a question is put in when it was put in the same words a moment ago.
OTHER_WORDING = {"first": "again", "again": "first", "example": "again"}


def not_as_before(turn: Turn, following: str | None, mode: str | None) -> str | None:
    """The wording of the next question: never the one it had in the turn before."""
    if following is None or not turn.asks or turn.at.pending:
        turn.at.worded = None
        return mode
    wanted = mode or "first"
    if turn.at.worded == f"{following}:{wanted}":
        if wanted == "again":
            turn.word("intake.return")
        wanted = OTHER_WORDING.get(wanted, wanted)
    turn.at.worded = f"{following}:{wanted}"
    return wanted


def next_question(turn: Turn) -> str | None:
    """The question the person is at after this message; None when there is none."""
    if turn.over:
        return None
    if turn.goto:
        return turn.goto
    # After an answer was given at a question asked a second time, the open question is simply the first one left;
    # with nothing answered, a question reached by "back" stays open.
    stays = turn.at.open is not None and not turn.recorded and not moved_on(turn)
    if stays and turn.at.open in {item.link_id for item in turn.asked.walk(turn.at.answers)}:
        return turn.at.open
    left = questions_left(turn)
    return left[0].link_id if left else None


def moved_on(turn: Turn) -> bool:
    """Whether the open question was left: answered, skipped or passed over in this turn."""
    link_id = turn.at.open
    if link_id is None or (turn.at.trail and turn.at.trail[-1] == link_id):
        return True
    return turn.at.short and link_id in {item.link_id for item in turn.asked.items if not item.short}


def read_back_if_due(turn: Turn, following: str) -> None:
    """On reaching the read-back everything is read; after a correction only what changed."""
    if following != READ_BACK or turn.at.fixing:
        return
    if turn.at.read_back and turn.at.changed:
        turn.say.append(Summary("summary.changed", answer_lines(turn, turn.at.changed)))
        turn.at.changed = []
    elif not turn.at.read_back or turn.came_from != READ_BACK:
        turn.say.append(Summary("summary.opening", answer_lines(turn, list(turn.at.answers))))
    turn.at.read_back = True


def ask_back(turn: Turn) -> None:
    """Put the question whether what we heard is right."""
    pending = turn.at.pending
    if pending is None:
        return
    turn.asks = False
    if pending["link_id"] == "start_over":
        turn.word("start_over.sure", YES_NO)
        return
    item = turn.asked.item(pending["link_id"])
    if item.type == "boolean":
        turn.word("confirm.is_that_yes", YES_NO)
        return
    value = (pending.get("label") or item.show(pending["value"]))[turn.locale]
    if item.parser == "relation":
        turn.word("confirm.relation", YES_NO, value=value)
        return
    if item.parser == "date-of-birth" and item.link_id == turn.at.open:
        turn.word(
            "confirm.date" if len(str(pending["value"])) == FULL_DATE else "confirm.part_of_date",
            YES_NO,
            value=value,
        )
        return
    if item.parser == "time" and pending.get("detail"):
        turn.word("confirm.time", YES_NO, value=pattern_label(pending["detail"]["pattern"])[turn.locale])
        return
    turn.word("confirm.value", YES_NO, label=item.label[turn.locale], value=value)
