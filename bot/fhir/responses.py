"""QuestionnaireResponse: every answer beside its question, whatever the questionnaire asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from bot.enrollment.record import DECLINED, WITHDRAWN
from bot.enrollment.snapshot import PROXY, Answer, Snapshot
from bot.fhir.case import Case, Entry, Json, instant, without_empty
from bot.fhir.form import Form, Question

KIND = "QuestionnaireResponse"


def responses(case: Case) -> list[Entry]:
    """One for each questionnaire that has taught us something; that of the record always."""
    return [_response(case, form) for form in answered(case)]


def answered(case: Case) -> list[Form]:
    """The record's own questionnaire, and those in which a question was answered that it does not have."""
    own, *others = case.forms
    known = {question.link_id for question in own.walk()}
    said = set(case.snapshot.answers)
    return [own, *(form for form in others if _ids(form) & said - known)]


def _ids(form: Form) -> set[str]:
    return {question.link_id for question in form.walk()}


def _response(case: Case, form: Form) -> Entry:
    kept = case.snapshot
    response = {
        "identifier": case.identifier(KIND, form.id),
        "questionnaire": f"{form.url}|{form.version}" if form.url else None,
        "status": status(kept),
        "language": kept.locale,
        "subject": case.ref("RelatedPerson")
        if form.about == "RelatedPerson" and case.by_proxy
        else case.patient,
        "authored": instant(max((said.at for said in kept.answers.values()), default=kept.updated_at)),
        "source": case.source,
        "item": _items(case, form.questions) + (_no_longer_asked(case) if form is case.forms[0] else []),
    }
    return Entry(case.urn(KIND, form.id), QuestionnaireResponse.model_validate(without_empty(response)))


def status(kept: Snapshot) -> str:
    """How far the answering is: in-progress, completed, amended after it was sent in, or stopped."""
    if kept.state == WITHDRAWN or not kept.may_store:
        return "stopped"
    if kept.submitted_at is None:
        return "stopped" if kept.state == DECLINED else "in-progress"
    changed = any(said.at > kept.submitted_at for said in kept.answers.values())
    return "amended" if changed else "completed"


def _items(case: Case, questions: Iterable[Question]) -> list[Json]:
    items = []
    for question in questions:
        item: Json = {"linkId": question.link_id, "text": _text(case, question)}
        if question.questions:
            item["item"] = _items(case, question.questions)
        said = case.snapshot.answers.get(question.link_id)
        if said is not None:
            item["answer"] = _answers(question, said, case.snapshot.locale)
        if item.get("item") or item.get("answer"):
            items.append(without_empty(item))
    return items


def _no_longer_asked(case: Case) -> list[Json]:
    """Answers to questions that no questionnaire has any more: what was said is not lost."""
    known = set().union(*(_ids(form) for form in case.forms))
    return [
        {
            "linkId": link_id,
            "answer": [{"valueString": said.label.get(case.snapshot.locale) or str(said.value)}],
        }
        for link_id, said in case.snapshot.answers.items()
        if link_id not in known
    ]


def _text(case: Case, question: Question) -> str:
    """The question as it was asked of this person; one that is asked with a name in it by its short name."""
    locale = case.snapshot.locale
    text = question.proxy_text[locale] if case.snapshot.writer.role == PROXY else question.text[locale]
    return question.label[locale] if "{" in text else text


def _answers(question: Question, said: Answer, locale: str) -> list[Json]:
    values = said.value if isinstance(said.value, list) else [said.value]
    return [_value(question, value, locale) for value in values]


def _value(question: Question, value: object, locale: str) -> Json:
    choice = question.choice(value)
    if choice is not None:
        coding = {"system": choice.system, "code": choice.code, "display": choice.display[locale]}
        return {"valueCoding": without_empty(coding)}
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if question.type == "date" and _is_date(value):
        return {"valueDate": str(value)}
    if question.type == "integer" and isinstance(value, int):
        return {"valueInteger": value}
    if question.type == "decimal" and _is_decimal(value):
        return {"valueDecimal": Decimal(str(value))}
    return {"valueString": str(value)}


def _is_date(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _is_decimal(value: object) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False
