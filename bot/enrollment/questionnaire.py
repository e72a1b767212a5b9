"""The intake's questions, read from a FHIR R4 Questionnaire (`data/questionnaires/*.json`).

Standard parts used: item (linkId, text, type, required, repeats, code, enableWhen, enableBehavior, answerOption, item)
and the translation extension. What FHIR has no place for (proxy wording, the text for coming back, an example, why we
ask, which parser reads the answer) stands in extensions under our own base URL; see `OWN`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.enrollment.answers import PARSERS, About, AnswerValue, Label, NotRead, Option, Read, list_label, same
from bot.enrollment.answers import read as read_with
from bot.enrollment.answers.dates import date_label, is_date
from bot.enrollment.answers.illnesses import one_illness
from bot.enrollment.answers.phones import phone_label
from bot.enrollment.answers.yes_no import LABELS as YES_NO
from bot.settings import get_settings
from bot.words import LOCALES, placeholders

OWN = "https://palliative-intake.invalid/fhir/StructureDefinition/"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
DEFAULT_FILE = Path(__file__).resolve().parents[2] / "data" / "questionnaires" / "intake.json"

MODES = ("first", "again", "example", "why")
PARTIES = ("self", "other")
# Facts that are dialogue slots, so that the engine can fill them in by itself.
FACTS = frozenset({"patient", "caller"})
# Facts of the program that the words around a questionnaire may use.
PROGRAM_FACTS = frozenset({"phone", "nurse_line", "hours", "program", "reply_within"})
# Which parsers may read which type; a code that no parser has is refused (see `_parser`).
TYPES = {
    "string": {
        "name",
        "zip",
        "phone",
        "time",
        "text",
        "email",
        "member-id",
        "illness",
        "date-of-birth",
        "number",
        "scale",
    },
    "text": {"text", "time", "illness"},
    "date": {"date-of-birth"},
    "integer": {"scale", "number"},
    "boolean": {"yes-no"},
    "choice": {"choice", "choices", "party", "relation", "illness", "scale"},
    "open-choice": {"choice", "choices", "party", "relation", "illness"},
}
# What a consent may be for; `family` is answered with names, the others with yes or no.
SCOPES = ("store", "share", "text", "voicemail", "family", "enroll")
_VARIANTS = {
    ("again", "self"): "question-text-again",
    ("again", "other"): "question-text-again-proxy",
    ("example", "self"): "question-text-example",
    ("example", "other"): "question-text-example-proxy",
    ("first", "other"): "question-text-proxy",
    ("why", "self"): "question-why",
    ("why", "other"): "question-why-proxy",
}
READ_BACK, CONSENT = "read_back", "consent"


class QuestionnaireError(ValueError):
    """A questionnaire that cannot be used: which question, and why."""

    def __init__(self, link_id: str, reason: str) -> None:
        super().__init__(f"{link_id}: {reason}")
        self.link_id = link_id
        self.reason = reason


@dataclass(frozen=True)
class Condition:
    """One enableWhen: the answer to `question` equals (or does not equal, or exists)."""

    question: str
    operator: str
    answer: str | bool


@dataclass(frozen=True)
class Item:
    """One question. `texts` maps (mode, party, locale) to its wording; `names` are words people use for it."""

    link_id: str
    type: str
    parser: str
    texts: Mapping[tuple[str, str, str], str]
    label: Label
    required: bool = False
    repeats: bool = False
    sensitive: bool = False
    short: bool = False
    options: tuple[Option, ...] = ()
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = False
    names: tuple[str, ...] = ()
    codes: tuple[Mapping[str, str], ...] = field(default=())
    # The consent this question asks for, and questions whose answers make this one unnecessary.
    scope: str | None = None
    covered_by: tuple[str, ...] = ()

    def read(self, text: str, about: About | None = None) -> Read | NotRead:
        """Read an answer to this question; one of several illnesses counts only where several may be given."""
        reading = read_with(self.parser, text, self.options, about)
        if self.parser != "illness" or self.repeats or not isinstance(reading, Read):
            return reading
        return one_illness(reading, self.options)

    def show(self, value: AnswerValue) -> Label:
        """A value as people read it, in every language."""
        if isinstance(value, bool):
            return YES_NO[value]
        if isinstance(value, list):
            return list_label([self._display(code) for code in value])
        if self.parser == "phone":
            return phone_label(str(value))
        if self.parser == "date-of-birth" and is_date(str(value)):
            return date_label(str(value))
        return self._display(str(value))

    def _display(self, code: str) -> Label:
        return next((option.display for option in self.options if option.code == code), same(code))


@dataclass(frozen=True)
class Questionnaire:
    """A checked questionnaire: its questions in the order they are asked.

    `record`: the questionnaire whose enrollment record the answers go to (its own, or the one it is derived from).
    `names`: what people say to come to it. `offer`: the button that leads here, shown when the questionnaire
    `offered_after` is done to people for whom it is `offered_to` (`self`, `other`; None: everyone). `start`, `thanks`:
    said at its beginning and when it is done, instead of the intake's own words.
    """

    id: str
    title: Label
    version: str
    items: tuple[Item, ...]
    record: str = ""
    names: tuple[str, ...] = ()
    offer: Label | None = None
    offered_after: str | None = None
    offered_to: str | None = None
    start: Label | None = None
    thanks: Label | None = None

    def item(self, link_id: str) -> Item:
        """A question by linkId. Raises KeyError."""
        for item in self.items:
            if item.link_id == link_id:
                return item
        raise KeyError(link_id)

    def has(self, link_id: str) -> bool:
        """Whether there is such a question."""
        return any(item.link_id == link_id for item in self.items)

    def walk(self, answers: Mapping[str, AnswerValue | None]) -> list[Item]:
        """The questions that apply given `answers`, in order (enableWhen, FHIR R4 Questionnaire rules)."""
        shown: list[Item] = []
        enabled: dict[str, AnswerValue | None] = {}
        for item in self.items:
            # An answer to a question that no longer applies enables nothing.
            if _applies(item, enabled) and not _covered(item, answers):
                shown.append(item)
                enabled[item.link_id] = answers.get(item.link_id)
        return shown

    def render(self, link_id: str, locale: str, party: str, mode: str, facts: Mapping[str, str]) -> str:
        """The wording of a question for this person and moment.

        Raises:
            KeyError: no such question, or a fact that the wording needs is missing.
        """
        return wording(self.item(link_id), mode, party, locale).format(**facts)


def wording(item: Item, mode: str, party: str, locale: str) -> str:
    """A question's text before facts are filled in; a variant that is not there falls back on the plain text."""
    for wanted in ((mode, party), (mode, "self"), ("first", party), ("first", "self")):
        text = item.texts.get((*wanted, locale))
        if text:
            return text
    raise KeyError(f"{item.link_id}: no text in {locale}")


def _applies(item: Item, answers: Mapping[str, AnswerValue | None]) -> bool:
    if not item.conditions:
        return True
    held = [_holds(condition, answers.get(condition.question)) for condition in item.conditions]
    return any(held) if item.any_condition else all(held)


def _covered(item: Item, answers: Mapping[str, AnswerValue | None]) -> bool:
    """Whether another questionnaire has already learned what this question would ask."""
    return answers.get(item.link_id) is None and any(
        answers.get(other) is not None for other in item.covered_by
    )


def _holds(condition: Condition, value: AnswerValue | None) -> bool:
    if condition.operator == "exists":
        return (value is not None) is bool(condition.answer)
    given = value if isinstance(value, list) else [value]
    hit = condition.answer in given
    return hit if condition.operator == "=" else value is not None and not hit


# --- reading the file -----------------------------------------------------------------------------------------


def load(path: Path = DEFAULT_FILE) -> Questionnaire:
    """Read and check a questionnaire file.

    Raises:
        QuestionnaireError: the file or a question is wrong; names the question (or the file) and the reason.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise QuestionnaireError(path.name, "the file is missing") from None
    except ValueError as error:
        raise QuestionnaireError(path.name, f"is not JSON: {error}") from error
    return parse(raw, path.name)


@lru_cache(maxsize=1)
def get_questionnaire() -> Questionnaire:
    """The intake of this process, read once; restart to pick up an edit."""
    return load(get_settings().questionnaire_file)


def parse(raw: Any, name: str = "questionnaire") -> Questionnaire:
    """Check a questionnaire that was read from JSON. Raises QuestionnaireError."""
    if not isinstance(raw, dict) or raw.get("resourceType") != "Questionnaire":
        raise QuestionnaireError(name, "is not a FHIR Questionnaire")
    items = tuple(_item(node) for node in _questions(raw.get("item") or [], name))
    if not items:
        raise QuestionnaireError(name, "has no questions")
    _check_ids(items)
    _check_conditions(items)
    _check_order(items)
    title = str(raw.get("title") or raw.get("id") or name)
    own, own_id = _own(raw), str(raw.get("id") or name)
    return Questionnaire(
        id=own_id,
        title={"en": title, "es": _translations(raw.get("_title")).get("es", title)},
        version=str(raw.get("version") or "1"),
        items=items,
        record=_record(raw, own_id),
        names=_said(own.get("questionnaire-names")),
        offer=_optional(own_id, own, "questionnaire-offer"),
        offered_after=_value(own.get("offered-after")),
        offered_to=_value(own.get("offered-to")),
        start=_optional(own_id, own, "questionnaire-start"),
        thanks=_optional(own_id, own, "questionnaire-thanks", PROGRAM_FACTS),
    )


def _record(raw: Mapping[str, Any], own_id: str) -> str:
    """The questionnaire a shorter one is derived from (Questionnaire.derivedFrom): both fill the same record."""
    origins = raw.get("derivedFrom") or []
    return str(origins[0]).rsplit("/", 1)[-1] if origins else own_id


def _optional(
    name: str, own: Mapping[str, Mapping[str, Any]], what: str, facts: frozenset[str] | None = None
) -> Label | None:
    ext = own.get(what)
    return _both(name, what, ext.get("valueString"), ext.get("_valueString"), facts) if ext else None


def _questions(nodes: Iterable[Any], parent: str) -> Iterable[dict[str, Any]]:
    """Leaves in order; groups hold questions but ask nothing themselves, display items only show."""
    for node in nodes:
        if not isinstance(node, dict):
            raise QuestionnaireError(parent, "has an item that is not an object")
        if node.get("type") == "display":
            continue
        if node.get("type") == "group":
            yield from _questions(node.get("item") or [], str(node.get("linkId") or parent))
            continue
        yield node


def _item(node: dict[str, Any]) -> Item:
    link_id = _link_id(node)
    kind = node.get("type")
    if kind not in TYPES:
        raise QuestionnaireError(link_id, f'unknown type "{kind}"')
    own = _own(node)
    item = Item(
        link_id=link_id,
        type=kind,
        parser=_parser(link_id, kind, own),
        texts=_texts(link_id, node, own),
        label=_label(link_id, own),
        required=bool(node.get("required")),
        repeats=bool(node.get("repeats")),
        sensitive=bool(_value(own.get("sensitive"))),
        short=bool(_value(own.get("short-path"))),
        options=tuple(_option(link_id, option) for option in node.get("answerOption") or []),
        conditions=tuple(_condition(link_id, raw) for raw in node.get("enableWhen") or []),
        any_condition=node.get("enableBehavior") == "any",
        names=_said(own.get("question-names")),
        codes=tuple(node.get("code") or []),
        scope=_scope(link_id, kind, own),
        covered_by=_said(own.get("covered-by")),
    )
    _check_item(item)
    return item


def _link_id(node: dict[str, Any]) -> str:
    link_id = node.get("linkId")
    if not link_id:
        raise QuestionnaireError("(no linkId)", f'the question "{node.get("text", "")}" has no linkId')
    if not str(link_id).isidentifier() or str(link_id) != str(link_id).lower():
        raise QuestionnaireError(
            str(link_id), "a linkId is lower case letters, digits and _ (it names a slot)"
        )
    return str(link_id)


def _own(node: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        str(ext["url"])[len(OWN) :]: ext
        for ext in node.get("extension") or []
        if str(ext.get("url", "")).startswith(OWN)
    }


def _value(ext: Mapping[str, Any] | None) -> Any:
    if ext is None:
        return None
    return next((value for key, value in ext.items() if key.startswith("value")), None)


def _translations(shadow: Mapping[str, Any] | None) -> dict[str, str]:
    found = {}
    for ext in (shadow or {}).get("extension") or []:
        if ext.get("url") != TRANSLATION:
            continue
        parts = {part.get("url"): _value(part) for part in ext.get("extension") or []}
        if parts.get("lang") and parts.get("content"):
            found[str(parts["lang"])] = str(parts["content"])
    return found


def _both(
    link_id: str,
    what: str,
    text: Any,
    shadow: Mapping[str, Any] | None,
    facts: frozenset[str] | None = None,
) -> Label:
    """English and Spanish of one text; `facts` are the placeholders it may use."""
    if not text:
        raise QuestionnaireError(link_id, f"{what}: has no text")
    spanish = _translations(shadow).get("es")
    if not spanish:
        raise QuestionnaireError(link_id, f"{what}: has no Spanish")
    label = {"en": str(text), "es": spanish}
    for locale, words in label.items():
        try:
            unknown = placeholders(words) - (facts or FACTS)
        except ValueError as error:
            raise QuestionnaireError(link_id, f"{what} ({locale}): {error}") from error
        if unknown:
            raise QuestionnaireError(
                link_id, f"{what} ({locale}): unknown placeholder {{{sorted(unknown)[0]}}}"
            )
    return label


def _texts(
    link_id: str, node: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]]
) -> dict[tuple[str, str, str], str]:
    texts = {("first", "self"): _both(link_id, "text", node.get("text"), node.get("_text"))}
    for variant, name in _VARIANTS.items():
        if name in own:
            texts[variant] = _both(link_id, name, own[name].get("valueString"), own[name].get("_valueString"))
    for mode in ("again", "example", "why"):
        if (mode, "self") not in texts:
            raise QuestionnaireError(link_id, f"{_VARIANTS[(mode, 'self')]}: is missing")
    return {(*variant, locale): label[locale] for variant, label in texts.items() for locale in LOCALES}


def _label(link_id: str, own: Mapping[str, Mapping[str, Any]]) -> Label:
    ext = own.get("question-label")
    if ext is None:
        raise QuestionnaireError(link_id, "question-label: is missing")
    return _both(link_id, "question-label", ext.get("valueString"), ext.get("_valueString"))


def _said(ext: Mapping[str, Any] | None) -> tuple[str, ...]:
    """A comma-separated list and its translations, as one list."""
    if ext is None:
        return ()
    texts = [str(ext.get("valueString") or ""), *_translations(ext.get("_valueString")).values()]
    return tuple(said.strip() for text in texts for said in text.split(",") if said.strip())


def _parser(link_id: str, kind: str, own: Mapping[str, Mapping[str, Any]]) -> str:
    default = {"boolean": "yes-no", "choice": "choice", "open-choice": "choice"}.get(kind, "text")
    parser = str(_value(own.get("answer-parser")) or default)
    if parser not in PARSERS:
        raise QuestionnaireError(link_id, f'unknown parser "{parser}"')
    if parser not in TYPES[kind]:
        raise QuestionnaireError(link_id, f'the parser "{parser}" does not read the type "{kind}"')
    return parser


def _scope(link_id: str, kind: str, own: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The consent a question asks for."""
    scope = _value(own.get("consent-scope"))
    if scope is None:
        return None
    if scope not in SCOPES:
        raise QuestionnaireError(link_id, f'consent-scope: unknown scope "{scope}"')
    if kind != "boolean" and scope != "family":
        raise QuestionnaireError(
            link_id, f'consent-scope: "{scope}" is a yes or no: the type must be boolean'
        )
    return str(scope)


def _option(link_id: str, raw: Mapping[str, Any]) -> Option:
    coding = raw.get("valueCoding") or {}
    if not coding.get("code"):
        raise QuestionnaireError(link_id, "an answerOption has no valueCoding.code")
    display = _both(link_id, f"answerOption {coding['code']}", coding.get("display"), coding.get("_display"))
    return Option(str(coding["code"]), display, _said(_own(raw).get("choice-sayings")))


def _condition(link_id: str, raw: Mapping[str, Any]) -> Condition:
    operator = str(raw.get("operator") or "")
    if operator not in ("=", "!=", "exists"):
        raise QuestionnaireError(link_id, f'enableWhen: unknown operator "{operator}"')
    if "answerCoding" in raw:
        answer: Any = (raw["answerCoding"] or {}).get("code")
    else:
        answer = raw.get("answerBoolean", raw.get("answerString"))
    if answer is None or not raw.get("question"):
        raise QuestionnaireError(link_id, "enableWhen: needs a question and an answer")
    return Condition(str(raw["question"]), operator, answer)


def _check_item(item: Item) -> None:
    if item.type in ("choice", "open-choice") and not item.options:
        raise QuestionnaireError(item.link_id, "a choice without answerOption")
    codes = [option.code for option in item.options]
    if len(set(codes)) < len(codes):
        raise QuestionnaireError(item.link_id, "two answerOptions have the same code")
    if item.parser != "illness" and (item.parser == "choices") != item.repeats:
        raise QuestionnaireError(item.link_id, 'repeats and the parser "choices" go together')


def _check_ids(items: tuple[Item, ...]) -> None:
    seen: set[str] = set()
    for item in items:
        if item.link_id in seen:
            raise QuestionnaireError(item.link_id, "is there twice")
        seen.add(item.link_id)


def _check_conditions(items: tuple[Item, ...]) -> None:
    known = {item.link_id: item for item in items}
    earlier: set[str] = set()
    for item in items:
        for condition in item.conditions:
            if condition.question not in known:
                raise QuestionnaireError(item.link_id, f'enableWhen: unknown question "{condition.question}"')
            if condition.question not in earlier:
                raise QuestionnaireError(item.link_id, f'enableWhen: "{condition.question}" is asked later')
            _check_answer(item.link_id, condition, known[condition.question])
        earlier.add(item.link_id)


def _check_answer(link_id: str, condition: Condition, asked: Item) -> None:
    if condition.operator == "exists":
        return
    if asked.options and condition.answer not in {option.code for option in asked.options}:
        raise QuestionnaireError(link_id, f'enableWhen: "{asked.link_id}" has no choice "{condition.answer}"')
    if asked.type == "boolean" and not isinstance(condition.answer, bool):
        raise QuestionnaireError(link_id, f'enableWhen: "{asked.link_id}" is yes or no: use answerBoolean')


def _check_order(items: tuple[Item, ...]) -> None:
    """The read-back closes the conversation, and it reads back what consent was asked for."""
    ids = [item.link_id for item in items]
    if READ_BACK in ids and ids[-1] != READ_BACK:
        raise QuestionnaireError(READ_BACK, "must be the last question")
    if CONSENT in ids and any(
        item.required for item in items[ids.index(CONSENT) + 1 :] if item.link_id != READ_BACK
    ):
        raise QuestionnaireError(CONSENT, "must come after every required question")
    for special in (CONSENT, READ_BACK):
        if special in ids and items[ids.index(special)].type != "boolean":
            raise QuestionnaireError(special, "must be of type boolean")
