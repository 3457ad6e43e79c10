"""Where the demo's reviewers are told: a server of this process that takes what Slack's incoming webhook takes.

Nothing leaves the machine. A card is shown in the terminal as Slack would show it: title, facts, button.
"""

from __future__ import annotations

import json
import textwrap
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from maskgate.approvals.messages import plain

Card = Mapping[str, Any]
PATH = "/services/demo"
_MAX_BODY = 1 << 20
_WIDTH = 76
_KEPT = 200
_PLAIN = str.maketrans("＿∗∼ˋ¦", "_*~`|")  # signs that would be markup in Slack


class Messenger:
    """A loopback server; `with` ends it."""

    def __init__(self) -> None:
        self.cards: list[Card] = []
        """What came, oldest first."""
        taken = self.cards

        class Answers(BaseHTTPRequestHandler):
            timeout = 10

            def do_POST(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                try:
                    card = json.loads(self.rfile.read(size)) if self.path == PATH and size <= _MAX_BODY else None
                except ValueError:
                    card = None
                if isinstance(card, dict) and len(taken) < _KEPT:
                    taken.append(card)
                self.send_response(200 if isinstance(card, dict) else 400)
                self.end_headers()
                self.wfile.write(b"ok" if isinstance(card, dict) else b"invalid_payload")

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the terminal belongs to the demo."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"
        threading.Thread(target=self._server.serve_forever, name="messenger", daemon=True).start()

    def __enter__(self) -> Messenger:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def asks(card: Card) -> bool:
    """Whether somebody is asked to decide: it says until when."""
    return any(line.startswith("Expires:") for line in _told(card))


def shown(card: Card) -> list[str]:
    """A card as lines of a box."""
    inner = [piece for line in _told(card) for piece in textwrap.wrap(line, _WIDTH) or [""]]
    return ["┌" + "─" * (_WIDTH + 2), *(f"│ {line}" for line in inner), "└" + "─" * (_WIDTH + 2)]


def _told(card: Card) -> Iterator[str]:
    for block in card.get("blocks") or ():
        if block.get("type") == "header":
            yield _text(block.get("text"))
        for fact in block.get("fields") or ():
            name, _, value = _text(fact).partition("\n")
            yield f"{name.strip('*')}: {value}"
        for element in block.get("elements") or ():
            yield f"[ {_text(element.get('text'))} ]  {plain.one_line(str(element.get('url', '')), 200)}"


def _text(part: object) -> str:
    text = str(part.get("text", "")) if isinstance(part, dict) else ""
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(written, meant)
    text = text.translate(_PLAIN)
    return "\n".join(plain.one_line(line, 400) for line in text.split("\n"))
