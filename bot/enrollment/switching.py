"""From one questionnaire to another and back, with nothing lost."""

from __future__ import annotations

from bot.enrollment.catalog import get_catalog
from bot.enrollment.position import OPEN, PAUSED, Position
from bot.enrollment.questionnaire import CONSENT, READ_BACK, Questionnaire
from bot.enrollment.turn import Turn

# With fewer of its own questions left, a shorter questionnaire saves nobody anything.
WORTH_SWITCHING = 3


def enter(turn: Turn, target: Questionnaire) -> None:
    """Go to a questionnaire. A shorter way through the same record goes on with what is there; any other begins, or
    goes on where it was left, and the one we come from waits."""
    if target.id == turn.asked.id:
        return
    if target.record == turn.asked.record:
        turn.at.questionnaire = target.id
    else:
        _clear_what_is_asked_of_each(turn)
        turn.at = left_for(turn.at, turn.asked, target)
    turn.asked = target
    turn.at.open, turn.at.pending, turn.at.fixing, turn.came_from = None, None, False, None
    turn.at.short = False


def _clear_what_is_asked_of_each(turn: Turn) -> None:
    """The read-back belongs to one questionnaire; a refused consent is asked again."""
    for link_id in (READ_BACK, *((CONSENT,) if turn.at.answers.get(CONSENT) is False else ())):
        turn.clear(link_id)


def left_for(position: Position, left: Questionnaire, target: Questionnaire) -> Position:
    """The position in `target`, with the one in `left` kept for later. Answers are common to all."""
    state = position.to_slot()
    others = state.pop("others")
    if state["status"] == OPEN:
        state["status"] = PAUSED
    others[left.id] = state
    kept = others.pop(target.id, {})
    return Position.from_slot(
        {"heard": position.heard, **kept, "questionnaire": target.id, "others": others}, position.answers
    )


def back_to_main(position: Position, asked: Questionnaire) -> Position:
    """Where the intake stands, after another questionnaire is done or put aside."""
    main = get_catalog().main
    if asked.record == main.record:
        return position
    waiting = next(
        (name for name in position.others if get_catalog().get(name).record == main.record), main.id
    )
    back = left_for(position, asked, get_catalog().get(waiting))
    if not back.asked:
        # It was never begun: nothing waits to be gone on with.
        back.status = PAUSED
    return back


def shorter(turn: Turn) -> Questionnaire | None:
    """A shorter way through this record that is worth taking from here."""
    ours = {item.link_id for item in turn.asked.items}
    for other in get_catalog().of_record(turn.asked.record):
        if other.id == turn.asked.id or len(other.items) >= len(turn.asked.items):
            continue
        left = [item for item in other.walk(turn.at.answers) if item.link_id not in ours]
        if len(left) >= WORTH_SWITCHING:
            return other
    return None
