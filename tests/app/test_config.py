"""Settings: read once, checked, and every one of them documented."""

from __future__ import annotations

from dataclasses import fields

import pytest

from app.config import Settings, SettingsError
from tests.guards.tree import ROOT

SECRETS = {"GARAGENDA_SECRET_KEY": "s" * 40, "GARAGENDA_LINK_KEYS": "a:" + "k" * 40}
PRODUCTION = SECRETS | {"GARAGENDA_PUBLIC_URL": "https://book.example"}


def test_production_starts_with_its_three_settings() -> None:
    settings = Settings.from_environ(PRODUCTION)
    assert settings.is_production
    assert settings.is_sqlite


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_production_refuses_to_start_without(missing: str) -> None:
    environ = {key: value for key, value in PRODUCTION.items() if key != missing}
    with pytest.raises(SettingsError, match=missing):
        Settings.from_environ(environ)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENV", "staging"),
        ("SECRET_KEY", "short"),
        ("LINK_KEYS", "a:short"),
        ("LINK_KEYS", "nokey"),
        ("PUBLIC_URL", "book.example"),
        ("TRUSTED_PROXIES", "one"),
        ("DATABASE_URL", "mysql://x"),
        ("PUBLIC_URL", "https://book.example:port"),
        ("RATE_LIMITS", "unknown=1/minute"),
        ("RATE_LIMITS", "api=banana"),
        ("LOG_FORMAT", "xml"),
        ("TWILIO_ACCOUNT_SID", "AC1"),
        ("CLOCK_OFFSET_FILE", "/tmp/offset"),
    ],
)
def test_a_value_out_of_shape_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"GARAGENDA_{name}"):
        Settings.from_environ(PRODUCTION | {f"GARAGENDA_{name}": value})


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("https://Book.Example:443/", "https://book.example"),
        ("http://book.example:80", "http://book.example"),
        ("http://book.example:443", "http://book.example:443"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_the_public_address_is_kept_as_browsers_name_it(written: str, named: str) -> None:
    assert Settings.from_environ(PRODUCTION | {"GARAGENDA_PUBLIC_URL": written}).public_url == named


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="GARAGENDA_COLOUR"):
        Settings.from_environ(PRODUCTION | {"GARAGENDA_COLOUR": "blue"})


def test_a_plain_postgresql_address_means_psycopg_3() -> None:
    settings = Settings.from_environ(PRODUCTION | {"GARAGENDA_DATABASE_URL": "postgresql://u:p@db/g"})
    assert settings.database_url == "postgresql+psycopg://u:p@db/g"


def test_rate_limits_can_be_changed_one_by_one_or_switched_off() -> None:
    changed = Settings.from_environ(PRODUCTION | {"GARAGENDA_RATE_LIMITS": "api=5/second"})
    assert changed.rate_limits["api"] == "5/second"
    assert "sign_in" in changed.rate_limits
    assert Settings.from_environ(PRODUCTION | {"GARAGENDA_RATE_LIMITS": "off"}).rate_limits == {}


def test_secrets_do_not_show_in_a_printed_settings_object() -> None:
    text = repr(Settings.from_environ(PRODUCTION | {"GARAGENDA_DATABASE_URL": "postgresql://u:hidden@db/g"}))
    assert "s" * 40 not in text
    assert "k" * 40 not in text
    assert "hidden" not in text


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = [item.name for item in fields(Settings) if f"`{item.name.upper()}`" not in readme]
    assert missing == []


@pytest.mark.parametrize(
    ("smtp_url", "mail_from", "named"),
    [
        ("smtp://mail.example", "", "MAIL_FROM"),
        ("smtp://mail.example", "Garage <a@b.example>", "MAIL_FROM"),
        ("smtp://mail.example", "nobody", "MAIL_FROM"),
        ("http://mail.example", "a@b.example", "SMTP_URL"),
        ("smtp://", "a@b.example", "SMTP_URL"),
        ("smtp://mail.example:post", "a@b.example", "SMTP_URL"),
        ("smtp://mail.example:0", "a@b.example", "SMTP_URL"),
        ("smtp://user@mail.example", "a@b.example", "SMTP_URL"),
    ],
)
def test_half_a_mail_server_is_refused(smtp_url: str, mail_from: str, named: str) -> None:
    environ = {"GARAGENDA_ENV": "test", "GARAGENDA_SMTP_URL": smtp_url, "GARAGENDA_MAIL_FROM": mail_from}
    with pytest.raises(SettingsError, match=named):
        Settings.from_environ(environ)


def test_a_mail_server_with_its_sender_is_taken() -> None:
    environ = {
        "GARAGENDA_ENV": "test",
        "GARAGENDA_SMTP_URL": "smtp://user:pass@mail.example:587",
        "GARAGENDA_MAIL_FROM": "rendez-vous@garagenda.example",
    }
    assert not Settings.from_environ(environ).sandbox_email
