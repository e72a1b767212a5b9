"""A service whose alarms leave: a real mail server and a webhook behind it, escalation in seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT
from tests.support.hooks import HookServer
from tests.support.mail import MailServer

FIRST, SECOND = "nurse@harbor.example", "boss@harbor.example"
SECRET = "webhook-secret-of-the-tests"


def program(folder: Path, steps: list[dict[str, Any]], **safety: float) -> Path:
    """The example program with these steps of escalation, as a file."""
    raw = yaml.safe_load((ROOT / "data" / "program.yml").read_text(encoding="utf-8"))
    raw["alarms"] = {"repeat_minutes": 0.02, "steps": steps}
    raw["safety"] = {"answer_minutes": 0.05, "quiet_minutes": 10, **safety}
    path = folder / "program.yml"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


def settings(folder: Path, mail: MailServer, hook: HookServer | None = None) -> dict[str, str]:
    """What the service is told."""
    steps = [
        {"after_minutes": 0, "email": [FIRST], "webhook": True},
        {"after_minutes": 0.03, "email": [FIRST, SECOND]},
    ]
    return {
        "PES_PROGRAM_FILE": str(program(folder, steps)),
        "PES_SMTP_HOST": "127.0.0.1",
        "PES_SMTP_PORT": str(mail.port),
        "PES_SMTP_SECURITY": "none",
        "PES_ALARM_FROM": "alarms@harbor.example",
        "PES_ALARM_WEBHOOK_URL": hook.url if hook else "",
        "PES_ALARM_WEBHOOK_SECRET": SECRET,
    }
