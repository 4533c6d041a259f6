"""News reaches a webhook and a mail server on loopback; what is down stops nothing."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from phare_pipeline.errors import PhareError
from phare_pipeline.service.notify import News, tell
from phare_pipeline.service.settings import Notify, load_settings

NEWS = News("release", "phare run", "Nouvelle publication : « édition 2016 »", "0123456789abcdef")
# A port of loopback that nobody listens on.
DEAD = 9


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[bytes]]]:
    """A webhook on loopback and what it was told."""
    told: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(500 if self.path.startswith("/broken") else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", told
        server.shutdown()


@pytest.fixture
def mail() -> Iterator[tuple[str, list[bytes]]]:
    """A mail server on loopback, as much of SMTP as it takes, and the messages it was given."""
    received: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 loopback\r\n")
            for line in self.rfile:
                word = line[:4].upper().strip()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    received.append(b"".join(lines))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", received
        server.shutdown()


def test_a_webhook_gets_one_object(webhook):
    address, told = webhook
    problems: list[str] = []
    tell(NEWS, Notify(webhook=f"{address}/hook?secret=abc"), problems.append)
    assert problems == []
    assert [json.loads(body) for body in told] == [
        {"event": "release", "what": NEWS.what, "text": NEWS.text, "release": NEWS.release}
    ]


def test_a_mail_says_it_to_all(mail):
    server, received = mail
    problems: list[str] = []
    tell(NEWS, Notify(mail_to=("a@example.org", "b@example.org"), smtp=server), problems.append)
    assert problems == []
    [message] = [message_from_bytes(found, policy=policy.default) for found in received]
    assert message["To"] == "a@example.org, b@example.org"
    assert "release" in message["Subject"]
    assert message.get_content().strip() == NEWS.text


def test_who_is_down_is_reported_and_the_other_is_told(webhook, mail):
    address, _ = webhook
    server, received = mail
    problems: list[str] = []
    broken = Notify(webhook=f"{address}/broken?secret=abc", mail_to=("a@example.org",), smtp=server)
    tell(NEWS, broken, problems.append)
    assert len(received) == 1
    tell(NEWS, Notify(mail_to=("a@example.org",), smtp=f"127.0.0.1:{DEAD}"), problems.append)
    assert len(problems) == 2 and "500" in problems[0]
    assert "secret" not in "".join(problems)


def test_nobody_is_told_by_default(webhook):
    _, told = webhook
    tell(NEWS, Notify(), pytest.fail)
    assert told == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[notify]\nwebhook = "file:///etc/passwd"', "notify.webhook"),
        ('[notify]\nsmtp = "nowhere"', "notify.smtp"),
        ("[retention]\nreleases = 0", "retention.releases"),
        ("[freshness.sources]\na = -3", "freshness.sources.a"),
        ("[retentions]\nreleases = 3", "retentions"),
    ],
)
def test_wrong_settings_are_named(tmp_path, text, where):
    path = tmp_path / "service.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(PhareError) as refused:
        load_settings(path)
    assert where in str(refused.value)


def test_settings_are_read_and_may_be_left_out(tmp_path):
    path = tmp_path / "service.toml"
    path.write_text("[freshness]\ndays = 10\n[freshness.sources]\na = 3\n", "utf-8")
    freshness = load_settings(path).freshness
    assert (freshness.days_of("a"), freshness.days_of("b")) == (3, 10)
    assert load_settings(tmp_path / "none.toml").notify.mail_to == ()
