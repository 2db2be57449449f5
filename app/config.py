"""Settings: read once from the environment, checked once, frozen. Nothing else reads ``os.environ``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import click
from limits import parse_many

PREFIX = "GARAGENDA_"
DEVELOPMENT_KEY = "development-only-not-a-secret-0000"
DEFAULT_RATE_LIMITS: Mapping[str, str] = {
    "sign_in": "10/minute;60/hour",
    "public_write": "60/minute;600/hour",
    "api": "300/minute",
}

DEFAULT_PORTS = {"http": 80, "https": 443}

_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")

Environment = Literal["development", "test", "production"]


class SettingsError(click.ClickException):
    """The environment does not describe a runnable installation; the text names the variable.

    A click error, so that a command says it in one line and not by a traceback.
    """


@dataclass(frozen=True, slots=True)
class LinkKey:
    """One named key of the link tokens; the name is stored beside each link made with it."""

    name: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of one process. The README's table lists each with its variable."""

    env: Environment = "production"
    data_dir: Path = Path("var")
    database_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    link_keys: tuple[LinkKey, ...] = field(default=(), repr=False)
    public_url: str = ""
    trusted_proxies: int = 0
    db_pooler: bool = False
    twilio_account_sid: str = ""
    twilio_auth_token: str = field(default="", repr=False)
    twilio_from: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_api_url: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    rate_limits: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_RATE_LIMITS))
    clock_offset_file: Path | None = None
    log_format: Literal["json", "text"] = "json"

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def sandbox_sms(self) -> bool:
        """True while no SMS provider is configured."""
        return not self.twilio_account_sid

    @property
    def sandbox_email(self) -> bool:
        """True while no SMTP server is configured."""
        return not self.smtp_url

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read every ``GARAGENDA_…`` variable.

        Raises :class:`SettingsError` for an unknown variable, a value out of shape, or a secret
        that production needs and does not have.
        """
        known = {PREFIX + item.name.upper() for item in fields(cls)}
        unknown = sorted(key for key in environ if key.startswith(PREFIX) and key not in known)
        if unknown:
            raise SettingsError(f"unknown setting {unknown[0]}")
        read = _Reader(environ)
        settings = _build(cls, read)
        _check(settings)
        return settings


@dataclass(frozen=True, slots=True)
class _Reader:
    environ: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(PREFIX + name, "").strip() or default

    def number(self, name: str) -> int:
        value = self.text(name, "0")
        if not value.isdigit():
            raise SettingsError(f"{PREFIX}{name} must be a whole number, not {value!r}")
        return int(value)

    def choice(self, name: str, *, options: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in options:
            raise SettingsError(f"{PREFIX}{name} must be one of {', '.join(options)}, not {value!r}")
        return value


def _build(cls: type[Settings], read: _Reader) -> Settings:
    env = read.choice("ENV", options=("development", "test", "production"), default="production")
    local = env != "production"
    data_dir = Path(read.text("DATA_DIR", "var")).absolute()
    offset_file = read.text("CLOCK_OFFSET_FILE")
    log_default = "text" if env == "development" else "json"
    return cls(
        env=env,  # type: ignore[arg-type]  # checked by choice()
        data_dir=data_dir,
        database_url=_database_url(read.text("DATABASE_URL"), data_dir),
        secret_key=read.text("SECRET_KEY", DEVELOPMENT_KEY if local else ""),
        secret_key_fallbacks=tuple(read.text("SECRET_KEY_FALLBACKS").split(","))
        if read.text("SECRET_KEY_FALLBACKS")
        else (),
        link_keys=_link_keys(read.text("LINK_KEYS", f"dev:{DEVELOPMENT_KEY}" if local else "")),
        public_url=_public_url(read.text("PUBLIC_URL", "http://127.0.0.1:8000" if local else "")),
        trusted_proxies=read.number("TRUSTED_PROXIES"),
        db_pooler=read.choice("DB_POOLER", options=("0", "1"), default="0") == "1",
        twilio_account_sid=read.text("TWILIO_ACCOUNT_SID"),
        twilio_auth_token=read.text("TWILIO_AUTH_TOKEN"),
        twilio_from=read.text("TWILIO_FROM"),
        twilio_messaging_service_sid=read.text("TWILIO_MESSAGING_SERVICE_SID"),
        twilio_api_url=read.text("TWILIO_API_URL").rstrip("/"),
        smtp_url=read.text("SMTP_URL"),
        mail_from=read.text("MAIL_FROM"),
        rate_limits=_rate_limits(read.text("RATE_LIMITS")),
        clock_offset_file=Path(offset_file) if offset_file else None,
        log_format=read.choice("LOG_FORMAT", options=("json", "text"), default=log_default),  # type: ignore[arg-type]  # checked by choice()
    )


def _database_url(value: str, data_dir: Path) -> str:
    """SQLite under the data folder by default; a bare ``postgresql://`` means psycopg 3."""
    if not value:
        return f"sqlite:///{data_dir / 'garagenda.sqlite3'}"
    scheme, _, rest = value.partition("://")
    if scheme in {"postgresql", "postgres"}:
        return f"postgresql+psycopg://{rest}"
    if scheme in {"sqlite", "postgresql+psycopg"}:
        return value
    raise SettingsError(f"{PREFIX}DATABASE_URL must start with postgresql:// or sqlite://")


def _link_keys(value: str) -> tuple[LinkKey, ...]:
    keys = []
    for part in filter(None, value.split(",")):
        name, _, secret = part.partition(":")
        if not name or len(secret) < 32:
            raise SettingsError(f"{PREFIX}LINK_KEYS must be name:key,… with keys of 32 characters or more")
        keys.append(LinkKey(name=name, secret=secret))
    return tuple(keys)


def _rate_limits(value: str) -> dict[str, str]:
    """``off``, or ``name=rule`` pairs joined by commas, each over the default of that name."""
    if value == "off":
        return {}
    limits = dict(DEFAULT_RATE_LIMITS)
    for part in filter(None, value.split(",")):
        name, _, rule = part.partition("=")
        if name not in DEFAULT_RATE_LIMITS or not rule:
            raise SettingsError(f"{PREFIX}RATE_LIMITS: unknown limit {name!r}")
        try:
            parse_many(rule)
        except ValueError as error:
            raise SettingsError(
                f"{PREFIX}RATE_LIMITS: {rule!r} is no rule, e.g. {name}=10/minute;60/hour"
            ) from error
        limits[name] = rule
    return limits


def _public_url(value: str) -> str:
    """As a browser names it in ``Origin``: small letters, no default port, no slash at the end."""
    url = urlsplit(value.rstrip("/"))
    try:
        port = url.port
    except ValueError as error:
        raise SettingsError(f"{PREFIX}PUBLIC_URL: its port is no number") from error
    host = url.netloc.lower()
    if port is not None and port == DEFAULT_PORTS.get(url.scheme):
        host = host.removesuffix(f":{port}")
    return url._replace(netloc=host).geturl()


def _check(settings: Settings) -> None:
    url = urlsplit(settings.public_url)
    if url.scheme not in {"http", "https"} or not url.netloc:
        raise SettingsError(
            f"{PREFIX}PUBLIC_URL must be the address customers see, e.g. https://book.example"
        )
    if len(settings.secret_key) < 32:
        raise SettingsError(f"{PREFIX}SECRET_KEY is required: 32 random characters or more")
    if not settings.link_keys:
        raise SettingsError(f"{PREFIX}LINK_KEYS is required: name:key with 32 random characters or more")
    if settings.is_production and settings.clock_offset_file is not None:
        raise SettingsError(f"{PREFIX}CLOCK_OFFSET_FILE is refused in production")
    if bool(settings.twilio_account_sid) != bool(settings.twilio_auth_token):
        raise SettingsError(f"{PREFIX}TWILIO_ACCOUNT_SID and {PREFIX}TWILIO_AUTH_TOKEN go together")
    if settings.twilio_account_sid and not (settings.twilio_from or settings.twilio_messaging_service_sid):
        raise SettingsError(
            f"{PREFIX}TWILIO_FROM or {PREFIX}TWILIO_MESSAGING_SERVICE_SID is required with an account"
        )
    _check_mail(settings)


def _check_mail(settings: Settings) -> None:
    """E-mail needs a server and a sender; a mistake is told at start, not by each message."""
    if not settings.smtp_url:
        return
    try:
        url = urlsplit(settings.smtp_url)
        is_whole = url.scheme in {"smtp", "smtps"} and bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is no number
        is_whole = False
    if not is_whole or bool(url.username) != bool(url.password):
        raise SettingsError(f"{PREFIX}SMTP_URL must be smtp://user:password@host:port, or smtps://…")
    if not _ADDRESS.fullmatch(settings.mail_from):
        raise SettingsError(f"{PREFIX}MAIL_FROM is required with {PREFIX}SMTP_URL: an address, and no name")
