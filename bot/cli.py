"""The `pes` command: run, train, chat, look at records, and keep house."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import training
from bot.evaluation.command import evaluate
from bot.settings import get_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
user = typer.Typer(no_args_is_help=True, help="Staff accounts.")
enrollment = typer.Typer(no_args_is_help=True, help="Enrollment records.")
apikey = typer.Typer(no_args_is_help=True, help="Keys for other systems that read enrollments.")
audit = typer.Typer(no_args_is_help=True, help="The audit log.")
app.add_typer(user, name="user")
app.add_typer(enrollment, name="enrollment")
app.add_typer(apikey, name="apikey")
app.add_typer(audit, name="audit")
keys_app = typer.Typer(no_args_is_help=True, help="The master key of all encryption.")
app.add_typer(keys_app, name="keys")
app.command("evaluate")(evaluate)


def _fail(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(1)


@app.command()
def run(
    port: Annotated[int | None, typer.Option(help="Port of the web chat and console.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for everything that is written.")] = None,
) -> None:
    """Train if needed, migrate, start the engine and the service, and print the addresses."""
    if port is not None:
        os.environ["PES_PORT"] = str(port)
    if data is not None:
        os.environ["PES_DATA"] = str(data.resolve())
    from bot import supervisor
    from bot.coordinator import accounts
    from bot.enrollment.questionnaire import QuestionnaireError
    from bot.enrollment.routing import RoutingError, get_rules
    from bot.program import ProgramError, get_program
    from bot.records import migrate
    from bot.records.crypto import get_keyring
    from bot.records.database import get_database

    settings = get_settings()
    try:
        program = get_program()
        get_rules()
        training.train_if_changed(settings)
    except (ProgramError, QuestionnaireError, RoutingError, training.TrainingFailed) as error:
        raise _fail(f"Cannot start: {error}") from None
    if supervisor.port_taken(settings):
        raise _fail(
            f"Port {settings.port} is taken by another program. Stop it, or use another: make run PORT=8080"
        )
    database = get_database()
    get_keyring()
    typer.echo("Bringing the database up to date ...")
    migrate.upgrade(database)
    with database.begin() as connection:
        first = accounts.ensure_first(connection)
    database.close()
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    lines = [
        "",
        f"  {program.name}",
        f"  Web chat   {address}/",
        f"  Console    {address}/console",
    ]
    if first:
        lines.append(f"             first sign-in: {first[0]} / {first[1]}   (shown only this once)")
    if not settings.production:
        lines.append(f"  Test phone {address}/dev/phone")
    lines.append("\n  Stop with Ctrl-C.")
    raise typer.Exit(supervisor.Supervisor(settings).run("\n".join(lines)))


@app.command()
def serve() -> None:
    """Start only the service (`pes run` starts it together with the engine)."""
    # One message is too small a sum for several threads: waking them costs more than they save.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import uvicorn

    from bot import logs
    from bot.supervisor import exit_with_parent

    settings = get_settings()
    logs.configure(settings.log_level)
    if os.environ.get("PES_EXIT_WITH_STDIN"):
        exit_with_parent()
    uvicorn.run(
        "bot.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        # The SMS webhook reads X-Forwarded-* itself, and only from trusted proxies.
        proxy_headers=False,
        server_header=False,
        # Open event streams would otherwise hold a stop back for ever.
        timeout_graceful_shutdown=5,
    )


@app.command()
def train(
    if_changed: Annotated[
        bool, typer.Option(help="Only when config.yml, domain.yml or data/ changed.")
    ] = False,
) -> None:
    """Train the dialogue model."""
    settings = get_settings()
    try:
        if if_changed:
            training.train_if_changed(settings)
        else:
            training.train(settings)
    except training.TrainingFailed as error:
        raise _fail(str(error)) from None


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest form."""
    from bot.records import migrate
    from bot.records.database import get_database

    migrate.upgrade(get_database())
    typer.echo("The database is up to date.")


@app.command()
def purge(
    days: Annotated[float | None, typer.Option(help="Instead of PES_HELD_DAYS.")] = None,
) -> None:
    """Erase conversations that nobody consented to keep and that were left long ago."""
    from bot.records import retention
    from bot.records.database import get_database

    with get_database().begin() as connection:
        gone = retention.purge(connection, get_settings().held_days if days is None else days)
    typer.echo(f"Erased {gone} conversation{'' if gone == 1 else 's'}.")


@app.command()
def chat(
    url: Annotated[str, typer.Option(help="Address of a running service.")] = "",
    locale: Annotated[str, typer.Option(help="en or es")] = "en",
) -> None:
    """Talk with a running assistant in the terminal."""
    from bot import terminal_chat

    settings = get_settings()
    asyncio.run(terminal_chat.talk(url or f"http://127.0.0.1:{settings.port}", locale))


@app.command()
def parse() -> None:
    """Understand JSON lines {"text", "locale"?} from standard input; JSON lines come out."""
    from bot import understanding

    async def run_all() -> None:
        async for result in understanding.parse_lines(get_settings(), sys.stdin):
            typer.echo(json.dumps(result, ensure_ascii=False))

    try:
        asyncio.run(run_all())
    except (understanding.BadLine, RuntimeError) as error:
        raise _fail(str(error)) from None


@user.command("add")
def user_add(
    username: str,
    role: Annotated[str, typer.Option(help="coordinator or supervisor")] = "coordinator",
    name: Annotated[str, typer.Option(help="Name shown to people who write.")] = "",
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, envvar="PES_NEW_PASSWORD")
    ] = "",
) -> None:
    """Make a staff account."""
    from bot.coordinator import accounts
    from bot.records.database import get_database

    try:
        with get_database().begin() as connection:
            accounts.add(connection, username, password, role, name)
    except accounts.AccountError as error:
        raise _fail(str(error)) from None
    typer.echo(f"{username} can sign in now.")


@user.command("remove")
def user_remove(username: str) -> None:
    """Close a staff account; its past entries in the audit log stay."""
    from bot.coordinator import accounts
    from bot.records.database import get_database

    with get_database().begin() as connection:
        if not accounts.close(connection, username):
            raise _fail(f"There is no active user named {username}.")
    typer.echo(f"{username} cannot sign in any more.")


@apikey.command("add")
def apikey_add(name: str) -> None:
    """Make an API key for a system called NAME; it is shown only now."""
    from bot.integration import keys
    from bot.records.database import get_database

    try:
        with get_database().begin() as connection:
            key = keys.add(connection, name)
    except keys.KeyRefused as error:
        raise _fail(str(error)) from None
    typer.echo(key)
    typer.echo(f"This is the key of {name}. It is shown only this once.", err=True)


@apikey.command("remove")
def apikey_remove(name: str) -> None:
    """Take an API key out of force; its past entries in the audit log stay."""
    from bot.integration import keys
    from bot.records.database import get_database

    with get_database().begin() as connection:
        if not keys.remove(connection, name):
            raise _fail(f"There is no key named {name}.")
    typer.echo(f"The key of {name} opens nothing any more.")


@apikey.command("list")
def apikey_list() -> None:
    """List the keys in force and when each was last used."""
    from bot.integration import keys
    from bot.records.database import get_database

    with get_database().begin() as connection:
        found = keys.in_force(connection)
    for row in found:
        used = f"last used {row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never used"
        typer.echo(f"{row.name}  made {row.created_at:%Y-%m-%d}  {used}")


@enrollment.command("list")
def enrollment_list(
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    state: Annotated[str | None, typer.Option(help="Only this state.")] = None,
) -> None:
    """List enrollments with their answers by linkId. The read is audited."""
    from bot.enrollment import record
    from bot.records import audit as audit_log
    from bot.records.database import get_database

    with get_database().begin() as connection:
        found = record.all_of(connection, state)
        for item in found:
            audit_log.record(connection, "command-line", "enrollment.read", "enrollment", item.id)
    if as_json:
        typer.echo(json.dumps([_as_json(item) for item in found], ensure_ascii=False, indent=2))
        return
    if not found:
        typer.echo("There are no enrollments yet.")
        return
    for item in found:
        typer.echo(
            f"{item.id}  {item.state:10}  {item.updated_at:%Y-%m-%d %H:%M}  {len(item.answers)} answers"
        )


@enrollment.command("export")
def enrollment_export(
    enrollment_id: str,
    form: Annotated[
        str, typer.Option("--format", help="fhir: a FHIR R4 Bundle; html: the What Matters page")
    ] = "fhir",
    for_family: Annotated[
        bool, typer.Option("--family", help="html: the family's page, not the team's.")
    ] = False,
    lang: Annotated[str, typer.Option(help="html: en or es; the language of the talk when left out.")] = "",
) -> None:
    """Print one enrollment in another form. The read is audited."""
    from bot.enrollment import snapshot
    from bot.enrollment.record import NoEnrollment
    from bot.fhir.bundle import NotStored, bundle_of
    from bot.fhir.form import get_forms
    from bot.page import document, reading
    from bot.page.sheet import sheet
    from bot.program import get_program
    from bot.records.database import get_database
    from bot.words import LOCALES

    if form not in ("fhir", "html"):
        raise _fail(f'There is no format "{form}". Use: fhir, html.')
    try:
        with get_database().begin() as connection:
            if form == "html":
                found = reading.read_by(connection, "command-line", enrollment_id, form)
            else:
                taken = snapshot.read_by(connection, "command-line", enrollment_id, form)
        if form == "html":
            locale = lang if lang in LOCALES else found.taken.locale
            shown = sheet(found.taken, locale, not for_family, found.others)
            typer.echo(document.page(shown, other_language=False))
            return
        bundle = bundle_of(taken, get_forms(), get_program().name)
    except NoEnrollment:
        raise _fail("There is no enrollment with this id.") from None
    except NotStored:
        raise _fail("Nobody consented to store this enrollment: there is nothing to export.") from None
    typer.echo(bundle.model_dump_json(indent=1))


def _as_json(item: Any) -> dict[str, Any]:
    return {
        "id": item.id,
        "conversation_id": item.conversation_id,
        "questionnaire": item.questionnaire,
        "state": item.state,
        "locale": item.locale,
        "created_at": item.created_at.isoformat(),
        "updated_at": item.updated_at.isoformat(),
        "submitted_at": item.submitted_at.isoformat() if item.submitted_at else None,
        "completeness": item.completeness,
        "authority": item.authority,
        "service_area": item.service_area,
        "answers": {link_id: kept["value"] for link_id, kept in item.answers.items()},
    }


@keys_app.command("rotate")
def keys_rotate() -> None:
    """Seal everything with the current key (PES_SECRET_KEY); it may be stopped and run again."""
    from bot.records import rotation
    from bot.records.crypto import SealError
    from bot.records.database import get_database

    try:
        done = rotation.rotate(get_database())
    except SealError as error:
        raise _fail(
            f"Not everything could be opened: {error}. Put the key into PES_OLD_SECRET_KEYS."
        ) from None
    except rotation.AuditBroken:
        raise _fail(
            "The audit log does not fit together; see `pes audit verify`. Keep the old keys."
        ) from None
    typer.echo(f"Done: {done.values} values sealed again. The old keys are not needed any more.")


@audit.command("list")
def audit_list(
    about: Annotated[str | None, typer.Option("--object", help="Only entries about this id.")] = None,
    last: Annotated[int, typer.Option(help="How many of the newest entries.")] = 100,
) -> None:
    """Print the newest entries: who did or read what, and when."""
    from bot.records import audit as audit_log
    from bot.records.database import get_database

    with get_database().begin() as connection:
        for row in audit_log.entries(connection, about, last):
            what = f"{row.action}  {row.object_type} {row.object_id}  {row.detail}"
            typer.echo(f"{row.at:%Y-%m-%d %H:%M:%S}  {row.actor}  {what}")


@audit.command("verify")
def audit_verify() -> None:
    """Check that no entry of the audit log was changed or removed."""
    from bot.records import audit as audit_log
    from bot.records.database import get_database

    with get_database().begin() as connection:
        broken = audit_log.verify(connection)
    if broken is not None:
        raise _fail(f"The audit log does not fit together from entry {broken} on.")
    typer.echo("The audit log is whole.")


@app.command()
def doctor() -> None:
    """Say what is missing or misconfigured."""
    from bot import checkup

    problems = checkup.problems(get_settings())
    for problem in problems:
        typer.echo(f"- {problem}")
    if problems:
        raise typer.Exit(1)
    typer.echo("Everything is in place.")


def main() -> None:
    """Entry point of the `pes` command."""
    app()


if __name__ == "__main__":
    main()
