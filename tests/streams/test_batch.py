"""One batch without a broker: where each record goes and what is said of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from maskgate.approvals.messages import items
from maskgate.approvals.model import Requester
from maskgate.base.errors import WorldError
from maskgate.base.records import FieldUse, Held, Masked, Outcome, PolicyRef, Quarantined, Record
from maskgate.crypto import sealing, signing
from maskgate.kafka import topics
from maskgate.kafka.session import Out
from maskgate.lineage.wire import codec
from maskgate.people.principal import Principal
from maskgate.worker import batch
from maskgate.worker.origin import Origins, parse_principal

SIGNER = signing.from_seed(b"s" * 32)
USE = FieldUse("/a", "EMAIL_ADDRESS", "replace", "email", 1.0)
EXPORT = {"destination": "default", "topic": "t.released", "rule": "r", "verb": "export"}


class Scripted:
    """A masker that answers by a function."""

    def __init__(self, answer: Callable[[Record], Outcome]) -> None:
        self.answer = answer
        self.calls: list[int] = []

    def batch(self, records: Sequence[Record]) -> list[Outcome]:
        self.calls.append(len(records))
        return [self.answer(r) for r in records]


def kit(answer: Callable[[Record], Outcome] | None = None, **more: Any) -> batch.Kit:
    """A worker's kit around a scripted masker."""
    masker = Scripted(answer or (lambda r: Masked(r.value, r.key, r.headers)))
    settings: dict[str, Any] = {"signer": SIGNER, "origins": Origins(), "partitions": {"t.dlq": 2}}
    return batch.Kit(masker, PolicyRef("p", "v7", "d"), "e", {}, (b"i" * 32,), b"m" * 32, **(settings | more))


def record(offset: int, value: bytes | None = b"{}", partition: int = 0, **more: Any) -> Record:
    """A record of topic ``t``."""
    return Record("t", partition, offset, value, **more)


def write(of: batch.Kit, pairs: Sequence[tuple[Record, Outcome]]) -> dict[str, list[Out]]:
    """What is written, per topic."""
    writer = batch.Writer(of)
    for one, outcome in pairs:
        writer.add(one, outcome)
    out: dict[str, list[Out]] = {}
    for o in writer.finish():
        out.setdefault(o.topic, []).append(o)
    return out


def rows(found: dict[str, list[Out]]) -> list[dict[str, Any]]:
    """The lineage rows."""
    return [codec.decode(o.value or b"") for o in found[topics.LINEAGE]]


def test_untouched_records_share_a_row() -> None:
    """Records that passed unchanged get one row per partition with range and count; a touched one has its own."""
    pairs: list[tuple[Record, Outcome]] = [
        (record(n, partition=n % 2), Masked(b"{}", None, (), (USE,) if n == 4 else (), n == 4)) for n in range(10)
    ]
    got = sorted((r["kind"], r["source_partition"], r["source_offset"], r["source_end_offset"], r["records"])
                 for r in rows(write(kit(), pairs)))  # fmt: skip
    assert got == [("masked", 0, 4, 4, 1), ("passed", 0, 0, 8, 4), ("passed", 1, 1, 9, 5)]


def test_a_result_that_does_not_fit_is_a_dead_letter() -> None:
    """Sizes are known before the transaction: a result over its topic's limit becomes a dead letter."""
    found = write(kit(limits={"t.masked": 1000}), [(record(0), Masked(b"x" * 900, None, ()))])
    assert "t.masked" not in found
    assert json.loads(found["t.dlq"][0].value or b"")["code"] == "result_too_large"


def test_a_lineage_row_that_does_not_fit_is_a_dead_letter() -> None:
    """A record is not passed on when its row could not be written."""
    uses = tuple(FieldUse(f"/path/{n}", "EMAIL_ADDRESS", "replace", "email", 1.0) for n in range(200))
    found = write(kit(limits={topics.LINEAGE: 5000}), [(record(0), Masked(b"{}", None, (), uses, True))])
    assert "t.masked" not in found
    assert [r["reason"] for r in rows(found)] == ["lineage_too_large"]


def test_without_a_pipeline_key_nothing_is_held_and_nothing_passes() -> None:
    """An export that nobody can sign is a dead letter that says which key is missing."""
    found = write(kit(signer=None), [(record(0), Held(b"{}", None, (), (USE,), EXPORT))])
    assert json.loads(found["t.dlq"][0].value or b"")["code"] == "no_pipeline_key"
    assert topics.REQUESTS not in found


def test_a_held_record_is_a_signed_item() -> None:
    """The item carries the masked bytes, goes to partition 0, and its key is its id: a replay makes the same."""
    held = Held(b'{"a":"<EMAIL>"}', b"k", (), (USE,), EXPORT)
    once, again = (write(kit(), [(record(3), held)])[topics.REQUESTS][0] for _ in range(2))
    opened = items.parse_item(once.value or b"", {SIGNER.key_id: SIGNER.public}, 0)
    assert (once.partition, once.key) == (0, opened.item.item_id.encode())
    assert again.key == once.key
    assert opened.value == b'{"a":"<EMAIL>"}'


def test_a_dead_letter_holds_no_byte_of_the_record() -> None:
    """Coordinates, length and a keyed digest, in value and Kafka Connect headers; never key, value or headers."""
    source = record(5, b"marked value", 3, key=b"marked key", headers=(("marked", b"marked"),), timestamp_ms=9)
    (out,) = write(kit(), [(source, Quarantined("not_json", "at byte 4"))])["t.dlq"]
    letter = json.loads(out.value or b"")
    assert (letter["topic"], letter["partition"], letter["offset"], letter["length"]) == ("t", 3, 5, 12)
    assert len(letter["hmac_sha256"]) == 64
    headers = dict(out.headers)
    assert headers["__connect.errors.exception.message"] == b"not_json: at byte 4"
    assert headers["__connect.errors.exception.stacktrace"] == b"(redacted)"
    assert out.partition == 1  # two partitions there
    assert b"marked" not in b"".join([out.value or b"", out.key or b"", *(v or b"" for v in headers.values())])


def test_a_sealed_dead_letter_opens_for_the_gate_only() -> None:
    """By opt-in the body goes along, sealed: nothing of it can be read, and the gate's key gives it back."""
    private = X25519PrivateKey.generate()
    of = kit(seal_to=private.public_key(), seal_dead_letters=True)
    (out,) = write(of, [(record(5, b"marked value"), Quarantined("not_json", ""))])["t.dlq"]
    assert b"marked" not in (out.value or b"")
    sealed = base64.b64decode(json.loads(out.value or b"")["sealed"])
    assert sealing.unseal(sealed, private, "t/0/5") == b"marked value"
    of = kit(seal_to=private.public_key())
    (out,) = write(of, [(record(5, b"marked value"), Quarantined("not_json", ""))])["t.dlq"]
    assert "sealed" not in json.loads(out.value or b"")


def test_a_tombstone_passes_and_tells_the_gate() -> None:
    """A tombstone goes to the masked topic, and a signed note withdraws what is held of its key."""
    found = write(kit(), [(record(8, None), Masked(None, b"k", ()))])
    assert found["t.masked"][0].value is None
    mac, source = items.parse_source_deleted(found[topics.REQUESTS][0].value or b"", {SIGNER.key_id: SIGNER.public})
    assert mac == items.key_mac(b"i" * 32, "t", b"k")
    assert (source.topic, source.offset) == ("t", 8)


def test_a_tombstone_withdraws_also_what_was_held_under_an_older_key() -> None:
    """After a rotation the gate hears the MAC of the record key under every item key that is not retired."""
    older = kit()
    older.item_keys = (b"n" * 32, b"i" * 32)
    found = write(older, [(record(8, None), Masked(None, b"k", ()))])[topics.REQUESTS]
    macs = [items.parse_source_deleted(out.value or b"", {SIGNER.key_id: SIGNER.public})[0] for out in found]
    assert macs == [items.key_mac(key, "t", b"k") for key in (b"n" * 32, b"i" * 32)]


def test_a_masker_that_raises_costs_one_record() -> None:
    """The batch is tried record by record; only the one that raises is quarantined, without its message."""

    def answer(r: Record) -> Outcome:
        if r.offset == 1:
            raise ValueError("secret inside")
        return Masked(r.value, None, ())

    got = batch.mask(kit(answer), [record(0), record(1), record(2)])
    assert got[1] == Quarantined("detector_failed", "ValueError")
    assert [isinstance(o, Masked) for o in got] == [True, False, True]


def test_a_world_that_fails_is_not_the_records_fault() -> None:
    """When something outside fails (a registry), the batch ends with nothing written instead of dead letters."""

    def answer(r: Record) -> Outcome:
        raise WorldError("the registry is down")

    with pytest.raises(WorldError):
        batch.mask(kit(answer), [record(0), record(1)])


def test_condemned_records_are_not_looked_at() -> None:
    """What killed twice never reaches the masker; its neighbours do, in order."""
    seen: list[int] = []

    def answer(r: Record) -> Outcome:
        seen.append(r.offset)
        return Masked(r.value, None, ())

    got = batch.mask(kit(answer), [record(n) for n in range(4)], {("t", 0, 2)})
    assert seen == [0, 1, 3]
    assert isinstance(got[2], Quarantined)


def test_large_batches_are_looked_at_in_chunks() -> None:
    """A sign of life comes between chunks of 250 records or 1 MiB."""
    beats: list[int] = []
    batch.mask(kit(), [record(n) for n in range(600)], beat=lambda chunk: beats.append(len(chunk)))
    assert beats == [250, 250, 100]
    beats.clear()
    batch.mask(kit(), [record(n, b"x" * 400_000) for n in range(5)], beat=lambda chunk: beats.append(len(chunk)))
    assert beats == [2, 2, 1]


def test_nobody_speaks_in_our_name() -> None:
    """Headers of ours that came with the record are dropped, ours say the truth."""
    forged = (("maskgate.source", b"other/0/0"), ("maskgate.policy-version", b"v0"), ("theirs", b"1"))
    (out,) = write(kit(), [(record(4), Masked(b"{}", None, forged))])["t.masked"]
    assert sorted(out.headers) == [
        ("maskgate.policy-version", b"v7"), ("maskgate.source", b"t/0/4"), ("theirs", b"1"),
    ]  # fmt: skip


def test_actors_are_known_by_topic_or_not_at_all() -> None:
    """The policy's principal of a topic is the actor (acl); otherwise nobody is named."""
    mapped = Origins(mapped={"t": Requester("https://id", "svc", "service", "acl")})
    row = rows(write(kit(origins=mapped), [(record(0), Masked(b"{}", None, (), (USE,), True))]))[0]
    assert (row["actor"], row["actor_assurance"]) == ("https://id svc", "acl")
    row = rows(write(kit(), [(record(0), Masked(b"{}", None, (), (USE,), True))]))[0]
    assert row["actor_assurance"] == "unverified"


@pytest.mark.parametrize(
    ("text", "expected"), [("https://id ada", Principal("https://id", "ada")), ("ada", Principal("local", "ada"))]
)
def test_principals_are_issuer_and_subject(text: str, expected: Principal) -> None:
    """``issuer subject``, or a subject alone."""
    assert parse_principal(text) == expected


def _out_of_time_once(monkeypatch: pytest.MonkeyPatch, *, wall: float, cpu: float) -> tuple[Scripted, batch.Kit]:
    """A masker whose first look at offset 1 runs out of time, in a process that took these times for it."""
    looked: list[int] = []
    clock = [0.0, 0.0]

    def answer(one: Record) -> Outcome:
        looked.append(one.offset)
        if one.offset == 1 and looked.count(1) == 1:
            clock[:] = [clock[0] + wall, clock[1] + cpu]
            return Quarantined("timeout", "the rules used up the time of the record")
        return Masked(one.value, one.key, one.headers)

    monkeypatch.setattr(batch, "_clocks", lambda: tuple(clock))
    of = kit(answer)
    return of.masker, of  # type: ignore[return-value]


def test_what_ran_out_of_time_on_a_busy_machine_is_tried_once_more_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that did not get the machine gives the record a second chance, by itself, after a sign of life."""
    masker, of = _out_of_time_once(monkeypatch, wall=0.2, cpu=0.05)
    beats: list[int] = []
    found = batch.mask(of, [record(0), record(1), record(2)], beat=lambda chunk: beats.append(len(chunk)))
    assert all(isinstance(outcome, Masked) for outcome in found)
    assert masker.calls == [3, 1]
    assert beats == [3, 1]


def test_what_spent_its_time_computing_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that costs what it costs is not paid for twice."""
    masker, of = _out_of_time_once(monkeypatch, wall=0.2, cpu=0.19)
    found = batch.mask(of, [record(0), record(1)])
    assert isinstance(found[1], Quarantined)
    assert masker.calls == [2]
