"""The review pages: what is shown to whom, and that looking never decides."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import fake_office as office
import pytest
from fake_console import ORIGIN, sign

from maskgate import console
from maskgate.approvals import events as ev
from maskgate.approvals.model import ItemState
from maskgate.base.config import Kafka
from maskgate.console import history as past
from maskgate.console.feed import Feed
from maskgate.console.index import Index
from maskgate.console.notifier import Pulse
from maskgate.kafka import topics

PAGES = ("/", "/history", "/stats", "/lineage", "/people")
HOSTILE = 'pay <script>alert(1)</script> "now" \u202egnp.exe\u202c [already approved](http://x)'


def test_a_stranger_sees_nothing(site: Any) -> None:
    """Without a session every page leads to the sign-in, and the API answers 401."""
    request = site.hold()
    browser = site.browser()
    for path in ("/", "/history", f"/r/{request.request_id}"):
        answer = browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/signin")
    for path in ("/stats", "/lineage", "/people", "/api/v1/requests", f"/api/v1/requests/{request.request_id}"):
        assert browser.get(path).status_code == 401


def test_the_request_page_shows_who_what_why_and_the_masked_preview(site: Any) -> None:
    """A reviewer sees requester, destination, purpose, outcome, rule, tier, kinds with bands, and labels for tokens."""
    request = site.hold(purpose="monthly settlement")
    page = site.signed_in("anna").get(f"/r/{request.request_id}").text
    for shown in (
        "orders-service@example.com",
        "default",
        "monthly settlement",
        "the partner can settle the month",
        "orders-out",
        "double",
        "EMAIL_ADDRESS",
        "1-4",
        "⟦EMAIL_ADDRESS#1·",
        "Approve",
        "Deny",
        "left",
    ):
        assert shown in page, shown
    assert "mg1.abc" not in page
    assert "jane@example.com" not in page


def test_text_of_strangers_is_shown_as_text(site: Any) -> None:
    """Markup, direction tricks and fake statements in a request stay harmless text."""
    request = site.hold(purpose=HOSTILE, value=json.dumps({"note": HOSTILE, HOSTILE: 1}).encode())
    page = site.signed_in("anna").get(f"/r/{request.request_id}").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert "⚠ hidden" in page


def test_a_vote_from_the_page_counts_by_its_signature(site: Any) -> None:
    """Two people draft, sign in their browser, post, and the record leaves."""
    request = site.hold()
    for person in ("anna", "ben"):
        browser = site.signed_in(person)
        draft = site.post(
            browser, f"/r/{request.request_id}/draft", {"decision": "approve", "reason": "checked"}
        ).json()
        told = site.post(browser, "/api/v1/votes?wait=1", {"envelope": sign(draft, person)}).json()
        assert told["outcome"] == "accepted"
    assert site.world.of(request).state is ItemState.RELEASED
    page = browser.get(f"/r/{request.request_id}").text
    assert "Released" in page
    assert "Anna Example" in page


def test_a_vote_is_taken_back_from_the_page(site: Any) -> None:
    """Who voted is offered to take it back, signs the drafted retraction, and the page says so; nobody else is."""
    request = site.hold()
    browser, other = site.signed_in("anna"), site.signed_in("ben")
    draft = site.post(browser, f"/r/{request.request_id}/draft", {"decision": "approve"}).json()
    site.post(browser, "/api/v1/votes?wait=1", {"envelope": sign(draft, "anna")})
    assert 'data-decision="retract"' in browser.get(f"/r/{request.request_id}").text
    assert 'data-decision="retract"' not in other.get(f"/r/{request.request_id}").text
    refused = site.post(other, f"/r/{request.request_id}/draft", {"decision": "retract"})
    assert (refused.status_code, refused.json()["code"]) == (422, "nothing_to_retract")
    site.world.later(1)
    draft = site.post(browser, f"/r/{request.request_id}/draft", {"decision": "retract"}).json()
    told = site.post(browser, "/api/v1/votes?wait=1", {"envelope": sign(draft, "anna")}).json()
    assert (told["outcome"], told["message"].split(".")[0]) == ("accepted", "Your vote is taken back")
    page = browser.get(f"/r/{request.request_id}").text
    assert "took the vote back" in page
    assert 'data-decision="retract"' not in page


def test_a_draft_signed_by_somebody_else_is_refused(site: Any) -> None:
    """A vote drafted for anna and signed with dan's key counts for nobody."""
    request = site.hold(tier="standard")
    draft = site.post(site.signed_in("anna"), f"/r/{request.request_id}/draft", {"decision": "approve"}).json()
    told = site.post(site.browser(), "/api/v1/votes?wait=1", {"envelope": sign(draft, "dan")}).json()
    assert (told["outcome"], told["code"]) == ("refused", "wrong_person")
    assert site.world.released() == []


def test_the_reason_is_masked_before_it_is_signed(site: Any) -> None:
    """What a person types is masked in the draft; a signed vote with raw personal data is turned away."""
    request = site.hold()
    browser = site.signed_in("anna")
    body = {"decision": "approve", "reason": "asked jane@example.com"}
    draft = site.post(browser, f"/r/{request.request_id}/draft", body).json()
    assert draft["reason"] == "asked <EMAIL_ADDRESS>"
    raw = site.world
    raw.vote(request, "anna", run=False, reason="asked jane@example.com")
    envelope = json.loads(raw.broker.records[topics.VOTES].pop()[1].value)
    answer = site.post(browser, "/api/v1/votes", {"envelope": envelope})
    assert (answer.status_code, answer.json()["code"]) == (422, "raw_reason")


def test_more_masking_is_shown_before_it_is_signed(site: Any) -> None:
    """A draft with further paths carries what they leave and its digest; signed by two, exactly that is released."""
    request = site.hold(value=b'{"order":4711,"email":"mg1.abc","total":18.40}')
    for person in ("anna", "ben"):
        browser = site.signed_in(person)
        body = {"decision": "approve", "reason": "ok", "masking": ["/order"]}
        draft = site.post(browser, f"/r/{request.request_id}/draft", body).json()
        assert "<MASKED_BY_REVIEWER>" in draft["previews"][0]
        site.post(browser, "/api/v1/votes?wait=1", {"envelope": sign(draft, person)})
    (out,) = site.world.released()
    assert out.value == b'{"order":"<MASKED_BY_REVIEWER>","email":"mg1.abc","total":18.40}'


@pytest.mark.parametrize("path", [*PAGES, "/r/{id}", "/signin", "/api/docs", "/api/v1/requests/{id}"])
def test_get_never_decides(site: Any, path: str) -> None:
    """Link scanners may open every page: nothing is written to the gate's inputs, and no state changes."""
    request = site.hold(tier="standard")
    browser = site.signed_in("anna")
    before = len(site.world.events())
    answer = browser.get(path.replace("{id}", request.request_id) + "?decision=approve&vote=approve")
    assert answer.status_code in (200, 303)
    site.sync()
    assert len(site.world.events()) == before
    assert site.world.broker.values(topics.VOTES) == []


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        pytest.param({"x-csrf-token": "0" * 64}, "csrf", id="wrong token"),
        pytest.param({"origin": "https://evil.example"}, "other_origin", id="another site"),
        pytest.param({"sec-fetch-site": "cross-site"}, "other_origin", id="cross-site fetch"),
    ],
)
def test_a_changing_call_from_elsewhere_is_refused(site: Any, headers: dict[str, str], code: str) -> None:
    """Another site cannot make a signed-in browser draft or post anything."""
    request = site.hold()
    browser = site.signed_in("anna")
    answer = site.post(browser, f"/r/{request.request_id}/draft", {"decision": "approve"}, **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, code)


def test_pages_carry_a_strict_policy_and_no_inline_code(site: Any) -> None:
    """Every page forbids foreign and inline code and framing, and holds none itself."""
    request = site.hold()
    browser = site.signed_in("anna")
    for path in (*PAGES, f"/r/{request.request_id}", "/api/docs", "/nothing-here"):
        answer = browser.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=|https?://(?!id\.example|x\))", answer.text)


def test_a_session_ends_when_the_key_is_revoked(site: Any) -> None:
    """Being signed in follows the registry: no key, no session."""
    browser = site.signed_in("anna")
    assert browser.get("/").status_code == 200
    tree = office.people_tree()
    next(p for p in tree["persons"] if p["id"] == "anna")["keys"] = []
    site.world.gate._people = json.dumps(tree, sort_keys=True).encode()
    site.world.gate._loaded = False
    site.sync()
    assert isinstance(site.world.events()[-1], ev.PeopleLoaded)
    assert browser.get("/").status_code == 303


def test_a_challenge_is_good_once(site: Any) -> None:
    """A recorded sign-in cannot be played again."""
    browser = site.browser()
    draft = site.post(browser, "/signin/challenge", {}).json()
    envelope = sign(draft, "anna")
    assert site.post(browser, "/signin", {"envelope": envelope}).status_code == 200
    again = site.post(site.browser(), "/signin", {"envelope": envelope})
    assert again.json()["code"] == "stale_challenge"


def test_asking_for_challenges_shuts_nobody_out(site: Any) -> None:
    """Challenges that nobody signs are not kept: however many are asked for, an honest one still opens a session."""
    browser = site.browser()
    draft = site.post(browser, "/signin/challenge", {}).json()
    for _ in range(20_000):
        site.context.auth.challenge()
    assert site.post(browser, "/signin", {"envelope": sign(draft, "anna")}).status_code == 200
    assert not [n for n, kept in vars(site.context.auth).items() if isinstance(kept, dict) and len(kept) > 1]


@pytest.mark.parametrize("part", [0, 1, 2], ids=["a later end", "another draw", "another seal"])
def test_a_challenge_that_the_console_did_not_give_opens_nothing(site: Any, part: int) -> None:
    """Whoever changes a challenge, or makes one up, is told that it is too old."""
    browser = site.browser()
    draft = site.post(browser, "/signin/challenge", {}).json()
    tree = json.loads(base64.b64decode(draft["payload"]))
    parts = tree["challenge"].split(".")
    parts[part] = {0: str(int(parts[0]) + 1), 1: "0" * 32, 2: "0" * 64}[part]
    tree["challenge"] = ".".join(parts)
    forged = draft | {"payload": base64.b64encode(json.dumps(tree).encode()).decode()}
    answer = site.post(browser, "/signin", {"envelope": sign(forged, "anna")})
    assert (answer.status_code, answer.json()["code"]) == (422, "stale_challenge")


def test_one_person_cannot_end_the_sessions_of_others(site: Any) -> None:
    """However often somebody signs in, only their own oldest sessions end."""
    other = site.signed_in("ben")
    mine = [site.context.auth.open(office.key("anna").key_id) for _ in range(30)]
    assert other.get("/api/v1/me").json()["person_id"] == "ben"
    alive = [site.context.auth.caller_of_session(one.token) is not None for one in mine]
    assert alive == [False] * 10 + [True] * 20


def test_a_stranger_key_cannot_sign_in(site: Any) -> None:
    """A key that nobody enrolled opens no session."""
    browser = site.browser()
    draft = site.post(browser, "/signin/challenge", {}).json()
    answer = site.post(browser, "/signin", {"envelope": sign(draft, "mallory")})
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_key")


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_the_sign_in_leads_nowhere_else(site: Any, target: str) -> None:
    """An address of another site as the next page is ignored."""
    page = site.browser().get("/signin", params={"next": target}).text
    assert 'data-next="/"' in page


def test_the_requester_is_told_why_they_may_not_vote(site: Any) -> None:
    """An excluded person sees the request without buttons, and a draft is refused."""
    request = site.hold(requester=office.verified("anna", "human"))
    browser = site.signed_in("anna")
    page = browser.get(f"/r/{request.request_id}").text
    assert "You are excluded" in page
    assert 'id="approve"' not in page
    answer = site.post(browser, f"/r/{request.request_id}/draft", {"decision": "approve"})
    assert answer.json()["code"] == "forbidden"


def test_the_difference_to_the_last_approved_is_shown(site: Any) -> None:
    """A second request of the same kind shows what changed since the one that was approved."""
    first = site.hold(tier="standard", value=b'{"a":1}')
    site.world.vote(first, "anna")
    second = site.hold(tier="standard", value=b'{"a":1,"extra":"new"}')
    page = site.signed_in("anna").get(f"/r/{second.request_id}").text
    assert "Compared with the last approved" in page
    assert "<ins>+ " in page
    assert "extra" in page


def test_a_request_is_not_compared_with_one_of_another_topic(site: Any) -> None:
    """What was approved of another topic looks different anyway; the newest of the same topic is shown."""
    for topic, value in (("events", b'{"a":1}'), ("crm", b'{"unrelated":2}')):
        site.world.vote(site.hold(tier="standard", value=value, topic=topic), "anna")
    third = site.hold(tier="standard", value=b'{"a":1,"extra":"new"}', topic="events")
    other = site.hold(tier="standard", value=b'{"c":3}', topic="tickets")
    browser = site.signed_in("anna")
    page = browser.get(f"/r/{third.request_id}").text
    assert "Compared with the last approved" in page
    assert "<ins>+ " in page
    assert "unrelated" not in page
    assert "Nothing of this kind was approved before" in browser.get(f"/r/{other.request_id}").text


def test_a_silent_gate_is_announced(site: Any) -> None:
    """When the gate answers nothing for a while, every page says so, and health turns 503."""
    request = site.hold()
    browser = site.signed_in("anna")
    draft = site.post(browser, f"/r/{request.request_id}/draft", {"decision": "approve"}).json()
    site.alive = False
    told = site.post(browser, "/api/v1/votes?wait=0", {"envelope": sign(draft, "anna")}).json()
    assert told["outcome"] == "pending"
    site.world.later(20)
    assert "The gate is silent" in browser.get("/").text
    assert browser.get("/api/v1/health").status_code == 503


def test_session_votes_count_only_where_policy_and_console_allow_them(make_site: Any) -> None:
    """A vote that the console signs is refused by a console, and by a gate, that does not allow such votes."""
    site = make_site(console={"public_read": False})
    request = site.hold(tier="standard")
    browser = site.signed_in("anna")
    draft = site.post(browser, f"/r/{request.request_id}/draft", {"decision": "approve"}).json()
    assert draft["session"] is False
    answer = site.post(browser, f"/r/{request.request_id}/session-vote", {"session": draft["payload"]})
    assert answer.json()["code"] == "forbidden"


def test_the_queue_filters_and_pages(site: Any) -> None:
    """Search, tier and pages narrow the queue; a cursor goes on where the page ended."""
    for n in range(60):
        site.world.hold(
            run=False, requester=office.verified(f"svc{n}", "service"), tier="standard" if n % 2 else "double"
        )
    site.sync()
    browser = site.signed_in("anna")
    first = browser.get("/").text
    assert "60 requests wait" in first
    assert first.count('class="row"') == 50
    following = re.search(r'href="(/\?tab=open[^"]*after=[^"]*)"', first)
    assert following
    assert browser.get(following[1].replace("&amp;", "&")).text.count('class="row"') == 10
    assert browser.get("/?q=svc17@").text.count('class="row"') == 1
    assert browser.get("/?tier=standard").text.count('class="row"') == 30
    assert ORIGIN not in first


def test_every_tab_has_a_heading_of_its_own(site: Any) -> None:
    """Tabs of what ended do not count what waits, and those that count say how many rows they list."""
    mine, done = site.hold(tier="standard"), site.hold(tier="standard", requester=office.verified("svc", "service"))
    site.world.vote(done, "dan")
    site.sync()
    browser = site.signed_in("anna")
    assert mine.request_id in browser.get("/").text
    for tab, heading in {
        "open": "1 request waits for a decision",
        "mine": "1 request waits for a decision",
        "expiring": "Nothing is about to expire",
        "released": "Released requests",
        "refused": "Requests that were not released",
    }.items():
        page = browser.get(f"/?tab={tab}").text
        assert f"<h1>{heading}</h1>" in page, tab
        assert page.count('class="row"') == {"open": 1, "mine": 1, "released": 1}.get(tab, 0), tab
    assert "Counts are ranges" in browser.get("/").text
    assert re.search(r'id="head" data-live', page), "heading and counts follow the rows"
    assert re.search(r'id="tabs" data-live', page)


def test_the_page_speaks_of_what_left_in_the_past(site: Any) -> None:
    """Nothing "would happen" any more once it is released or denied."""
    released, denied = site.hold(tier="standard"), site.hold(tier="double")
    browser = site.signed_in("anna")
    assert ">What would happen</h2>" in browser.get(f"/r/{released.request_id}").text
    assert "all that would leave" in browser.get(f"/r/{released.request_id}/whole").text
    site.world.vote(released, "dan")
    site.world.vote(denied, "dan", "deny")
    site.sync()
    page = browser.get(f"/r/{released.request_id}").text
    assert ">What happened</h2>" in page
    assert "as they left;" in page
    assert "all that left" in browser.get(f"/r/{released.request_id}/whole").text
    assert ">What was asked for</h2>" in browser.get(f"/r/{denied.request_id}").text
    assert "would happen" not in page + browser.get(f"/r/{denied.request_id}").text


def test_a_second_export_like_it_is_not_told_as_asked_again(site: Any) -> None:
    """Records like held ones open a request of their own; only an action that is asked again is the same request."""
    first = site.hold(tier="standard", value=b'{"n":1}')
    second = site.hold(tier="standard", value=b'{"n":2}')
    assert second.request_id != first.request_id
    browser = site.signed_in("anna")
    page = browser.get(f"/r/{first.request_id}").text
    assert page.count("1 more like it opened") == 2, "below the title and in the history"
    assert not re.search("asked (again|2 times)", page, re.IGNORECASE)
    assert past.repeated(1, "action") == "Asked again (2 times)"


def test_every_class_of_a_template_has_a_style(site: Any) -> None:
    """What a template names is in the style sheet or the script; a forgotten one leaves a page bare."""
    here = Path(console.__file__).parent
    known = (here / "static/console.css").read_text() + (here / "static/console.js").read_text()
    named = {
        name
        for template in (here / "templates").glob("*.html")
        for names in re.findall(r'class="([^"{}]+)"', template.read_text())
        for name in names.split()
    }
    assert len(named) > 50
    assert {name for name in named if not re.search(rf"\.{re.escape(name)}\b", known)} == set()


def test_a_feed_that_meets_nonsense_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that cannot be read does not end the feed's thread in silence: health tells, and it is tried again."""
    tried: list[int] = []
    index = Index(":memory:")
    feed = Feed(Kafka(), index, Pulse())

    def follow() -> None:
        tried.append(1)
        if len(tried) == 2:
            feed._ending.set()
        raise ValueError("a secret that it choked on")

    monkeypatch.setattr(feed, "_follow", follow)
    monkeypatch.setattr(feed._ending, "wait", lambda seconds: None)
    feed.caught_up.set()
    feed.run()
    index.close()
    assert len(tried) == 2
    assert feed.last_error == "ValueError"
    assert not feed.caught_up.is_set()
