"""Mail by SMTP, with STARTTLS: a plain and an HTML part, and threads by request (RFC 5322 ``References``)."""

from __future__ import annotations

import asyncio
import hashlib
import html
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from maskgate.approvals.messages import plain
from maskgate.watch.channels.message import TAKEN, Answer, Message

_TIMEOUT_S = 15


@dataclass(frozen=True, slots=True)
class Server:
    """The SMTP server; without STARTTLS a password is never sent."""

    host: str
    port: int = 587
    starttls: bool = True
    user: str = ""
    password: str = ""
    ca: str | None = None


def compose(message: Message, sender: str, to: Sequence[str]) -> EmailMessage:
    """The mail: the notice as its subject, the facts as text and as a table, the link."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Date"] = sender, ", ".join(to), formatdate()
    mail["Subject"] = plain.one_line(f"[maskgate] {message.title}", 150)
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    mail["Message-ID"] = f"<{_digest(str(message.notice['id']))}@{domain}>"
    if message.request_id:
        mail["References"] = f"<{_digest(message.request_id)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    link = str(message.notice.get("link", ""))
    lines = [message.title, "", *(f"{name}: {value}" for name, value in message.facts), "", link]
    mail.set_content("\n".join(lines).strip() + "\n")
    rows = "".join(f"<tr><th align=left>{html.escape(n)}</th><td>{html.escape(v)}</td></tr>" for n, v in message.facts)
    anchor = f'<p><a href="{html.escape(link, quote=True)}">Open the request</a></p>' if link else ""
    mail.add_alternative(f"<h3>{html.escape(message.title)}</h3><table>{rows}</table>{anchor}", subtype="html")
    return mail


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Mail:
    """One server and its readers."""

    updates = False

    def __init__(self, name: str, server: Server, sender: str, to: Sequence[str]) -> None:
        self.name, self._server, self._sender, self._to = name, server, sender, tuple(to)

    async def post(self, message: Message, ref: Mapping[str, str] | None, at: float) -> Answer:
        """Send the mail."""
        return await asyncio.to_thread(self._send, compose(message, self._sender, self._to))

    def _send(self, mail: EmailMessage) -> Answer:
        server = self._server
        try:
            with smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S) as smtp:
                if server.starttls:
                    smtp.starttls(context=ssl.create_default_context(cafile=server.ca))
                if server.user and server.starttls:
                    smtp.login(server.user, server.password)
                refused = smtp.send_message(mail)
        except smtplib.SMTPResponseException as error:  # 4yz is transient, 5yz is final (RFC 5321 §4.2.1)
            return Answer(again=400 <= error.smtp_code < 500, why=f"the mail server answered {error.smtp_code}")
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            return Answer(again=all(400 <= c < 500 for c in codes), why="the mail server refused every reader")
        except smtplib.SMTPNotSupportedError:
            return Answer(why="the mail server has no STARTTLS; set starttls: false only where the way is safe")
        except ssl.SSLCertVerificationError:
            return Answer(why="the mail server's certificate is not trusted; name its CA with 'ca'")
        except (OSError, smtplib.SMTPException) as error:
            return Answer(again=True, why=f"no answer from the mail server: {type(error).__name__}")
        return TAKEN if not refused else Answer(taken=True, why=f"{len(refused)} readers were refused")

    async def close(self) -> None:
        """A connection lasts for one mail."""
