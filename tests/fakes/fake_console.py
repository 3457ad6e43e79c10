"""A console beside a gate in memory: what it sends reaches the gate at once, and what the gate writes its index."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import fake_office as office
from gate_run import World
from starlette.testclient import TestClient

from maskgate.client import Client
from maskgate.console.app import create_app
from maskgate.console.context import Context
from maskgate.console.heart import Heart
from maskgate.console.index import Index
from maskgate.crypto import signing
from maskgate.gate.view import TICK_KEY
from maskgate.kafka import topics

ORIGIN = "http://localhost:8300"


class FakeTexts:
    """Masks what looks like a mail address; forbids what looks like a card."""

    def mask(self, text: str) -> str:
        return re.sub(r"\S+@\S+", "<EMAIL_ADDRESS>", text)

    def forbidden(self, text: str) -> list[str]:
        return ["CREDIT_CARD"] if "4111111111111111" in text else []


class Site:
    """World, context and a browser."""

    def __init__(self, folder: Path, console: Any = None, policy: Any = None, **gate: Any) -> None:
        self.world = World(folder, console=console, policy=policy, **gate)
        self._turn = threading.RLock()  # the console sends from threads; the gate of a test is one process
        self.read = {topics.STATE: 0, topics.LOG: 0}
        self.alive = True
        self.context = Context(
            settings=self.world.settings,
            index=Index(":memory:"),
            wire=self,
            texts=FakeTexts(),
            intake=office.key("intake"),
            gate_public=office.key("gate").public,
            session_signer=office.key("console"),
            claims_signer=office.key("console"),
            clock=lambda: self.world.broker.now / 1000,
            heart=Heart(lambda: self.world.broker.now / 1000),
        )
        self.context.caught_up.set()
        self.app = create_app(self.context)
        self.sync()

    # ── the wire of the console ──
    def send(self, topic: str, value: bytes, key: bytes | None = None) -> int:
        with self._turn:
            offset = self.world.broker.append(topic, value, key)
            if self.alive:
                self.sync()
        return offset

    def items(self, offsets: Iterable[int]) -> dict[int, bytes]:
        return self.world.port.items(offsets)

    def sync(self) -> None:
        """Let the gate work, and the console read what it wrote."""
        with self._turn:
            self._sync()

    def _sync(self) -> None:
        self.world.run()
        new = {t: self.world.broker.records.get(t, [])[self.read[t] :] for t in self.read}
        views = [((out.key or b"").decode(), out.value) for _, out in new[topics.STATE] if out.key != TICK_KEY]
        log = [(self.read[topics.LOG] + n, at, out.value) for n, (at, out) in enumerate(new[topics.LOG])]
        self.context.index.write(views, log)
        for raw in (out.value for _, out in new[topics.STATE] if out.key == TICK_KEY):
            self.context.heart.hear(raw)
        self.read = {t: self.read[t] + len(rows) for t, rows in new.items()}
        self.context.pulse.beat()

    def hold(self, **fields: Any) -> Any:
        request = self.world.hold(**fields)
        self.sync()
        return request

    # ── people ──
    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=ORIGIN, follow_redirects=False)

    def signed_in(self, person: str) -> TestClient:
        """A browser in which this person has signed in with their key."""
        browser = self.browser()
        draft = self.post(browser, "/signin/challenge", {}).json()
        answer = self.post(browser, "/signin", {"envelope": sign(draft, person)})
        assert answer.status_code == 200, answer.text
        return browser

    def post(self, browser: TestClient, path: str, body: Any, **headers: str) -> Any:
        """A call as our own page makes it."""
        page = browser.get("/signin", follow_redirects=True)
        token = re.search(r'data-csrf="([0-9a-f]+)"', page.text)
        assert token
        head = {"x-csrf-token": token[1], "origin": ORIGIN} | headers
        return browser.post(path, json=body, headers=head)

    def client(self, name: str, **named: Any) -> Client:
        """The API client of a key."""
        made = Client(ORIGIN, office.key(name), **named)
        made._http = TestClient(self.app, base_url=ORIGIN)  # the same interface, without a socket
        return made

    def close(self) -> None:
        self.world.stop()
        self.context.index.close()


def sign(draft: dict[str, Any], person: str) -> dict[str, Any]:
    """What the browser does with a draft."""
    import base64
    import json

    raw = signing.seal(draft["payload_type"], base64.b64decode(draft["payload"]), [office.key(person)])
    return dict(json.loads(raw))
