"""The gate's loop on a broker in memory: what leaves, when, and how often."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import fake_office as office
import gate_world
import pytest
from fake_port import Crash

from maskgate.approvals import commands, machine, snapshot
from maskgate.approvals import events as ev
from maskgate.approvals.messages import votes
from maskgate.approvals.model import ItemState
from maskgate.base.errors import WorldError
from maskgate.crypto import canonical, signing
from maskgate.gate import role
from maskgate.gate.batch import release_key
from maskgate.gate.view import decode_view
from maskgate.kafka import topics
from maskgate.lineage.wire import codec
from maskgate.people import file as people_file
from maskgate.policy import published


def test_two_votes_release_exactly_the_held_bytes_once(world: Any) -> None:
    """Two different reviewers release the record under its own key, with the original key in a header."""
    request = world.hold(value=b'{"a": 1.10, "b":"x"}')
    world.vote(request, "anna")
    assert world.released() == []
    world.vote(request, "ben")
    world.vote(request, "dan")
    (out,) = world.released()
    assert out.value == b'{"a": 1.10, "b":"x"}'
    assert out.key == release_key(request.request_id, request.items[0].item_id)
    assert ("maskgate.key", b"k") in out.headers
    assert world.of(request).state is ItemState.RELEASED


def test_one_transaction_holds_release_log_state_and_lineage(world: Any) -> None:
    """A crash before the commit of the release leaves none of its parts; the next gate does all of them once."""
    request = world.hold()
    world.vote(request, "anna")
    world.vote(request, "ben", run=False)
    before = {t: len(rows) for t, rows in world.broker.records.items()}

    def die(point: str) -> None:
        if point == "before":
            raise Crash

    world.port.die = die
    with pytest.raises(Crash):
        world.run()
    assert {t: len(rows) for t, rows in world.broker.records.items()} == before
    world.stop()
    world.start()
    assert len(world.released()) == 1
    kinds = [codec.decode(v)["kind"] for v in world.broker.values(topics.LINEAGE)]
    assert kinds.count("released") == 1
    last = decode_view(world.broker.views()[-1])
    assert last.entry.state is ItemState.RELEASED


@pytest.mark.parametrize("point", ["before", "after"])
@pytest.mark.parametrize("nth", range(1, 9))
def test_a_gate_killed_at_any_commit_releases_exactly_once(world: Any, point: str, nth: int) -> None:
    """Whatever commit the gate dies at, its successor releases every approved record exactly once."""
    seen = 0

    def die(where: str) -> None:
        nonlocal seen
        if where == point:
            seen += 1
            if seen == nth:
                raise Crash

    world.port.die = die
    world.hold(run=False)
    world.hold(run=False, requester=office.verified("other", "service"))
    done: set[tuple[str, str]] = set()
    for _ in range(30):
        try:
            world.run(1)
            for request in world.opened():
                for person in ("anna", "ben"):
                    if (request.request_id, person) not in done:
                        done.add((request.request_id, person))
                        world.vote(request, person, run=False)
        except Crash:
            world.stop()
            world.start()
    assert len(world.opened()) == 2
    assert len(world.released()) == 2
    assert len({out.key for out in world.released()}) == 2


def test_self_approval_is_refused(world: Any) -> None:
    """The requester's vote is refused and logged, and counts for nothing."""
    request = world.hold(requester=office.verified("anna", "human"))
    world.vote(request, "anna")
    world.vote(request, "ben")
    assert world.refusals() == ["excluded"]
    assert world.released() == []


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda raw: b"not an envelope", id="no envelope"),
        pytest.param("unsigned", id="unsigned"),
        pytest.param(lambda raw: _resigned(raw, "stranger"), id="signed with a key nobody enrolled"),
        pytest.param(lambda raw: raw.replace(b"vote.v1", b"item.v1"), id="another payload type"),
    ],
)
def test_a_forged_vote_on_the_topic_is_refused_and_logged(world: Any, forge: Any) -> None:
    """Whoever can write the topic still cannot vote: unsigned, wrongly signed and wrongly typed votes are refused."""
    request = world.hold(tier="standard")
    world.vote(request, "anna", run=False)
    rows = world.broker.records[topics.VOTES]
    at, out = rows.pop()
    rows.append((at, out._replace(value=_unsigned(out.value) if forge == "unsigned" else forge(out.value))))
    world.run()
    assert len(world.refusals()) == 1
    assert world.released() == []


def _unsigned(raw: bytes) -> bytes:
    tree = json.loads(raw)
    return canonical.dumps(tree | {"signatures": []})


def _resigned(raw: bytes, name: str) -> bytes:
    envelope = signing.parse(raw)
    return signing.seal(envelope.payload_type, envelope.payload, [office.key(name)])


def test_an_item_signed_by_the_intake_key_is_refused(world: Any) -> None:
    """Who may write actions may not hold records: an item signed with the intake key opens nothing."""
    world.hold(run=False, signer=office.key("intake"))
    world.run()
    assert world.opened() == []
    assert world.refusals() == ["bad_signature"]


def test_who_publishes_a_policy_is_in_the_log(world: Any) -> None:
    """A message that does not come into force is logged as refused; a policy that does names its signers."""
    text, admins = b"id: shop\n", [office.key("admin"), office.key("admin2")]
    tree = office.people_tree()
    tree["services"] += [{"name": "admin2", "role": "admin", "public": office.key("admin2").public.hex()}]
    world.gate.truth.state.people = people_file.parse(canonical.dumps(tree))
    for signers in ([office.key("dan")], admins[:1], admins):
        world.broker.append(topics.POLICY, published.envelope(text, "shop.yaml", signers, 7))
    world.run()
    told = [(e.code, e.alarm) for e in world.events() if isinstance(e, ev.Refused)]
    assert told == [("bad_signature", True), ("second_signature", False)]
    world.gate.use_policy(published.Published("shop.yaml", text, 7).compiled(), tuple(a.key_id for a in admins))
    world.run()
    loaded = [e for e in world.events() if isinstance(e, ev.PolicyLoaded)]
    assert [len(e.signers) for e in loaded] == [0, 2]


def test_nobody_answers_and_the_request_expires(world: Any) -> None:
    """After its time a request is expired, not denied, and a vote that comes later does not count."""
    request = world.hold()
    world.later(86_400 + 1)
    world.run()
    assert world.of(request).state is ItemState.EXPIRED
    world.vote(request, "anna")
    assert world.refusals() == ["not_open"]


def test_a_vote_stored_in_time_counts_although_it_is_read_late(world: Any) -> None:
    """Expiry waits until every vote stored before it was read."""
    request = world.hold(tier="standard")
    world.later(86_400 - 1)
    world.port.hidden[topics.VOTES] = len(world.broker.records.get(topics.VOTES, []))
    world.vote(request, "anna")
    world.later(5)
    world.run()
    assert world.of(request).state is ItemState.PENDING
    world.port.hidden.clear()
    world.run()
    assert world.of(request).state is ItemState.RELEASED


def test_a_vote_before_its_request_waits_for_it(world: Any) -> None:
    """A vote that is read before the request it names is held until the requests were read to their end."""
    world.port.hidden[topics.REQUESTS] = 0
    world.hold(run=False)
    other = office.Office()
    stranger = other.open()
    world.vote(stranger, "anna")
    assert world.refusals() == []
    world.port.hidden.clear()
    world.run()
    assert world.refusals() == ["unknown_request"]


def test_a_paused_twin_can_write_nothing(world: Any) -> None:
    """A gate that slept while another took over fails at its next commit and releases nothing twice."""
    request = world.hold(tier="standard")
    sleeper, port = world.gate, world.port
    store = world.store
    world.vote(request, "anna", run=False)
    world.start()
    assert len(world.released()) == 1
    with pytest.raises(WorldError):
        for _ in range(3):
            sleeper.step(0)
    assert port.epoch != world.port.epoch
    assert len(world.released()) == 1
    store.close()


def test_changed_bytes_do_not_leave(world: Any) -> None:
    """Bytes on the topic that differ from those that were reviewed are refused at release, with an alarm."""
    request = world.hold(tier="standard")
    rows = world.broker.records[topics.REQUESTS]
    other = gate_world.item(world.settings, 1, value=b'{"order":4711,"email":"jane@example.com"}')
    rows[request.items[0].offset] = (rows[0][0], rows[0][1]._replace(value=other))
    world.vote(request, "anna")
    assert world.released() == []
    refused = [e for e in world.events() if isinstance(e, ev.Refused)]
    assert refused[0].code == "bytes_changed"
    assert refused[0].alarm


def test_a_refused_release_is_not_logged_again_and_again(world: Any) -> None:
    """What cannot leave waits quietly; the same refusal is logged once."""
    request = world.hold(tier="standard")
    rows = world.broker.records[topics.REQUESTS]
    rows[request.items[0].offset] = (rows[0][0], rows[0][1]._replace(value=b"gone"))
    world.vote(request, "anna")
    for _ in range(20):
        world.later(2)
        world.run()
    assert len(world.refusals()) <= 2


def test_a_missing_destination_holds_only_what_goes_there(world: Any) -> None:
    """A destination topic that does not exist keeps its own releases waiting, and nobody else's."""
    world.port.destinations["partner.in"] = 0
    lost = world.hold(tier="standard", destination="partner", requester=office.verified("a", "service"))
    fine = world.hold(tier="standard", requester=office.verified("b", "service"))
    world.vote(lost, "anna")
    world.vote(fine, "anna")
    assert world.of(lost).state is ItemState.APPROVED
    assert world.of(fine).state is ItemState.RELEASED
    world.port.destinations["partner.in"] = 1
    world.later(3)
    world.run()
    assert len(world.released("partner.in")) == 1


def test_recall_writes_a_tombstone_of_the_released_key(world: Any) -> None:
    """A recall puts a tombstone of the record's own key on the same partition and names the known readers."""
    request = world.hold(tier="standard")
    world.vote(request, "anna")
    world.port.known_readers = ["billing"]
    world.act(request, "anna", "recall")
    released, tombstone = world.released()
    assert tombstone.value is None
    assert (tombstone.key, tombstone.partition) == (released.key, released.partition)
    assert decode_view(world.broker.views()[-1]).readers == ("billing",)


def test_raw_fields_leave_only_when_they_were_asked_for_and_approved(world: Any) -> None:
    """An item with a sealed original releases the original; everything before that shows ciphertext only."""
    original = b'{"order":4711,"email":"jane@example.com","total":18.40}'
    request = world.hold(wants_raw=True)
    everything = b"".join(v or b"" for t in world.broker.records for v in world.broker.values(t))
    assert b"jane@example.com" not in everything
    world.vote(request, "anna")
    world.vote(request, "ben")
    assert [out.value for out in world.released()] == [original]


def test_items_in_one_window_share_a_request_and_their_order(make_world: Any) -> None:
    """Held records of one requester, destination and rule become one request; they leave in order on one partition."""
    world = make_world(group_window_ms=1000)
    for n in range(5):
        world.hold(run=False, value=b'{"n":%d}' % n)
    world.run()
    assert world.opened() == []
    assert world.broker.group.get(topics.REQUESTS, 0) == 0
    world.later(1.5)
    world.run()
    (request,) = world.opened()
    assert len(request.items) == 5
    assert world.broker.group[topics.REQUESTS] == 5
    world.vote(request, "anna")
    world.vote(request, "ben")
    assert [out.value for out in world.released()] == [b'{"n":%d}' % n for n in range(5)]
    assert len({out.partition for out in world.released()}) == 1


def test_items_waiting_for_their_window_survive_a_crash(make_world: Any) -> None:
    """A record that was read but not yet in a request is read again by the next gate."""
    world = make_world(group_window_ms=60_000)
    world.hold(run=False)
    world.run()
    world.stop()
    world.start()
    world.later(61)
    world.run()
    assert len(world.opened()) == 1


def test_replay_gives_the_same_state(world: Any) -> None:
    """A gate that replays the whole log stands where the one that wrote it stood, tree head included."""
    first = world.hold(tier="standard")
    world.vote(first, "anna")
    second = world.hold(requester=office.verified("b", "service"))
    world.vote(second, "ben", "deny")
    before = {r: world.gate.truth.state.requests[r] for r in world.gate.truth.state.requests}
    root = world.gate.truth.tree.root()
    world.stop()
    world.start(fresh_disk=True)
    assert world.gate.replayed > 0
    assert {r: world.gate.truth.state.requests[r] for r in world.gate.truth.state.requests} == before
    assert world.gate.truth.tree.root() == root


def test_a_snapshot_of_another_version_is_left_aside(make_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an upgrade that stores states in another way the gate replays its log instead of failing to start."""
    world = make_world(snapshot_every=2)
    request = world.hold()
    world.vote(request, "anna")
    entry = world.of(request)
    world.stop()
    monkeypatch.setattr(snapshot, "FORMAT", snapshot.FORMAT + 1)
    world.start()
    assert world.gate.replayed == len(world.events())
    assert world.of(request) == entry


def test_restart_from_a_snapshot_replays_only_what_came_after(make_world: Any) -> None:
    """With a sealed snapshot only the later events are replayed, and the state is the same."""
    world = make_world(snapshot_every=3)
    requests = [world.hold(tier="standard", requester=office.verified(f"s{n}", "service")) for n in range(20)]
    world.vote(requests[0], "anna")
    total, root = world.gate.truth.tree.size, world.gate.truth.tree.root()
    world.stop()
    world.start()
    assert world.gate.replayed < 8 < total
    assert world.gate.truth.tree.root() == root
    assert world.of(requests[0]).state is ItemState.RELEASED
    assert len(world.gate.truth.state.requests) == 20


def test_a_reason_with_personal_data_never_reaches_the_log(make_world: Any) -> None:
    """A vote whose reason would have to be masked is refused, and the reason is not logged."""
    world = make_world(clean=lambda text: "@" not in text)
    request = world.hold(tier="standard")
    world.vote(request, "anna", reason="ask jane@example.com")
    assert world.refusals() == ["raw_reason"]
    assert b"jane@" not in b"".join(v or b"" for v in world.broker.values(topics.LOG))
    world.vote(request, "anna", reason="asked the owner")
    assert len(world.released()) == 1


def test_bulk_votes_count_for_the_signed_list_only(world: Any) -> None:
    """One signature over a list releases exactly the requests on it."""
    listed = [world.hold(tier="standard", requester=office.verified(f"s{n}", "service")) for n in range(3)]
    later = world.hold(tier="standard", requester=office.verified("late", "service"))
    payloads = [
        votes.vote_payload(
            r,
            "approve",
            reviewer=office.account("anna"),
            person_id="anna",
            seen_digest=r.seen_digest,
            now_ms=world.broker.now,
            reason="batch",
        )
        for r in listed
    ]
    world.broker.append(topics.VOTES, votes.build_bulk(payloads, signer=office.key("anna")))
    world.run()
    assert len(world.released()) == 3
    assert world.of(later).state is ItemState.PENDING


def test_a_vote_for_nothing_does_not_hold_up_the_others(make_world: Any) -> None:
    """While records keep arriving in open windows, an unsigned vote on an unknown request is refused and passed."""
    world = make_world(group_window_ms=1000)
    world.hold(run=False, tier="standard")
    world.run()
    world.later(2)
    world.run()
    (request,) = world.opened()
    stray = votes.build_vote(
        replace(request, request_id="0190b5ab-0000-7000-8000-000000000000"),
        "approve",
        signer=office.key("stranger"),
        reviewer=office.account("anna"),
        person_id="anna",
        seen_digest="",
        now_ms=world.broker.now,
    )
    world.hold(run=False, requester=office.verified("s", "service"))
    world.broker.append(topics.VOTES, stray)
    world.vote(request, "anna", run=False)
    for n in range(5):  # some window is open at every step
        world.hold(run=False, requester=office.verified(f"s{n}", "service"))
        world.run(2)
        world.later(0.6)
    assert world.refusals() == ["unknown_request"]
    assert len(world.released()) == 1


def test_nobody_makes_the_gate_read_text_without_a_key(make_world: Any) -> None:
    """The costly search for personal data is for what an enrolled key signed, once for equal reasons."""
    read: list[str] = []

    def clean(text: str) -> bool:
        read.append(text)
        return True

    world = make_world(clean=clean)
    request = world.hold(tier="standard")

    def bulk(signer: str) -> bytes:
        payload = {"reviewer": office.account("anna"), "person_id": "anna", "seen_digest": request.seen_digest}
        listed = [
            votes.vote_payload(request, "approve", now_ms=world.broker.now, reason="batch", **payload)
            for _ in range(100)
        ]
        return votes.build_bulk(listed, signer=office.key(signer))

    world.broker.append(topics.VOTES, bulk("stranger"))
    world.run()
    assert (world.refusals(), read) == (["malformed_vote"], [])
    world.broker.append(topics.VOTES, bulk("anna"))
    world.run()
    assert read == ["batch"]


def test_an_input_that_breaks_the_machine_is_refused_and_passed(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever one record makes the machine raise, it is refused with an alarm and the next one is judged."""
    request = world.hold(tier="standard")

    def broken(state: Any, command: Any, now: int) -> Any:
        raise KeyError("secret of the input")

    with monkeypatch.context() as patch:
        patch.setitem(machine._HANDLERS, commands.CastVote, broken)
        world.vote(request, "anna")
    (refused,) = [e for e in world.events() if isinstance(e, ev.Refused)]
    assert (refused.code, refused.alarm) == ("malformed_input", True)
    assert b"secret of the input" not in b"".join(v or b"" for v in world.broker.values(topics.LOG))
    world.vote(request, "anna")
    assert len(world.released()) == 1


def test_a_record_that_the_destination_does_not_take_waits_for_itself_alone(world: Any) -> None:
    """One record too large for its destination does not stop the gate; it leaves once the destination takes it."""
    world.port.limits["partner.in"] = 1000
    large = world.hold(tier="standard", destination="partner", value=b'{"a":"' + b"x" * 800 + b'"}')
    world.vote(large, "anna")
    small = world.hold(tier="standard", requester=office.verified("s", "service"))
    world.vote(small, "anna")
    assert (world.of(large).state, world.of(small).state) == (ItemState.APPROVED, ItemState.RELEASED)
    assert world.released("partner.in") == []
    world.port.limits["partner.in"] = 6000
    world.later(3)
    world.run()
    assert len(world.released("partner.in")) == 1


def test_nothing_is_released_while_the_policy_is_doubted(world: Any) -> None:
    """An approved item waits while the policy in force may be older than the log's last, and leaves after that."""
    request = world.hold()
    world.gate.doubt = "an older policy"
    world.vote(request, "anna")
    world.vote(request, "ben")
    assert world.of(request).state is ItemState.APPROVED
    assert world.released() == []
    world.gate.doubt = ""
    world.run()
    assert len(world.released()) == 1


@pytest.mark.parametrize(("log_has", "doubted"), [("kept", False), ("another", True)])
def test_a_kept_policy_is_doubted_unless_it_is_the_logs_last(world: Any, log_has: str, doubted: bool) -> None:
    """The gate trusts a kept policy whose digest is the one that its log names last."""
    in_force = world.gate.truth.state.policy_ref.digest
    digest = in_force if log_has == "kept" else "0" * 64
    holder = SimpleNamespace(current=SimpleNamespace(ref=SimpleNamespace(digest=digest)))
    found = role.doubt_of(world.gate, holder, SimpleNamespace(doubt="older"))  # type: ignore[arg-type]
    assert bool(found) is doubted
