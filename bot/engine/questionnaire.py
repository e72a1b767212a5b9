"""A FHIR Questionnaire as a part of Rasa's domain: a form, a slot for each question, and the texts that ask it.

The service reads the same file for everything else (`bot/enrollment/questionnaire.py`); this reads only what Rasa asks.
Source of the format: HL7 FHIR R4 Questionnaire, http://hl7.org/fhir/R4/questionnaire.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

OWN = "https://palliative-intake.invalid/fhir/StructureDefinition/"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
FORM = "intake_form"
LOCALES = ("en", "es")
PARTIES = ("self", "other")
MODES = ("first", "again", "example")
# Where each wording stands; the plain text has no extension.
VARIANTS = {
    ("first", "other"): "question-text-proxy",
    ("again", "self"): "question-text-again",
    ("again", "other"): "question-text-again-proxy",
    ("example", "self"): "question-text-example",
    ("example", "other"): "question-text-example-proxy",
}

Wordings = dict[tuple[str, str], dict[str, str]]


class QuestionnaireProblem(ValueError):
    """The questionnaire cannot be asked; the message names the question (linkId) and the reason."""

    def __init__(self, link_id: str, reason: str) -> None:
        super().__init__(f"questionnaire: {link_id}: {reason}")
        self.link_id = link_id
        self.reason = reason


def read(path: Path) -> dict[str, Any]:
    """The questionnaire file as JSON. Raises QuestionnaireProblem when it is missing or not a Questionnaire."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise QuestionnaireProblem(path.name, "the file is missing") from None
    except ValueError as error:
        raise QuestionnaireProblem(path.name, f"is not JSON: {error}") from error
    if not isinstance(raw, dict) or raw.get("resourceType") != "Questionnaire":
        raise QuestionnaireProblem(path.name, "is not a FHIR Questionnaire")
    return raw


def read_all(main: Path) -> list[dict[str, Any]]:
    """The questionnaire of this file, then every other one in its folder, by name. Raises QuestionnaireProblem."""
    others = (path for path in sorted(main.parent.glob("*.json")) if path.name != main.name)
    return [read(main), *(read(path) for path in others)]


def domain_of(*questionnaires: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a Rasa domain that asks these questionnaires; the first is the one everybody begins with.

    One form asks them all: the service decides which question comes next. A linkId that several use is one slot;
    where their words for it differ, the slot `questionnaire` tells them apart.

    Raises:
        QuestionnaireProblem: a question without id, text or Spanish, twice the same id, or no question at all.
    """
    slots: dict[str, Any] = {}
    texts: dict[str, list[dict[str, Any]]] = {}
    for questionnaire in questionnaires:
        for question in _checked(questionnaire):
            link_id = _link_id(question)
            slots[link_id] = _slot()
            name = f"utter_ask_{FORM}_{link_id}"
            texts[name] = _joined(texts.get(name), _responses(question), questionnaires, questionnaire)
    first = str(questionnaires[0].get("id") or "intake")
    return {
        "forms": {FORM: {"required_slots": list(slots)}},
        "slots": slots | {"questionnaire": _slot() | {"initial_value": first}},
        "actions": [{f"validate_{FORM}": {"send_domain": False}}],
        "responses": texts,
    }


def _checked(questionnaire: Mapping[str, Any]) -> list[dict[str, Any]]:
    questions = list(_questions(questionnaire.get("item") or [], "(top)"))
    ids = [_link_id(question) for question in questions]
    if not ids:
        raise QuestionnaireProblem(str(questionnaire.get("id") or "(top)"), "has no questions")
    for link_id in ids:
        if ids.count(link_id) > 1:
            raise QuestionnaireProblem(link_id, "is there twice")
    return questions


def _joined(
    known: list[dict[str, Any]] | None,
    fresh: list[dict[str, Any]],
    questionnaires: Sequence[Mapping[str, Any]],
    one: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The texts of a question that another questionnaire asks too: told apart only where they are not the same."""
    if known is None or known == fresh:
        return fresh
    wanted = str(one.get("id"))
    if any(_is_for(text, None) for text in known):
        earlier = [str(other.get("id")) for other in questionnaires if str(other.get("id")) != wanted]
        known = [_only_for(text, other) for other in earlier for text in known if _is_for(text, None)]
    same = [text for text in known if not _is_for(text, wanted)]
    return [*same, *(_only_for(text, wanted) for text in fresh)]


def _is_for(text: Mapping[str, Any], questionnaire: str | None) -> bool:
    found = [slot["value"] for slot in text["condition"] if slot["name"] == "questionnaire"]
    return found == ([] if questionnaire is None else [questionnaire])


def _only_for(text: Mapping[str, Any], questionnaire: str) -> dict[str, Any]:
    condition = [*text["condition"], {"type": "slot", "name": "questionnaire", "value": questionnaire}]
    return {**text, "condition": condition}


def examples_of(questionnaire: Mapping[str, Any]) -> list[str]:
    """What people say to come to a questionnaire: `questionnaire-names` and the button that offers it."""
    said: list[str] = []
    for extension in questionnaire.get("extension") or []:
        name = str(extension.get("url")).removeprefix(OWN)
        if name not in ("questionnaire-names", "questionnaire-offer"):
            continue
        texts = [
            str(extension.get("valueString") or ""),
            *(t for _, t in _translations(extension.get("_valueString"))),
        ]
        said += [part.strip() for text in texts for part in text.split(",") if part.strip()]
    return list(dict.fromkeys(said))


def _slot() -> dict[str, Any]:
    return {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}


def _questions(items: list[Any], parent: str) -> Iterator[dict[str, Any]]:
    """Questions in the order they are asked: groups are walked into, display items ask nothing."""
    for item in items:
        if not isinstance(item, dict):
            raise QuestionnaireProblem(parent, "has an item that is not an object")
        if item.get("type") == "display":
            continue
        if item.get("type") == "group":
            yield from _questions(item.get("item") or [], str(item.get("linkId") or parent))
            continue
        yield item


def _link_id(question: Mapping[str, Any]) -> str:
    link_id = str(question.get("linkId") or "")
    if not link_id:
        raise QuestionnaireProblem("(no linkId)", f'the question "{question.get("text", "")}" has no linkId')
    if not link_id.isidentifier() or link_id != link_id.lower():
        raise QuestionnaireProblem(link_id, "a linkId is lower case letters, digits and _ (it names a slot)")
    return link_id


def _responses(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One response for every locale, party and mode, so that exactly one fits whatever the slots say."""
    wordings = _wordings(question)
    found = []
    for locale in LOCALES:
        buttons = _buttons(question, locale)
        for party in PARTIES:
            for mode in MODES:
                response: dict[str, Any] = {
                    "text": _wording(wordings, mode, party)[locale],
                    "condition": [
                        {"type": "slot", "name": "locale", "value": locale},
                        {"type": "slot", "name": "party", "value": party},
                        {"type": "slot", "name": "ask_mode", "value": mode},
                    ],
                }
                found.append(response | ({"buttons": buttons} if buttons else {}))
    return found


def _wordings(question: Mapping[str, Any]) -> Wordings:
    link_id = _link_id(question)
    own = {
        str(extension.get("url"))[len(OWN) :]: extension
        for extension in question.get("extension") or []
        if str(extension.get("url")).startswith(OWN)
    }
    wordings = {("first", "self"): _both(link_id, "text", question.get("text"), question.get("_text"))}
    for variant, name in VARIANTS.items():
        if name in own:
            wordings[variant] = _both(
                link_id, name, own[name].get("valueString"), own[name].get("_valueString")
            )
    return wordings


def _wording(wordings: Wordings, mode: str, party: str) -> dict[str, str]:
    """The wording for this mode and party, or the nearest there is (the service falls back in the same order)."""
    order = ((mode, party), (mode, "self"), ("first", party), ("first", "self"))
    return next(wordings[variant] for variant in order if variant in wordings)


def _buttons(question: Mapping[str, Any], locale: str) -> list[dict[str, str]]:
    """Choices as buttons; tapping one says its words, as a person would type them."""
    link_id = _link_id(question)
    titles = []
    for option in question.get("answerOption") or []:
        coding = option.get("valueCoding") or {}
        what = f"answerOption {coding.get('code', '')}".strip()
        titles.append(_both(link_id, what, coding.get("display"), coding.get("_display"))[locale])
    if question.get("type") == "boolean" and not titles:
        titles = {"en": ["Yes", "No"], "es": ["Sí", "No"]}[locale]
    return [{"title": title, "payload": title} for title in titles]


def _both(link_id: str, what: str, text: Any, shadow: Any) -> dict[str, str]:
    """A text in both languages."""
    if not text:
        raise QuestionnaireProblem(link_id, f"{what}: has no text")
    spanish = next((found for lang, found in _translations(shadow) if lang == "es"), "")
    if not spanish:
        raise QuestionnaireProblem(link_id, f"{what}: has no Spanish")
    return {"en": str(text), "es": spanish}


def _translations(shadow: Any) -> Iterator[tuple[str, str]]:
    for extension in (shadow or {}).get("extension") or []:
        if extension.get("url") != TRANSLATION:
            continue
        parts = {part.get("url"): part for part in extension.get("extension") or []}
        lang, content = parts.get("lang", {}), parts.get("content", {})
        language = lang.get("valueCode") or lang.get("valueString")
        text = content.get("valueString") or content.get("valueMarkdown")
        if language and text:
            yield str(language), str(text)
