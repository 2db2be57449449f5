"""What each way a conversation can go means: taken, refused for now or for good, or not known."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from pathlib import Path

import pytest

from notifications.channels.protocol import Accepted, Refused, Unknown
from notifications.channels.smtp.answers import refused_before_text
from notifications.channels.smtp.server import SmtpServer, read_server
from tests.factories.letters import LETTER, make_channel, make_letter
from tests.support.mail_servers import (
    CUT,
    STALL,
    free_port,
    mail_server,
    make_certificate,
    scripted_server,
)

ELSEWHERE = "127.0.0.2"
"""Another machine, as far as the channel can tell."""


def test_a_letter_that_the_server_takes_is_accepted_under_its_message_id() -> None:
    with mail_server() as box:
        answer = make_channel(box.port).send(LETTER)
    assert answer == Accepted("<message-3-41@book.example>")
    assert [letter["Message-ID"] for letter in box.letters] == ["<message-3-41@book.example>"]


@pytest.mark.parametrize("step", ["GREETING", "MAIL", "RCPT", "DATA", "TEXT"])
@pytest.mark.parametrize(
    ("code", "is_temporary"), [("421", True), ("452", True), ("550", False), ("554", False)]
)
def test_a_refusal_is_temporary_or_for_good_by_its_first_digit(
    step: str, code: str, is_temporary: bool
) -> None:
    with scripted_server({step: f"{code} no"}) as server:
        answer = make_channel(server.port).send(LETTER)
    assert answer == Refused(f"smtp_{code}", is_temporary=is_temporary)


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("silence", "code"), [(CUT, "cut"), (STALL, "timeout")])
def test_a_silence_before_the_text_is_refused_for_now(step: str, silence: str, code: str) -> None:
    with scripted_server({step: silence}) as server:
        answer = make_channel(server.port, time_limit=0.3).send(LETTER)
    assert answer == Refused(code, is_temporary=True)


def test_a_connection_that_is_cut_within_the_text_leaves_it_unknown() -> None:
    with scripted_server({"TEXT": CUT}) as server:
        answer = make_channel(server.port).send(make_letter(text="x" * 4_000_000))
    assert answer == Unknown("cut")


def test_a_server_that_takes_the_text_and_says_nothing_leaves_it_unknown() -> None:
    with scripted_server({"TEXT": STALL}) as server:
        answer = make_channel(server.port, time_limit=0.3).send(LETTER)
    assert answer == Unknown("timeout")


def test_an_answer_to_the_text_that_is_none_leaves_it_unknown() -> None:
    with scripted_server({"TEXT": "what?"}) as server:
        answer = make_channel(server.port).send(LETTER)
    assert answer == Unknown("smtp_-1")


@pytest.mark.parametrize("goodbye", [CUT, STALL, "500 what"])
def test_how_the_server_takes_leave_changes_nothing(goodbye: str) -> None:
    with scripted_server({"QUIT": goodbye}) as server:
        answer = make_channel(server.port, time_limit=0.3).send(LETTER)
    assert isinstance(answer, Accepted)


def test_a_port_where_nobody_listens_is_refused_for_now() -> None:
    assert make_channel(free_port()).send(LETTER) == Refused("unreachable", is_temporary=True)


@pytest.mark.parametrize(
    "error",
    [
        socket.gaierror(socket.EAI_NONAME, "not known"),
        OSError(errno.EHOSTUNREACH, "no route"),
        OSError(errno.ENETUNREACH, "no network"),
    ],
)
def test_a_host_that_cannot_be_found_is_refused_for_now(error: OSError) -> None:
    assert refused_before_text(error) == Refused("unreachable", is_temporary=True)


def test_a_host_that_does_not_answer_is_refused_within_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as deaf:
        started = time.monotonic()
        answer = make_channel(deaf.getsockname()[1], time_limit=0.3).send(LETTER)
        assert time.monotonic() - started < 2
    assert answer == Refused("timeout", is_temporary=True)


@pytest.mark.parametrize(
    "recipient", ["nobody", "@perrot.example", "a@", "a\r\nb@perrot.example", "zoé@perrot.example"]
)
def test_what_is_no_address_is_refused_for_good(recipient: str) -> None:
    with mail_server() as box:
        answer = make_channel(box.port).send(make_letter(recipient=recipient))
    assert answer == Refused("not_sendable", is_temporary=False)
    assert box.letters == []


def test_only_the_domain_beyond_ascii_is_written_as_dns_knows_it() -> None:
    with mail_server() as box:
        answer = make_channel(box.port).send(make_letter(recipient="zoe@forêt.example"))
    assert isinstance(answer, Accepted)
    assert box.envelopes[0].rcpt_tos == ["zoe@xn--fort-ipa.example"]


# --- accounts and TLS ----------------------------------------------------------------------------


def test_an_account_signs_in() -> None:
    with mail_server(auth_require_tls=False) as box:
        answer = make_channel(box.port, user="garage", password="p@ss").send(LETTER)
    assert isinstance(answer, Accepted)
    assert box.accounts == [("garage", "p@ss")]


def test_a_wrong_password_is_refused_for_now() -> None:
    with mail_server(auth_require_tls=False) as box:
        answer = make_channel(box.port, user="garage", password="wrong").send(LETTER)
    assert answer == Refused("sign_in", is_temporary=True)


def test_no_password_goes_to_another_machine_in_the_clear() -> None:
    with mail_server(hostname=ELSEWHERE, auth_require_tls=False) as box:
        answer = make_channel(box.port, host=ELSEWHERE, user="garage", password="secret").send(LETTER)
    assert answer == Refused("no_tls", is_temporary=True)
    assert box.accounts == []


@pytest.fixture
def certificates(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's side and a client's that trusts it."""
    certificate, key = make_certificate(tmp_path, ELSEWHERE)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))


def test_where_tls_is_offered_it_is_spoken(certificates: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    theirs, ours = certificates
    with mail_server(hostname=ELSEWHERE, tls_context=theirs) as box:
        answer = make_channel(box.port, host=ELSEWHERE, user="garage", password="secret", tls=ours).send(
            LETTER
        )
    assert isinstance(answer, Accepted)
    assert (box.is_encrypted, box.accounts) == ([True], [("garage", "secret")])


def test_tls_from_the_first_byte(certificates: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    theirs, ours = certificates
    with mail_server(hostname=ELSEWHERE, ssl_context=theirs) as box:
        answer = make_channel(box.port, host=ELSEWHERE, is_tls=True, tls=ours).send(LETTER)
    assert isinstance(answer, Accepted)


@pytest.mark.parametrize("is_tls", [False, True])
def test_a_server_whose_certificate_is_not_trusted_gets_nothing(
    certificates: tuple[ssl.SSLContext, ssl.SSLContext], is_tls: bool
) -> None:
    offer = "ssl_context" if is_tls else "tls_context"
    with mail_server(hostname=ELSEWHERE, **{offer: certificates[0]}) as box:
        answer = make_channel(box.port, host=ELSEWHERE, is_tls=is_tls).send(LETTER)
    assert answer == Refused("no_tls", is_temporary=True)
    assert box.letters == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 587)),
        ("smtp://127.0.0.1:25", SmtpServer("127.0.0.1", 25)),
        ("smtps://mail.example", SmtpServer("mail.example", 465, is_tls=True)),
        (
            "smtp://me%40x.example:p%3Aw@mail.example:2525",
            SmtpServer("mail.example", 2525, "me@x.example", "p:w"),
        ),
    ],
)
def test_the_parts_of_the_setting(url: str, server: SmtpServer) -> None:
    assert read_server(url) == server
