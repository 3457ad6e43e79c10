"""Attacks on what stands around the machine, each proved twice: it fails, and it succeeds without its defence."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_office as office
import gate_world
import pytest
from attack_book import Book, nothing, put
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from fake_console import Site
from gate_run import World

from maskgate.approvals import border, machine
from maskgate.approvals import events as ev
from maskgate.approvals.decisions import releasing
from maskgate.approvals.messages import items, permits, votes
from maskgate.approvals.model import ItemState
from maskgate.approvals.store import pack, short_id, unpack
from maskgate.base.config import Pipeline, Principals, Settings
from maskgate.base.errors import RecordError, RefusedError
from maskgate.base.records import Held, Masked, PolicyRef, Quarantined, Record
from maskgate.console import api, app, guard
from maskgate.console.api import permits as permit_calls
from maskgate.crypto import canonical, sealing, signing
from maskgate.gate import batch as gate_batch
from maskgate.gate import flood
from maskgate.gate import store as gate_store
from maskgate.gate.audit import Checkpoints
from maskgate.kafka import acls, topics
from maskgate.kafka.errors import Unrecoverable
from maskgate.kafka.session import Out
from maskgate.watch import webhook
from maskgate.worker import batch, dead_letter
from maskgate.worker.origin import Origins

SECRET = b"jane@example.com"
ATTACKS = Book()
attack = ATTACKS.attack


@contextmanager
def world(**options: Any) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        made = World(Path(folder), **options)
        yield made
        made.stop()


@contextmanager
def site(**options: Any) -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as folder:
        made = Site(Path(folder), **options)
        yield made
        made.close()


def legible(raw: bytes | None, depth: int = 4) -> bytes:
    """Everything that somebody who may read a record makes of it: the bytes, and what base64 in them says."""
    out = raw or b""
    if depth:
        for part in re.findall(rb"[A-Za-z0-9+/_-]{16,}={0,2}", out):
            text = part.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
            text = text[:-1] if len(text) % 4 == 1 else text
            out += b"\n" + legible(base64.b64decode(text + b"=="), depth - 1)
    return out


# --- 34: a message that stops the gate --------------------------------------------------------------------------------

whatever_the_form = put(border, "_fits", nothing)
whatever_comes_of_it = put(machine, "refuse_unsound", nothing)
of_any_type = put(items, "_check_types", nothing)


@attack(whatever_the_form, whatever_comes_of_it, of_any_type)
def poison_item_that_stops_every_gate() -> bool:
    with world() as made:
        tree = json.loads(signing.parse(gate_world.item(made.settings, 1)).payload) | {"key_mac": None}
        raw = signing.seal(items.PAYLOAD_TYPE, json.dumps(tree).encode(), [office.key("pipeline")])
        made.broker.append(topics.REQUESTS, raw)
        try:
            made.run()
            made.start(fresh_disk=True)
        except ValueError:
            return True
        assert made.hold() is not None
        return False


# --- 40: a flood of refusals ------------------------------------------------------------------------------------------


def _events_of_junk(made: World, *signers: signing.FileSigner) -> int:
    """How many events a flood of votes makes that all are refused, two minutes of it included."""
    request = made.hold()
    assert request is not None
    before = len(made.events())
    for n in range(600):
        fields = {"signer": signers[n % len(signers)], "nonce": f"{n:032x}", "seen_digest": "0" * 64}
        made.vote(request, "dan", run=False, **fields)
        if n % 100 == 0:
            made.run()
    made.later(61)
    made.run()
    told = [e for e in made.events()[before:] if isinstance(e, ev.Refused)]
    assert sum(e.count for e in told) == 600, "every refusal is counted"
    return len(told)


@attack(put(flood.Flood, "lets", lambda *_: True))
def flood_of_junk_votes() -> bool:
    with world() as made:
        return _events_of_junk(made, signing.from_seed(b"x" * 32)) > 50


@attack(put(flood.Flood, "lets", lambda *_: True))
def flood_of_wrong_votes_by_a_reviewer() -> bool:
    with world() as made:
        return _events_of_junk(made, office.key("dan")) > 50


# --- 38: a log that is forgotten --------------------------------------------------------------------------------------


def _begins_anew(*gone: str) -> bool:
    """Whether a gate starts with no memory, its log, its files and these topics gone."""
    with world() as made:
        request = made.hold(tier="standard")
        made.vote(request, "anna")
        made.later(11)
        made.run()
        made.gate.snapshot()
        for topic in (topics.LOG, *gone):
            made.broker.records[topic] = []
        for path in made.settings.pipeline.state_dir.glob("audit/*"):
            path.unlink()
        try:
            made.start(fresh_disk=True)
        except Unrecoverable:
            return False
        return request.request_id not in made.gate.truth.state.requests


@attack(put(Checkpoints, "learn", nothing), put(Checkpoints, "refuse_to_forget", nothing))
def log_cut_together_with_the_local_checkpoint() -> bool:
    return _begins_anew()


@attack(put(Checkpoints, "refuse_to_forget", nothing))
def log_and_every_checkpoint_of_it_gone() -> bool:
    return _begins_anew(topics.CHECKPOINTS)


# --- 15: reading the topics -------------------------------------------------------------------------------------------

in_the_clear = put(sealing, "seal", lambda plaintext, _public, _item_id: plaintext)


@attack(in_the_clear)
def reading_an_original_from_the_topic() -> bool:
    with world() as made:
        made.hold(wants_raw=True)
        return any(SECRET in legible(raw) for rows in made.broker.records.values() for raw in values(rows))


def values(rows: list[tuple[int, Out]]) -> Iterator[bytes | None]:
    return (out.value for _, out in rows)


def letter(value: bytes, **more: Any) -> Out:
    record = Record("events", 0, 7, value, b"k")
    why = Quarantined("not_json", "at byte 4")
    return dead_letter.build(record, why, mac_key=b"m" * 32, policy_version="v1", partition=0, **more)


@attack(in_the_clear)
def reading_an_original_from_a_sealed_dead_letter() -> bool:
    out = letter(b'{"mail": "%s"' % SECRET, seal_to=X25519PrivateKey.generate().public_key())
    return SECRET in legible(out.value) or any(SECRET in value for _, value in out.headers)


@attack(put(dead_letter, "mac", lambda _key, value: hashlib.sha256(value).hexdigest()))
def guessing_a_short_record_from_its_dead_letter() -> bool:
    seen = json.loads(letter(b"PIN 4711").value or b"")["hmac_sha256"]
    guesses = (b"PIN %04d" % n for n in range(10_000))
    return any(hashlib.sha256(guess).hexdigest() == seen for guess in guesses)


def by_prefix(settings: Settings) -> Iterator[acls.Acl]:
    for who in settings.principals.reviewers:
        yield acls.Acl(who, "Read", "topic", "maskgate.approvals.", True)


@attack(put(acls, "_people", by_prefix))
def reviewer_reads_the_topics_with_the_own_rights() -> bool:
    settings = Settings(
        pipeline=Pipeline(topics=("events",)), principals=Principals(reviewers=("ada",), auditors=("tom",))
    )
    closed = (topics.REQUESTS, topics.dead_letters("events"), topics.VOTES)
    by = settings.principals
    inside = {by.mask, by.gate, by.console}
    rights = [a for a in acls.acls(settings) if a.kind == "topic" and a.operation in ("Read", "All")]
    return any(acls.reaches(a, name) for a in rights for name in closed if a.principal not in inside)


# --- 19: webhooks, other sites, links ---------------------------------------------------------------------------------

NOW = 1_795_300_000
NOTICE = json.dumps({"id": "n-1", "kind": "released", "text": "Released"}).encode()
_sign = webhook.sign


@attack(put(webhook, "sign", lambda _secret, stamp, body: _sign("", stamp, body)))
def notice_forged() -> bool:
    guess = webhook.sign("a guess", NOW, NOTICE)
    return webhook.Inbox("s3").take(str(NOW), NOTICE, guess, NOW) is not None


@attack(put(webhook, "_is_fresh", lambda *_: True))
def notice_played_again_an_hour_later() -> bool:
    seen = webhook.sign("s3", NOW, NOTICE)
    return webhook.Inbox("s3").take(str(NOW), NOTICE, seen, NOW + 3600) is not None


@attack(put(webhook.Inbox, "_is_new", lambda *_: True))
def notice_played_again_at_once() -> bool:
    inbox, seen = webhook.Inbox("s3"), webhook.sign("s3", NOW, NOTICE)
    assert inbox.take(str(NOW), NOTICE, seen, NOW) == json.loads(NOTICE)
    return inbox.take(str(NOW), NOTICE, seen, NOW + 1) is not None


def lax() -> dict[str, Any]:
    """A policy under which the console may sign for who is signed in: what a foreign page would aim at."""
    policy = json.loads(json.dumps(office.POLICY)) | {"session_votes": True}
    policy["tiers"]["standard"]["session_votes"] = True
    exports = {"destinations": {"default": {}, "partner": {"topic": "partner.in"}}}
    return {"version": 1, "id": "test", "exports": exports, "approvals": policy}


async def no_page_check(*_: Any) -> None:
    return None


@attack(put(guard, "_own_origin", nothing), put(guard, "_own_page", no_page_check))
def vote_posted_by_another_site() -> bool:
    with site(console={"allow_session_votes": True}, policy=lax()) as made:
        request = made.hold(tier="standard")
        browser = made.signed_in("dan")
        payload = votes.vote_payload(
            request,
            "approve",
            reviewer=office.account("dan"),
            person_id="dan",
            seen_digest=request.seen_digest,
            now_ms=made.world.broker.now,
            channel="session",
        )
        browser.post(
            f"/r/{request.request_id}/session-vote",
            json={"session": base64.b64encode(payload).decode()},
            headers={"origin": "https://evil.example"},
        )
        return bool(made.world.released())


def let_get_decide(context: Any, shown: Any) -> Any:
    """The mutant: what the pages' routes post can be had by a link."""
    routes = _router(context, shown)
    for route in routes.routes:
        if route.path == "/r/{request_id}/session-vote":
            route.methods.add("GET")
    return routes


_router = app.pages.router


@attack(put(app.pages, "router", let_get_decide))
def decision_by_a_link() -> bool:
    with site(console={"allow_session_votes": True}, policy=lax()) as made:
        request = made.hold(tier="standard")
        browser = made.signed_in("dan")
        draft = made.post(browser, f"/r/{request.request_id}/draft", {"decision": "approve"}).json()
        for route in (*_router(made.context, made.app.state.pages).routes, *api.router(made.context).routes):
            if route.path.endswith("/live"):
                continue  # a stream of events, whose answer never ends
            path = route.path.replace("{request_id}", request.request_id).replace("{offset}", "0")
            browser.request("GET", path, json={"session": draft["payload"]})
        return bool(made.world.released())


# --- 28: no gate, no key ----------------------------------------------------------------------------------------------


async def accepted(*_: Any) -> dict[str, Any]:
    return {"outcome": "accepted", "offset": 0, "requests": []}


def readable(sealed: Any) -> bool:
    """Whether a reader without a key has a permit."""
    try:
        permits.read(str(sealed).encode())
    except RecordError:
        return False
    return True


@attack(put(gate_batch, "sealed_permit", lambda permit, *_: {"plain": permit} if permit else {}))
def permit_read_from_the_state_topic_and_the_consoles_disk() -> bool:
    with site(console={"public_read": False}, now=time.time_ns() // 1_000_000) as made:
        made.client("agent-7").request("db.rollback", arguments={"to": 3}, expected_outcome="all is well")
        made.world.vote(made.world.opened()[0], "dan")
        made.sync()
        kept = [raw for (raw,) in made.context.index.ask("SELECT body FROM bodies")]
        views = [json.loads(raw) for raw in [*made.world.broker.views(), *kept] if raw]
        assert any(v.get("permits") for v in views)
        return any(readable(v["permit"]) or any(map(readable, v["permits"].values())) for v in views if "entry" in v)


def forged_permit(arguments: str) -> str:
    """A permit as the gate writes it, signed by somebody else."""
    fields = ("permit_id", "request_id", "request_digest", "verb", "resource", "requester")
    tree = dict.fromkeys(fields, "x") | {"domain": "permit.v1", "issued": 0, "not_after": 2**50}
    tree |= {"arguments": arguments, "arguments_digest": permits.arguments_digest(arguments)}
    return signing.seal(permits.PAYLOAD_TYPE, canonical.dumps(tree), [office.key("mallory")]).decode()


@attack(put(permit_calls, "outcome", accepted))
def permit_spent_while_the_gate_is_down() -> bool:
    tree = office.people_tree()
    agent = {"iss": office.ISS, "sub": "agent-7", "kind": "agent"}
    tree["services"].append({"name": "agent", "role": "producer", "public": office.key("agent").public.hex()} | agent)
    with site(console={"public_read": False}, now=time.time_ns() // 1_000_000) as made:
        made.world.gate._people, made.world.gate._loaded = json.dumps(tree, sort_keys=True).encode(), False
        made.sync()
        client = made.client("agent")
        made.alive = False
        permit = forged_permit('{"to":3}')
        body = {"permit": permit, "arguments": '{"to":3}', "proof": client.prove(permit, {"to": 3})}
        try:
            client._send(client._call("POST", "/api/v1/permits/redeem?wait=0", body))
        except RefusedError:
            return False
        return True


@attack(put(releasing, "_check_bytes", nothing))
def original_released_with_the_sealing_key_lost() -> bool:
    with world() as made:
        request = made.hold(tier="standard", wants_raw=True)
        made.gate.keys = replace(made.gate.keys, unseal=None)
        made.gate.releaser._keys = made.gate.keys
        made.vote(request, "anna")
        return bool(made.released())


EXPORT = {"destination": "default", "topic": "events.released", "rule": "r", "verb": "export"}
FLAGGED = Record("events", 0, 1, b'{"a":"<EMAIL_ADDRESS>"}', b"k")


def leaves(kit: batch.Kit) -> bool:
    """Whether a flagged record leaves by another way than the approval stage."""
    writer = batch.Writer(kit)
    writer.add(FLAGGED, Held(FLAGGED.value or b"", FLAGGED.key, (), (), EXPORT))
    inside = (topics.REQUESTS, topics.LINEAGE)
    return any(b"<EMAIL_ADDRESS>" in legible(out.value) for out in writer.finish() if out.topic not in inside)


def kit(**more: Any) -> batch.Kit:
    settings: dict[str, Any] = {"signer": office.key("pipeline"), "origins": Origins(), "partitions": {}}
    return batch.Kit(None, PolicyRef("p", "1", "d"), "e", {}, (b"i" * 32,), b"m" * 32, **(settings | more))  # type: ignore[arg-type]


def passed(self: batch.Writer, record: Record, outcome: Any) -> None:
    self._pass(record, Masked(record.value, record.key, record.headers))


@attack(put(batch.Writer, "_hold", passed))
def export_that_nobody_can_sign_passes() -> bool:
    return leaves(kit(signer=None))


class Broken:
    """A signer whose disk failed."""

    key_id, public = "ed25519:0", b"0" * 32

    def sign(self, _data: bytes) -> bytes:
        raise OSError("no space left on device")


@attack(put(batch.Writer, "_refuse", passed))
def export_passes_because_the_worker_failed() -> bool:
    return leaves(kit(signer=Broken()))


# --- 29: the own database ---------------------------------------------------------------------------------------------


def approve_in(made: World, request_id: str) -> None:
    """Write an approval into the gate's file."""
    file = Path(made.settings.pipeline.state_dir) / "gate" / "requests.sqlite"
    db = sqlite3.connect(file, timeout=1)
    with db:
        body = db.execute("SELECT body FROM entries WHERE id=?", (short_id(request_id),)).fetchone()[0]
        forged = replace(unpack(body), rest=ItemState.APPROVED, release_by=2**50)
        db.execute("UPDATE entries SET body=? WHERE id=?", (pack(forged), short_id(request_id)))
    db.close()


def released_after_a_forged_row(made: World, request: Any) -> bool:
    """Whether the gate takes the row for an approval and publishes."""
    from maskgate.approvals import commands, machine

    try:
        entry = made.gate.store[request.request_id]
    except gate_store.TamperedStore:
        return False
    if entry.state is not ItemState.APPROVED:
        return False
    command = commands.Release(request_id=request.request_id)
    return bool(machine.decide(made.gate.truth.state, command, made.broker.now))


@attack(put(gate_store.EntryStore, "_tag", lambda *_: b"any tag!"))
def approval_written_into_the_gates_database() -> bool:
    with world(snapshot_every=2) as made:
        request = made.hold()
        made.hold(requester=office.verified("b", "service"))
        made.stop()
        approve_in(made, request.request_id)
        made.start()
        return released_after_a_forged_row(made, request)


@attack(put(gate_store.EntryStore, "_tag", lambda *_: b"any tag!"))
def approval_written_while_the_gate_runs() -> bool:
    with world(snapshot_every=2) as made:
        request = made.hold()
        for n in range(12):  # more than the cache of this gate holds
            made.hold(requester=office.verified(f"s{n}", "service"))
        made.gate.snapshot()
        approve_in(made, request.request_id)
        return released_after_a_forged_row(made, request)


# ----------------------------------------------------------------------------------------------------------------------


def test_every_outer_attack_is_in_the_documentation() -> None:
    """The page on approvals names each attack that is tested here, and none that is not."""
    page = (Path(__file__).parents[2] / "docs" / "approvals.md").read_text()
    table = page.split("### Around the rules", 1)[1].split("\n## ", 1)[0]
    named = {name for name in re.findall(r"\| .*", table) for name in re.findall(r"`([a-z_]+)`", name)}
    assert named == set(ATTACKS)


@pytest.mark.parametrize("name", ATTACKS)
def test_outer_attack_fails(name: str) -> None:
    """The attacker does not get what they want."""
    ATTACKS.must_fail(name)


@pytest.mark.parametrize("name", ATTACKS)
def test_outer_attack_succeeds_without_its_defence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence taken out the attack works: the defence, and nothing else, is what stops it."""
    ATTACKS.must_succeed_without_its_defence(name, monkeypatch)
