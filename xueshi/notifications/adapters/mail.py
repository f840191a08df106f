"""Mail through an SMTP server."""

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formataddr
from typing import Any

from xueshi.notifications.adapters.interface import Failed, Parcel

TIMEOUT_SECONDS = 5


class Smtp:
    """The server as the environment names it: ``host``, ``port``, ``security``, ``user``, ``password``, ``sender``."""

    def __init__(self, chosen: Mapping[str, Any]) -> None:
        self.chosen = chosen

    def send(self, parcel: Parcel) -> None:
        """Hand one mail to the server."""
        try:
            with self._connected() as server:
                server.send_message(self.letter(parcel))
        except smtplib.SMTPRecipientsRefused as problem:
            raise Failed("recipient refused", for_good=True) from problem
        except (OSError, smtplib.SMTPException) as problem:
            raise Failed(type(problem).__name__) from problem

    def letter(self, parcel: Parcel) -> EmailMessage:
        """The mail as it is sent; its id is the same at every try."""
        sender = str(self.chosen["sender"])
        mail = EmailMessage()
        mail["From"] = formataddr(("", sender))
        mail["To"] = parcel.recipient
        mail["Subject"] = parcel.subject
        mail["Message-ID"] = f"<{parcel.key.replace(':', '.')}@{sender.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(parcel.text)
        return mail

    def _connected(self) -> smtplib.SMTP:
        host, port, secure = str(self.chosen["host"]), int(self.chosen["port"]), self.chosen["security"]
        if secure == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        if secure == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.chosen["user"]:
            server.login(str(self.chosen["user"]), str(self.chosen["password"]))
        return server
