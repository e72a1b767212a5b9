"""The articles: every topic is there in both languages, short, plain, safe to text, and true to the role guide."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge import articles
from bot.knowledge.articles import Article, ArticleError, ArticleNotFound
from bot.program import get_program

TOPICS = """
    after_enrollment are_you_robot caregiver_help children choosing_team cost_insurance hospice_or_palliative how_often
    how_soon keep_my_doctor keep_treatment language_interpreter leaving_program medical_advice nights_weekends privacy
    program_contact role_chaplain role_coordinator role_dietitian role_nurse role_other_specialists role_pes
    role_pharmacist role_physician role_social_worker settings shared_planning team team_together what_is_palliative
    who_can_refer who_qualifies whole_person
""".split()
ENGLISH = articles.all("en")
SPANISH = articles.all("es")

# What the role guide says: article, then the statement in our words; below it the phrases that must stand in the
# article, in English and in Spanish. A table of words, so that no later edit of a text loses a fact.
FACTS = """
== What palliative care is
what_is_palliative: is special medical care for serious illness
    special / medical care / serious illness
    especial / cuidado médico / enfermedad grave
what_is_palliative: makes life better
    feel better / live as well
    sienta mejor / viva lo mejor
what_is_palliative: meets needs of body, feelings and spirit
    body / feelings / spirit
    cuerpo / sentimientos / espíritu
what_is_palliative: does not aim to cure
    not there to cure
    no buscan curar
what_is_palliative: relieves symptoms, stress and hard choices
    eases pain / symptoms / stress / hard choices
    alivian el dolor / síntomas / estrés / decisiones difíciles
what_is_palliative: goes along with treatment to cure
    along with treatment to cure
    junto con el tratamiento para curar
keep_treatment: goes along with treatment to cure
    side by side / treatment to cure
    junto con el tratamiento para curar
== The team
team: has doctors, nurses, social workers, coordinators and others
    doctors / nurses / social workers / coordinators / others may join
    doctores / enfermeras / trabajo social / coordinador / pueden unirse
team: has people of many kinds who work together
    different part / one team
    una parte / un solo equipo
team: supports patients and families
    you and your family
    usted y su familia
team: looks after body, feelings and social needs
    body / feelings / daily life
    cuerpo / sentimientos / vida diaria
whole_person: looks after body, feelings and social needs
    body / feelings / family / daily life / spirit
    cuerpo / sentimientos / familia / vida diaria / espíritu
team: is kind
    kindness
    cariño
team: may have several in a role, by setting and need
    more than one / what you need / where you are
    más de una / lo que necesita / dónde está
== The doctor
role_physician: is called a physician too
    physician
    doctora
role_physician: is specially trained
    special training
    preparación especial
role_physician: manages complex symptoms
    hard symptoms
    síntomas difíciles
role_physician: guides treatment decisions
    weigh your treatment choices
    opciones de tratamiento
role_physician: coordinates care
    works with your other doctors / pull the same way
    trabaja con sus otros doctores / mismo camino
role_physician: lets goals and values shape the plan with the team
    goals and values / shape the plan / rest of the team
    metas y los valores / guían el plan / resto del equipo
== The nurse
role_nurse: gives hands-on help with symptoms
    hands-on / symptoms
    en persona / síntomas
role_nurse: monitors changes
    watches for changes
    vigila los cambios
role_nurse: ensures comfort through the illness
    at ease / whole illness
    a gusto / toda la enfermedad
role_nurse: may be an advanced practice provider
    advanced practice provider / nurse practitioner
    advanced practice provider / nurse practitioner
role_nurse: teaches what to expect
    you and your family what to expect
    su familia qué esperar
role_nurse: helps with the care plan
    explain the care plan / follow it
    explica el plan de cuidado / seguirlo
role_nurse: is a steady contact
    see or call most / get to know
    más ve o llama / ya conoce
role_nurse: is kind and skilled
    know medicine well / kindness
    sabe de medicina / cariño
role_nurse: links treatment and daily life
    medical care to your daily life
    tratamiento con su vida diaria
== The social worker
role_social_worker: meets emotional, social and practical needs of families too
    you and your family / feelings / daily needs
    su familia / sentimientos / necesidades diarias
role_social_worker: helps to cope with stress
    stress / too much
    estrés / demasiado
role_social_worker: helps with hard talks
    hard talk / talk about hard things
    pláticas difíciles / hablar de cosas difíciles
role_social_worker: links to local help and money
    local help / help with money
    apoyo cerca / dinero
role_social_worker: helps to plan for later
    plan ahead / papers that plan for later
    planear / papeles para planear
role_social_worker: is trained in counseling and systems of care
    trained in counseling / how health care and aid programs work
    preparación para aconsejar / cómo funcionan
role_social_worker: fits care to values, culture and the people around
    values / culture / people you count on
    valores / cultura / gente con quien usted cuenta
== The coordinator
role_coordinator: organizes care across places
    in order / at home / hospital / another place
    en orden / en casa / hospital / otro lugar
role_coordinator: brings the right help in time
    what you need when you need it
    apoyo correcto en el momento correcto
role_coordinator: is the main contact for visits
    main contact / set up visits
    contacto principal / arregla las visitas
role_coordinator: handles referrals
    referrals
    envíos de un doctor a otro
role_coordinator: keeps people in touch
    you, your family, and the team in touch
    en contacto a usted, a su familia y al equipo
role_coordinator: keeps everyone informed
    everyone up to date
    todos al tanto
role_coordinator: lowers stress, avoids gaps, smooths the way
    less stress / fewer gaps / smoother
    menos estrés / menos huecos / más fácil
== The patient engagement specialist
role_pes: is the first contact of those who explore the care
    patient engagement specialist / first contact / look into palliative
    orientación al paciente / primer contacto / cuidados paliativos
role_pes: communicates and educates
    listens / explains
    escucha / explica
role_pes: brings values, needs and preferences into the plan
    values / needs / what you would like / part of your care plan
    valores / necesidades / usted prefiere / parte de su plan
role_pes: guides through enrollment
    signing up, step by step
    paso a paso para inscribirse
role_pes: lays the first support
    start out with good support
    empieza con buen apoyo
role_pes: hands over to the coordinator
    coordinator takes over visits
    coordinador se encarga de las visitas
after_enrollment: hands over to the coordinator
    coordinator takes over / visits / day-to-day
    coordinador toma mi lugar / visitas / cada día
role_pes: goes on to welcome new people
    goes on to welcome new people
    sigue dando la bienvenida
after_enrollment: goes on to welcome new people
    goes on to welcome new people
    sigue dando la bienvenida
== How they work together
team_together: works closely for each one's needs and goals
    made for your needs and goals
    sus necesidades y sus metas
team_together: talks often and plans together
    talks often / one care plan
    habla seguido / un solo plan de cuidado
team_together: lines up treatment, symptoms, feelings and practical help
    treatment / symptom / feelings / daily help
    tratamiento / síntomas / emocional / ayuda diaria
team_together: means less confusion, fewer gaps, steady help
    less mix-up / fewer gaps / steady help
    menos confusión / menos huecos / apoyo constante
team_together: works in every place
    at home / hospital / somewhere else
    en casa / hospital / otro lugar
settings: works in every place
    at home / hospital / clinic / nursing home
    en casa / hospital / clínica / asilo
team_together: makes people feel heard, understood and supported
    hear you / understand you / stand by you
    escucha / entiende / apoya
shared_planning: lets goals and values shape the plan
    goals and values shape the care plan / same plan
    metas y valores dan forma al plan / mismo plan
== Choosing
choosing_team: is an important choice, for you or someone you love
    big choice / someone you love
    decisión grande / alguien que usted quiere
choosing_team: look for experience, talk and respect for goals and values
    for a long time / explains things well / honors your goals and values
    experiencia / explique bien / respete sus metas y valores
choosing_team: care is kind and personal
    kind / fits the care to you
    amable / adapta el cuidado a usted
choosing_team: our people work for comfort, order and better days
    many skills / comfort / fits together / better days
    muy preparadas / alivio / bien unido / mejores días
choosing_team: call us
    {phone}
    {phone}
program_contact: call us
    {phone}
    {phone}
"""


def rows(table: str) -> list[tuple[str, str, dict[str, list[str]]]]:
    """Each statement of `FACTS`: article id, statement, phrases by language."""
    lines = [line.strip() for line in table.strip().splitlines() if not line.startswith("==")]
    found = []
    for head, en, es in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        topic, statement = head.split(": ", 1)
        found.append((topic, statement, {"en": en.split(" / "), "es": es.split(" / ")}))
    return found


# Where a question touches what the assistant must not answer, it says so and names who can.
LIMITS_EN = re.compile(
    r"\bI (can't|can not|do not decide|am not a nurse)|does not (give|order) (medicine|medical)|do not give medicine"
)
LIMITS_ES = re.compile(
    r"\b[Yy]o no (puedo|decido)|[Nn]o puedo|[Nn]o (da|receta) medicinas|no da consejo médico"
)


def label(article: Article) -> str:
    return f"{article.locale}-{article.id}"


def both(article: Article) -> str:
    return f"{article.short}\n{article.more}"


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[.!?]+[\"')]*\s+|[.!?]+[\"')]*$|\n+", text) if re.search(r"\w", part)]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text)


def syllables_en(word: str) -> int:
    """Vowel groups, with a silent last e taken off; checked against the CMU dictionary for the words used here."""
    word = re.sub(r"'(s|re|ve|ll|d|m|t)$", "", word.lower())
    together = len(re.findall(r"[aeiouy]+", word))
    split = len(re.findall(r"(?<![tcgs])i(?=[ao])|ea(?=s?$)|ier$|coo(?=r)|ua(?=l)", word))
    silent = len(re.findall(r"[^aeiouyl]e$|[aeiouy]le$|[^aeiouytd]ed$|[^aeiouyszcgxh]es$", word))
    return max(1, together + split - min(silent, 1))


def grade(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid et al. 1975): 0.39 words a sentence + 11.8 syllables a word - 15.59.

    Counted here because textstat fetches its dictionary from the network the first time it is asked.
    """
    found = words(text)
    return (
        0.39 * len(found) / len(sentences(text))
        + 11.8 * sum(syllables_en(word) for word in found) / len(found)
        - 15.59
    )


def syllables_es(word: str) -> int:
    """Vowel groups; two open vowels, or an accented i or u beside one, are two syllables."""
    return max(1, len(re.findall(r"[iuüy]?[aeoáéó][iuy]?|[íú]|[iuüy]+", word.lower())))


def ease_es(text: str) -> float:
    """Szigriszt's ease of reading for Spanish; 65 and more is "quite easy" on INFLESZ (Barrio-Cantalejo 2008)."""
    found = words(text)
    return (
        206.835
        - 62.3 * sum(syllables_es(word) for word in found) / len(found)
        - len(found) / len(sentences(text))
    )


# --- What is there ---


def test_every_topic_a_person_may_ask_about_has_its_article_in_both_languages() -> None:
    for locale in articles.LOCALES:
        assert sorted(article.id for article in articles.all(locale)) == TOPICS


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_say_the_same_things(topic: str) -> None:
    en, es = articles.get(topic, "en"), articles.get(topic, "es")
    for one, other in ((en.short, es.short), (en.more, es.more)):
        assert re.findall(r"\{\w+\}", one) == re.findall(r"\{\w+\}", other)
        assert set(re.findall(r"911|988", one)) == set(re.findall(r"911|988", other))
    assert (en.follow_ups, en.audience, en.source) == (es.follow_ups, es.audience, es.source)


def test_titles_name_the_articles_in_the_order_asked_for() -> None:
    assert articles.titles(["team", "role_nurse"], "en") == [
        ("team", "Who is on the team?"),
        ("role_nurse", "What does the nurse do?"),
    ]
    assert articles.titles(["role_nurse"], "es") == [("role_nurse", "¿Qué hace la enfermera?")]


@pytest.mark.parametrize(("topic", "locale"), [("no_such_topic", "en"), ("team", "fr")])
def test_what_is_not_there_is_never_replaced_by_something_else(topic: str, locale: str) -> None:
    with pytest.raises(ArticleNotFound, match=f"{topic}.*{locale}"):
        articles.get(topic, locale)
    with pytest.raises(ArticleNotFound):
        articles.titles(["team", topic], locale)


def test_every_article_is_offered_after_some_other() -> None:
    offered = {follow_up for article in articles.all("en") for follow_up in article.follow_ups}
    assert offered == set(TOPICS)


# --- How it is said ---


@pytest.mark.parametrize("article", ENGLISH, ids=label)
def test_english_reads_at_grade_six_or_below(article: Article) -> None:
    assert grade(article.short) <= 6
    assert grade(article.more) <= 6


@pytest.mark.parametrize("article", SPANISH, ids=label)
def test_spanish_is_quite_easy_to_read_in_short_sentences(article: Article) -> None:
    for text in (article.short, article.more):
        assert ease_es(text) >= 65
        assert max(len(words(sentence)) for sentence in sentences(text)) <= 25


@pytest.mark.parametrize("article", SPANISH, ids=label)
def test_spanish_says_usted(article: Article) -> None:
    ours = re.sub(r'"[^"]*"', "", both(article))  # what one may say to a child is said with "tú"
    familiar = r"\b(tú|tu|tus|te|ti|contigo|tuyo|puedes|tienes|quieres|eres|estás|necesitas|sabes|vosotros|vuestro)\b"
    assert not re.search(familiar, ours, re.IGNORECASE)


@pytest.mark.parametrize("article", ENGLISH + SPANISH, ids=label)
def test_it_fits_a_text_message_with_the_facts_of_this_program(article: Article) -> None:
    facts = get_program().facts(article.locale)
    assert len(article.short.format(**facts)) <= articles.SHORT_LIMIT
    assert len(article.more.format(**facts)) <= articles.MORE_LIMIT
    assert not articles.outside_gsm7((article.title + both(article)).format(**facts))


@pytest.mark.parametrize("article", ENGLISH + SPANISH, ids=label)
def test_it_gives_no_number_or_name_but_the_programs_own(article: Article) -> None:
    without_facts = re.sub(r"\{\w+\}", "", both(article))
    # 911 and 988 are the same everywhere; 18 is the age, and 2 the key for Spanish at 988.
    assert set(re.findall(r"\d+", without_facts)) <= {"911", "988", "18", "2"}
    assert not re.search(r"carelon|harbor", without_facts, re.IGNORECASE)


@pytest.mark.parametrize("article", ENGLISH + SPANISH, ids=label)
def test_it_never_judges_who_may_join(article: Article) -> None:
    assert not re.search(
        r"eligib|elegib|qualif|calific|you are (already )?a patient", both(article), re.IGNORECASE
    )


@pytest.mark.parametrize("article", ENGLISH + SPANISH, ids=label)
def test_it_is_plain_text(article: Article) -> None:
    assert not re.search(r"[“”‘’–—…*_#<>\[\]`]|  ", re.sub(r"\{\w+\}", "x", article.title + both(article)))


@pytest.mark.parametrize("article", ENGLISH + SPANISH, ids=label)
def test_it_names_a_limit_and_who_can_help(article: Article) -> None:
    assert (LIMITS_EN if article.locale == "en" else LIMITS_ES).search(both(article))
    assert re.search(r"nurse|doctor|team|person|enfermera|equipo|911", both(article))


@pytest.mark.parametrize("article", ENGLISH, ids=label)
def test_it_does_not_promise_in_the_programs_name(article: Article) -> None:
    assert not re.search(
        r"\b(we|our team) (will (visit|come|cover|pay)|always)\b|guarantee|we promise", both(article)
    )


# --- What is said ---


@pytest.mark.parametrize(("topic", "statement", "phrases"), rows(FACTS))
def test_nothing_the_role_guide_says_is_lost(
    topic: str, statement: str, phrases: dict[str, list[str]]
) -> None:
    for locale, needed in phrases.items():
        text = both(articles.get(topic, locale)).lower()
        missing = [phrase for phrase in needed if phrase not in text]
        assert not missing, f"{locale}/{topic} no longer says that it {statement}"


def test_every_role_of_the_guide_is_in_the_table() -> None:
    told = {topic for topic, _, _ in rows(FACTS)}
    assert {"role_physician", "role_nurse", "role_social_worker", "role_coordinator", "role_pes"} < told


def test_medical_questions_go_to_a_nurse_or_doctor() -> None:
    en, es = articles.get("medical_advice", "en"), articles.get("medical_advice", "es")
    assert en.short.startswith("A nurse or doctor should answer that.")
    assert es.short.startswith("Eso lo debe contestar una enfermera o un doctor.")
    assert {"nurse_line"} <= en.facts
    assert "911" in en.short


def test_it_is_honest_about_being_a_computer() -> None:
    assert articles.get("are_you_robot", "en").short.startswith("I am a computer helper, not a person.")
    assert articles.get("are_you_robot", "es").short.startswith(
        "Soy un asistente de computadora, no una persona."
    )


def test_it_is_honest_about_text_messages() -> None:
    assert "texts are not fully private" in articles.get("privacy", "en").short
    assert "los mensajes de texto no son del todo privados" in articles.get("privacy", "es").short


@pytest.mark.parametrize("article", ENGLISH + SPANISH, ids=label)
def test_it_names_the_nurse_line_only_with_its_number(article: Article) -> None:
    for text in (article.short, article.more):
        assert bool(re.search("nurse line|línea de enfermería", text)) == ("{nurse_line}" in text)


def test_costs_stay_general() -> None:
    assert "Plans differ" in articles.get("cost_insurance", "en").short
    assert not re.search(r"\$|\bdollars?\b|free|gratis", both(articles.get("cost_insurance", "en")))


# --- What the loader refuses ---

GOOD = """---
id: {id}
title: "{title}"
locale: {locale}
audience: everyone
source: a test
reviewed_on: 2026-01-31
follow_ups: [{follow_ups}]
---
{short}

<!-- more -->

{more}
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Three articles that are in order; a call writes one of them over."""

    def one(article_id: str, folder: str, /, **parts: str) -> Path:
        others = [other for other in ("one", "two", "three") if other != article_id]
        path = tmp_path / folder / f"{article_id}.md"
        path.parent.mkdir(exist_ok=True)
        front = {
            "id": article_id,
            "title": f"What is {article_id}?",
            "locale": folder,
            "follow_ups": ", ".join(others),
            "short": "Short.",
            "more": "More.",
        }
        path.write_text(GOOD.format(**(front | parts)), encoding="utf-8")
        return path

    for locale in articles.LOCALES:
        for article_id in ("one", "two", "three"):
            one(article_id, locale)
    return one


def test_it_reads_an_article_in_order(write: Write, tmp_path: Path) -> None:
    write("one", "en", short="Call {phone}.\n\nAny time.", more="Line one.\n- Line two.")
    write("one", "es", short="Llame al {phone}.", more="Ñu, él, ¿sí?")
    article = articles.load(tmp_path)["en"]["one"]
    assert (article.short, article.more) == ("Call {phone}.\n\nAny time.", "Line one.\n- Line two.")
    assert article.follow_ups == ("two", "three")
    assert article.reviewed_on.isoformat() == "2026-01-31"
    assert article.facts == {"phone"}


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"follow_ups": "two, nowhere"}, "follow_ups: no article nowhere"),
        ({"follow_ups": "two"}, "follow_ups: are not two or three ids"),
        ({"follow_ups": "two, {a: b}"}, "follow_ups: are not two or three ids"),
        ({"follow_ups": "two, one"}, "follow_ups: names itself"),
        ({"follow_ups": "two, two"}, "follow_ups: names itself, or one article twice"),
        ({"follow_ups": "three, two"}, "same follow-ups as its twin"),
        ({"id": "uno"}, "id: uno is not the file's name"),
        ({"locale": "fr"}, "locale: fr is not the folder's name"),
        ({"title": ""}, "title: missing"),
        ({"title": "x" * 29}, "title: 29 characters with its facts, at most 28 fit"),
        ({"title": "{phone}"}, "title: a button holds no facts"),
        ({"title": "What is two?"}, "title: one has the same"),
        ({"short": ""}, "needs a short form"),
        ({"more": ""}, "needs a short form"),
        ({"short": "x" * 301}, "short form: 301 characters"),
        ({"short": "x" * 250 + "{hours}"}, "short form: 310 characters"),
        ({"more": "x" * 701}, "longer form: 701 characters"),
        ({"short": "It\u2019s fine."}, "short form: \u2019: not in GSM-7"),
        ({"more": "Care \u2013 for you."}, "longer form: \u2013: not in GSM-7"),
        ({"short": "Call {fax}."}, "short form: fax: not a fact of the program"),
        ({"short": "Call {phone."}, "short form: "),
        ({"short": "Reply STOP now."}, 'short form: "STOP": carriers treat this word as an opt-out'),
        ({"short": "Call {phone}."}, "does not use the same facts as its twin"),
    ],
)
def test_it_refuses_an_article_and_says_which_and_why(
    write: Write, tmp_path: Path, parts: dict[str, str], reason: str
) -> None:
    path = write("one", "es", **parts)
    with pytest.raises(ArticleError) as refused:
        articles.load(tmp_path)
    assert reason in refused.value.reason
    assert str(refused.value).startswith("es/")
    assert refused.value.path in (path, tmp_path / "es" / "two.md")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("source: a test\n", "", "source: missing"),
        ("audience: everyone", "audience: doctors", "audience: doctors is none of"),
        ("audience: everyone", "audience: everyone\ncolor: red", "color: not a field"),
        ("2026-01-31", "soon", "reviewed_on: is not a date"),
        ("2026-01-31", "2026-01-31 10:00:00", "reviewed_on: is not a date"),
        ("source: a test", "source: 7", "source: is not text"),
        ("source: a test", "source: [", "front matter is not YAML"),
        ("---\nid", "id", "does not begin with front matter"),
        ("<!-- more -->", "", "needs a short form, a line <!-- more -->"),
    ],
)
def test_it_refuses_a_file_that_is_not_an_article(
    write: Write, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    path = write("two", "en")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ArticleError) as refused:
        articles.load(tmp_path)
    assert (refused.value.path, str(refused.value)[:9]) == (path, "en/two.md")
    assert reason in refused.value.reason


def test_it_refuses_bytes_that_are_no_text(write: Write, tmp_path: Path) -> None:
    write("two", "en").write_bytes(b"---\nid: \xff\n---\n")
    with pytest.raises(ArticleError, match="is not UTF-8"):
        articles.load(tmp_path)


@pytest.mark.parametrize(("gone", "kept"), [("en", "es"), ("es", "en")])
def test_it_refuses_an_article_in_one_language_only(
    write: Write, tmp_path: Path, gone: str, kept: str
) -> None:
    for locale in articles.LOCALES:
        write("four", locale, follow_ups="one, two")
    (tmp_path / gone / "four.md").unlink()
    with pytest.raises(ArticleError, match=f"{kept}/four.md: has no twin in {gone}"):
        articles.load(tmp_path)


# --- Text messages ---


def test_accents_that_cost_double_are_folded_and_letters_that_do_not_are_kept() -> None:
    assert articles.fold_accents("¿Está aquí el niño? Óigame, según él, qué pingüino.") == (
        "¿Esta aqui el niño? Oigame, segun él, qué pingüino."
    )
    assert articles.outside_gsm7("¡Sí! ¿Qué? Año, él, pingüino, á í ó ú") == ""


@pytest.mark.parametrize("odd", ["\u2019", "\u201c", "\u2013", "\u2026", "\u00a0", "\U0001f642", "[", "€"])
def test_other_characters_are_found(odd: str) -> None:
    assert articles.outside_gsm7(f"ok {odd} ok {odd}") == odd
