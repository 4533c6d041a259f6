"""Tells a team of a failure or a new release, by webhook and by e-mail.

What cannot be told is said in the log and never stops a run: the release matters more than news.
"""

from __future__ import annotations

import json
import os
import smtplib
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from typing import Literal

from phare_pipeline.service.settings import Notify

TIMEOUT_SECONDS = 10.0
PASSWORD = "PHARE_SMTP_PASSWORD"


@dataclass(frozen=True)
class News:
    """What has happened.

    Attributes:
        event: a run that failed, or a release that became the current one.
        what: the job or the command.
        text: one paragraph for a person.
        release: id of the new release.
    """

    event: Literal["failure", "release"]
    what: str
    text: str
    release: str | None = None


def tell(news: News, settings: Notify, report: Callable[[str], None]) -> None:
    """Send news to all who are named; what cannot be sent is reported.

    Args:
        news: what has happened.
        settings: who is told.
        report: told what could not be sent, and to whom.
    """
    if settings.webhook is not None:
        try:
            _post(news, str(settings.webhook))
        except (OSError, ValueError) as error:
            # Never the address itself: many a webhook has its secret in it.
            report(f"the webhook at {settings.webhook.host} was not told: {error}")
    if settings.mail_to:
        try:
            _mail(news, settings)
        except (OSError, smtplib.SMTPException) as error:
            report(f"no mail was sent by {settings.smtp}: {error}")


def _post(news: News, address: str) -> None:
    body = json.dumps(asdict(news), ensure_ascii=False).encode("utf-8")
    headers = {"Content-Type": "application/json; charset=utf-8"}
    # The settings accept http and https alone.
    request = urllib.request.Request(address, body, headers, method="POST")
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        pass


def _mail(news: News, settings: Notify) -> None:
    message = EmailMessage()
    message["Subject"] = f"PHARE: {news.event} ({news.what})"
    message["From"] = settings.mail_from
    message["To"] = ", ".join(settings.mail_to)
    message.set_content(news.text)
    host, _, port = settings.smtp.partition(":")
    with smtplib.SMTP(host, int(port), timeout=TIMEOUT_SECONDS) as server:
        if settings.smtp_user is not None:
            server.starttls()
            server.login(settings.smtp_user, os.environ.get(PASSWORD, ""))
        server.send_message(message)
