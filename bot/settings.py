"""Everything that can be configured, as `PES_*` environment variables with safe defaults for one machine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Typed settings; every field is read from `PES_<FIELD>` (a `.env` file in the project root works too)."""

    model_config = SettingsConfigDict(env_prefix="PES_", env_file=ROOT / ".env", extra="ignore")

    mode: Literal["development", "production"] = "development"
    data: Path = Field(ROOT / "var", description="Folder for all the service writes: database, keys, logs.")
    host: str = Field("127.0.0.1", description="Address the public listener binds to.")
    port: int = Field(8000, description="Port of the public listener.")
    public_url: str = Field(
        "", description="URL people and Twilio reach us at, e.g. https://chat.example.org"
    )
    trusted_proxies: str = Field("", description="Comma-separated proxy addresses whose X-Forwarded-* count.")

    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the data folder.")
    secret_key: SecretStr = Field(SecretStr(""), description="Master key; empty means a generated key file.")
    old_secret_keys: SecretStr = Field(SecretStr(""), description="Earlier master keys, comma-separated.")

    program_file: Path = ROOT / "data" / "program.yml"
    routing_file: Path = ROOT / "data" / "routing.yml"
    questionnaire_file: Path = ROOT / "data" / "questionnaires" / "intake.json"
    models: Path = ROOT / "models"

    engine_url: str = "http://127.0.0.1:5005"
    engine_secret: SecretStr = SecretStr("")
    engine_patience: float = Field(10.0, description="Seconds a person waits before the holding message.")
    engine_timeout: float = Field(9.0, description="Seconds one engine call may take.")
    actions_port: int = 5055
    lease_seconds: float = Field(
        30.0, description="How long a turn may be held before another worker takes it."
    )

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from_number: str = ""
    twilio_api_base: str = Field("", description="Another base URL for Twilio's API (a mock in tests).")

    smtp_host: str = Field("", description="Mail server for alarms; empty means no e-mail.")
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    alarm_from: str = Field("", description="Sender of alarm e-mail; empty means the program's own address.")
    alarm_webhook_url: str = Field("", description="Alarms are posted here as JSON, signed.")
    alarm_webhook_secret: SecretStr = Field(SecretStr(""), description="Key of the webhook's HMAC signature.")
    held_days: float = Field(
        30.0, description="Days that a conversation without consent to store is held before it is erased."
    )
    partial_after_hours: float = Field(
        4.0,
        description="Hours of silence after which an unfinished sign-up goes to the coordinators as it is.",
    )
    purge_every_hours: float = Field(1.0, description="Hours between two looks for what must be erased.")
    page_days: float = Field(14.0, gt=0, description="Days that a link to a What Matters page opens it.")
    fhir_url: str = Field(
        "", description="Base URL of a FHIR R4 server that is sent every enrollment handed in."
    )
    fhir_token: SecretStr = Field(SecretStr(""), description="Bearer token for that server.")
    api_per_minute: int = Field(300, ge=1, description="Requests that one API key may make in a minute.")

    log_level: str = "INFO"

    @property
    def sqlalchemy_url(self) -> str:
        """URL of the database: the configured one (with the psycopg 3 driver) or SQLite in the data folder."""
        if not self.database_url:
            return f"sqlite:///{self.data / 'palliative-intake.db'}"
        for prefix in ("postgresql://", "postgres://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url.removeprefix(prefix)
        return self.database_url

    @property
    def base_url(self) -> str:
        """Where people reach us, without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def production(self) -> bool:
        """True where people are served: no development pages, secure cookies."""
        return self.mode == "production"

    @property
    def texting_enabled(self) -> bool:
        """True when Twilio credentials are set, so that texts can really leave."""
        return bool(self.twilio_account_sid and self.twilio_auth_token.get_secret_value())


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
