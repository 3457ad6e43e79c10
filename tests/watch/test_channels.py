"""Slack, Teams, mail and PagerDuty against servers that check what they get; nothing is lost, nothing is told."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import socketserver
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from maskgate.base.config import Channel as ChannelSettings
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.watch import delivery, undelivered
from maskgate.watch.channels.mail import Mail, Server
from maskgate.watch.channels.message import Answer, Channel, Message
from maskgate.watch.channels.pagerduty import PagerDuty
from maskgate.watch.channels.slack import SlackBot, SlackWebhook, blocks
from maskgate.watch.channels.teams import Teams, card
from maskgate.watch.feed import Feed
from maskgate.watch.notices import Notice
from maskgate.watch.outbox import Outbox

AT = 1_795_300_000.0
LINK = "https://review.example.org/r/r1"
NASTY = "<!channel> *bold* [x](http://evil) \u202egnp.exe <b>&"


def situation(**more: Any) -> dict[str, Any]:
    """A request as a card shows it, as it lies in the feed."""
    return {
        "request_id": "r1", "what": "1-4 records for partner_a", "asked_by": "an agent (signed)", "tier": "high",
        "verb": "export", "destination": "partner_a", "kinds": [["EMAIL_ADDRESS", "1-4"]],
        "expires_ms": 1_795_303_600_000,
        "progress": [["privacy", 1, 2]], "persons": ["ada", "ben"], "names": ["Ada", "Ben"], "state": "waits",
        "decided_by": [],
    } | more  # fmt: skip


def notice(kind: str = "request_opened", level: str = "action", **more: Any) -> dict[str, Any]:
    """A line of the feed."""
    return {
        "seq": 1, "id": "log/0/1", "level": level, "kind": kind, "time_ms": int(AT * 1000), "request_id": "r1",
        "text": "A review is needed: 3 records for partner_a, tier high", "link": LINK, "items": 3, "persons": ["ada"],
        "situation": situation(),
    } | more  # fmt: skip


def post(channel: Channel, line: Mapping[str, Any], ref: Mapping[str, str] | None = None) -> Answer:
    """What the channel makes of one notice."""

    async def go() -> Answer:
        try:
            return await channel.post(Message(line), ref, AT)
        finally:
            await channel.close()

    return asyncio.run(go())


class FakeSlack(ThreadingHTTPServer):
    """Slack's Web API as documented: bearer token, JSON, 200 with ``ok``; answers can be given."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SlackCalls)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, dict[str, Any] | str, dict[str, str]]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/api/"


class _SlackCalls(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, FakeSlack)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        method = self.path.rpartition("/")[2]
        server.calls.append((method, body))
        status, answer, headers = server.answers.pop(0) if server.answers else (200, self._answer(method, body), {})
        data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _answer(self, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if self.headers.get("Authorization") != "Bearer xoxb-test" and "hook" not in self.path:
            return {"ok": False, "error": "invalid_auth"}
        if method == "chat.update" and not {"channel", "ts"} <= set(body):
            return {"ok": False, "error": "cant_update_message"}
        return {"ok": True, "channel": body.get("channel", ""), "ts": body.get("ts", f"{len(self.server.calls)}.0")}  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """A Slack of our own."""
    with FakeSlack() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def bot(slack: FakeSlack, token: str = "xoxb-test", **people: str) -> SlackBot:
    """A bot in one channel."""
    return SlackBot("ops", token, "C1", people, slack.url)


# -- Slack ---------------------------------------------------------------------------------------------------------


def test_a_card_says_what_who_until_when_and_links(slack: FakeSlack) -> None:
    """The card: what, who asks and how that is known, tier, kinds as bands, progress, expiry, persons, a link."""
    answer = post(bot(slack), notice())
    assert answer.taken
    (method, body), text = slack.calls[0], json.dumps(slack.calls[0][1])
    assert method == "chat.postMessage"
    assert body["channel"] == "C1"
    for said in (
        "1-4 records for partner",
        "an agent (signed)",
        "high",
        "EMAIL",
        "privacy 1 of 2",
        "Ada, Ben",
        "2026-11",
    ):
        assert said in text.replace("\\uff3f", "_"), said
    assert [e["url"] for b in body["blocks"] if b["type"] == "actions" for e in b["elements"]] == [LINK]


def test_votes_and_the_decision_are_written_over_the_card(slack: FakeSlack, tmp_path: Path) -> None:
    """One card a request: opened, voted, released are one message, updated in place, with who decided."""
    feed = Feed(tmp_path)
    for n, (kind, state) in enumerate((("request_opened", "waits"), ("voted", "waits"), ("released", "released"))):
        feed.add(
            Notice(
                f"l/0/{n}",
                "info",
                kind,
                int(AT * 1000),
                kind,
                "r1",
                LINK,
                3,
                (),
                situation(state=state, decided_by=["Ada"]),
            )
        )
    box = Outbox(tmp_path, bot(slack))
    assert asyncio.run(box.deliver(AT)) == 3
    assert [method for method, _ in slack.calls] == ["chat.postMessage", "chat.update", "chat.update"]
    assert {body["ts"] for _, body in slack.calls[1:]} == {"1.0"}
    assert "Ada" in json.dumps(slack.calls[2][1])


def test_persons_who_can_decide_are_told_directly(slack: FakeSlack) -> None:
    """Who is mapped to a member id gets a message of their own while the request waits; nobody afterwards."""
    post(bot(slack, ada="U1", zoe="U9"), notice())
    assert [body["channel"] for _, body in slack.calls] == ["C1", "U1"]
    slack.calls.clear()
    post(bot(slack, ada="U1"), notice(situation=situation(state="released", persons=[])))
    assert [body["channel"] for _, body in slack.calls] == ["C1"]


@pytest.mark.parametrize(
    ("answer", "again"),
    [
        ((200, {"ok": False, "error": "channel_not_found"}, {}), False),
        ((200, {"ok": False, "error": "invalid_auth"}, {}), False),
        ((200, {"ok": False, "error": "ratelimited"}, {}), True),
        ((429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "30"}), True),
        ((503, "busy", {}), True),
    ],
    ids=["no channel", "bad token", "rate limited", "429", "down"],
)
def test_ok_false_is_a_failure(slack: FakeSlack, answer: tuple[int, Any, dict[str, str]], again: bool) -> None:
    """Slack answers 200 with ``ok: false``: refused for good or tried again, and the time it asks for is kept."""
    slack.answers = [answer]
    got = post(bot(slack), notice())
    assert (got.taken, got.again) == (False, again)
    assert got.after_s == (30.0 if answer[0] == 429 else 0.0)


def test_nobody_listens(tmp_path: Path) -> None:
    """A Slack that does not answer is tried again."""
    assert post(SlackBot("ops", "xoxb-test", "C1", {}, "http://127.0.0.1:9/api/"), notice()).again


@pytest.mark.parametrize(
    ("status", "body", "taken"), [(200, "ok", True), (200, {"ok": False}, False), (404, "no_service", False)]
)
def test_an_incoming_webhook_posts_and_tells_refusals(slack: FakeSlack, status: int, body: Any, taken: bool) -> None:
    """``ok`` is taken; another answer is not."""
    slack.answers = [(status, body, {})]
    assert post(SlackWebhook("hook", slack.url.replace("/api/", "/hook/x")), notice()).taken is taken


def test_markup_of_strangers_is_text(slack: FakeSlack) -> None:
    """Neither mentions nor links nor direction tricks of a tier or destination come through."""
    line = notice(situation=situation(what=NASTY, tier=NASTY, asked_by=NASTY))
    text = json.dumps(blocks(Message(line)), ensure_ascii=False)
    assert "<!channel>" not in text and "<b>" not in text and "\u202e" not in text
    facts = json.dumps(card(Message(line)), ensure_ascii=False)
    assert "](http" not in facts and "\u202e" not in facts


# -- Teams, PagerDuty: what is posted, and what an answer means ------------------------------------------------------


class Receiver:
    """An HTTP receiver with given answers."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.bodies = list(answers), []  # type: ignore[var-annotated]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        return httpx.Response(self.answers.pop(0) if self.answers else 202)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self))


def test_an_adaptive_card_as_teams_takes_it() -> None:
    """An attachment with an Adaptive Card 1.5: text, facts, one button that opens the page and decides nothing."""
    receiver = Receiver()
    assert post(Teams("teams", "https://example.org/w", receiver.client()), notice()).taken
    (body,) = receiver.bodies
    assert body["type"] == "message"
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    content = attachment["content"]
    assert (content["type"], content["version"]) == ("AdaptiveCard", "1.5")
    assert {element["type"] for element in content["body"]} == {"TextBlock", "FactSet"}
    assert content["actions"] == [{"type": "Action.OpenUrl", "title": "Open the request", "url": LINK}]


def test_an_incident_is_triggered_and_resolved_by_one_key() -> None:
    """Everything about a request has one dedup_key; a vote acknowledges, the decision resolves."""
    receiver = Receiver()
    for line in (notice(), notice("voted", "info"), notice("released", "info", situation=situation(state="released"))):
        assert post(PagerDuty("pd", "R" * 32, client=receiver.client()), line).taken
    assert [body["event_action"] for body in receiver.bodies] == ["trigger", "acknowledge", "resolve"]
    assert {body["dedup_key"] for body in receiver.bodies} == {"maskgate/r1"}
    payload = receiver.bodies[0]["payload"]
    assert {"summary", "source", "severity"} <= set(payload) and payload["severity"] in (
        "critical",
        "error",
        "warning",
        "info",
    )


@pytest.mark.parametrize(
    ("status", "taken", "again"), [(202, True, False), (400, False, False), (429, False, True), (500, False, True)]
)
def test_what_an_answer_means(status: int, taken: bool, again: bool) -> None:
    """2xx is taken, 4xx is final, 429 and 5xx are tried again: in every channel over HTTP."""
    for make in (lambda c: Teams("t", "https://example.org", c), lambda c: PagerDuty("p", "R", client=c)):
        answer = post(make(Receiver(status).client()), notice())
        assert (answer.taken, answer.again) == (taken, again)


# -- mail ----------------------------------------------------------------------------------------------------------


class FakeSmtp(socketserver.ThreadingTCPServer):
    """As much of SMTP as a sender needs; ``refuse`` answers RCPT with that code."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.mails: list[str] = []
        self.refuse = 0


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")  # noqa: E731
        server = self.server
        assert isinstance(server, FakeSmtp)
        say("220 fake")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                say("354 go on")
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line)
                server.mails.append(b"".join(lines).decode())
                say("250 taken")
            elif verb == b"RCPT" and server.refuse:
                say(f"{server.refuse} no")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    """A mail server without STARTTLS."""
    with FakeSmtp() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def mail(smtp: FakeSmtp, starttls: bool = False) -> Mail:
    """A reader behind that server."""
    server = Server("127.0.0.1", smtp.server_address[1], starttls)
    return Mail("mail", server, "maskgate@example.org", ["ada@example.org"])


def test_a_mail_has_text_and_html_and_its_thread(smtp: FakeSmtp) -> None:
    """Subject, both parts, the link; mails about one request are one thread; a line of a stranger adds no header."""
    line = notice(text="A review is needed\r\nBcc: evil@example.org", situation=situation(what=NASTY))
    assert post(mail(smtp), line).taken
    parsed = email.message_from_string(smtp.mails[0], policy=email.policy.default)
    assert parsed["Subject"] == "[maskgate] A review is needed⟨U+000D⟩ Bcc: evil@example.org"
    assert parsed["Bcc"] is None and str(parsed["References"]).startswith("<")
    plain, markup = (parsed.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert LINK in plain and LINK in markup
    assert "<!channel>" not in markup and "<b>" not in markup


@pytest.mark.parametrize(("code", "again"), [(450, True), (550, False)])
def test_a_refused_reader(smtp: FakeSmtp, code: int, again: bool) -> None:
    """4yz is tried again, 5yz is final."""
    smtp.refuse = code
    answer = post(mail(smtp), notice())
    assert (answer.taken, answer.again) == (False, again)


def test_without_starttls_nothing_is_sent(smtp: FakeSmtp) -> None:
    """A server that cannot encrypt gets no mail unless the settings say so."""
    answer = post(mail(smtp, starttls=True), notice())
    assert (answer.taken, answer.again, smtp.mails) == (False, False, [])


# -- settings and the outbox ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"kind": "slack", "secret": "xoxb-test"}, "needs 'channel'"),
        ({"kind": "teams"}, "needs 'url'"),
        ({"kind": "mail", "host": "h", "sender": "a@b"}, "needs 'to'"),
        ({"kind": "teams", "url": "ftp://example.org"}, "not an http"),
        ({"kind": "teams", "url": "http://example.org/x"}, "not https"),
        ({"kind": "webhook", "url": "https://127.0.0.1/x"}, "private network"),
        ({"kind": "webhook", "url": "https://169.254.169.254/latest"}, "private network"),
        ({"kind": "webhook", "url": "https://[::1]/x"}, "private network"),
    ],
)
def test_a_wrong_channel_is_refused_at_the_start(settings: dict[str, Any], said: str) -> None:
    """A missing setting, no https, a private address: refused with the name of the channel, without its secret."""
    with pytest.raises(ConfigurationError, match=said) as caught:
        delivery.make(ChannelSettings.model_validate({"name": "x", **settings}))
    assert "xoxb" not in str(caught.value)


def test_filters_let_through_what_they_name() -> None:
    """Level, tier, group, verb, destination and kind; what is about no request is judged by its level alone."""
    line = notice()
    for more, through in (
        ({}, True), ({"levels": ["action"]}, True), ({"levels": ["alarm"]}, False), ({"tiers": ["high"]}, True),
        ({"tiers": ["low"]}, False), ({"groups": ["privacy"]}, True), ({"groups": ["legal"]}, False),
        ({"verbs": ["export"]}, True), ({"verbs": ["unmask"]}, False), ({"destinations": ["partner_b"]}, False),
        ({"entities": ["EMAIL_ADDRESS"]}, True), ({"entities": ["IBAN_CODE"]}, False),
    ):  # fmt: skip
        wanted = delivery.wants(ChannelSettings.model_validate({"name": "x", "kind": "teams", **more}))
        assert wanted(line) is through, more
    alarm = {key: value for key, value in notice(level="alarm").items() if key != "situation"}
    assert delivery.wants(ChannelSettings(name="x", kind="teams", tiers=("low",)))(alarm)


def test_each_channel_has_its_own_way_and_keeps_what_it_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that refuses keeps the notice under its name and says so; the other delivers; redelivery finds its own."""
    Feed(tmp_path).add(Notice("l/0/1", "action", "request_opened", int(AT * 1000), "t", "r1", LINK, 1, (), situation()))
    bad, good = Receiver(400, 202), Receiver(202)
    boxes = [
        Outbox(tmp_path, Teams("bad", "https://e.org", bad.client())),
        Outbox(tmp_path, Teams("good", "https://e.org", good.client())),
    ]

    async def go() -> list[list[tuple[str, str]]]:
        assert [await box.deliver(AT) for box in boxes] == [1, 1]
        assert [entry["channel"] for entry in undelivered.read(tmp_path)] == ["bad"]
        return [await box.redeliver(AT) for box in reversed(boxes)]

    assert asyncio.run(go()) == [[], [("l/0/1", "")]]
    assert undelivered.read(tmp_path) == []
    assert (len(good.bodies), len(bad.bodies)) == (1, 2)
    assert "notice_not_delivered" in capsys.readouterr().err


def test_two_channels_of_one_name_are_refused(tmp_path: Path) -> None:
    """They would share a cursor."""
    one = {"name": "x", "kind": "pagerduty", "secret": "R"}
    settings = Settings.model_validate({"channels": [one, one], "pipeline": {"state_dir": str(tmp_path)}})
    with pytest.raises(ConfigurationError, match="two are called 'x'"):
        delivery.outboxes(settings)
