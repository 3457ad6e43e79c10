"""The lineage event and its encoding."""

from __future__ import annotations

import io
import struct
from typing import get_args

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.lineage_rows import ENGINES, USE, event_bytes, record
from maskgate.base.errors import RecordError
from maskgate.base.records import FieldUse, Held, Masked, PolicyRef, Quarantined
from maskgate.lineage.event import (
    Assurance,
    Kind,
    LineageEvent,
    Route,
    batch_event,
    from_outcomes,
    gate_event,
    record_event,
    to_dict,
    touched,
    unmasked_event,
)
from maskgate.lineage.wire import avro, codec
from maskgate.lineage.wire.codec import decode, encode

ROUTE = Route("orders.masked", 3, actor="spiffe://shop/orders", assurance="acl")


def test_masked_record_comes_back_with_every_field() -> None:
    """Decoding gives what was encoded."""
    event = record_event(record(42), Masked(b"xy", None, (), (USE,), True), ENGINES, ROUTE, time_ms=123)
    got = decode(encode(event))
    assert got == to_dict(event)
    assert got["fields"][0]["value_mac"] == USE.value_mac
    assert (got["kind"], got["source_offset"], got["source_end_offset"], got["bytes_out"]) == ("masked", 42, 42, 2)


@pytest.mark.parametrize(
    ("outcome", "kind", "action", "reason"),
    [
        (Masked(b"1", None, (), (), True), "masked", "mask", ""),
        (Held(b"1", None, (), (), {"verb": "export", "rule": "to-b", "purpose": "fraud"}), "held", "export", "to-b"),
        (Held(b"1", None, (), ()), "held", "export", ""),
        (Quarantined("not_json", "position 3"), "quarantined", "quarantine", "not_json"),
    ],
    ids=["masked", "held", "held without a rule", "quarantined"],
)  # fmt: skip
def test_kind_action_and_reason_follow_the_outcome(outcome: object, kind: str, action: str, reason: str) -> None:
    """The row says what became of the record and why."""
    event = record_event(record(1), outcome, ENGINES, ROUTE)  # type: ignore[arg-type]
    assert (event.kind, event.action, event.reason) == (kind, action, reason)


def test_a_quarantined_row_has_no_detail() -> None:
    """Only the stable code of a quarantine is kept."""
    raw = encode(record_event(record(1), Quarantined("not_json", "marked-detail"), ENGINES, ROUTE))
    assert b"marked-detail" not in raw


def test_same_happening_same_id() -> None:
    """A replay gives the same event id; another offset, partition, topic or kind gives another."""
    masked = Masked(b"1", None, (), (), True)
    ids = {
        record_event(record(1), masked, ENGINES, ROUTE).event_id,
        record_event(record(2), masked, ENGINES, ROUTE).event_id,
        record_event(record(1, "users"), masked, ENGINES, ROUTE).event_id,
        record_event(record(1, "orders", 1), masked, ENGINES, ROUTE).event_id,
        record_event(record(1), Quarantined("x"), ENGINES, ROUTE).event_id,
    }
    assert len(ids) == 5
    again = record_event(record(1), masked, ENGINES, ROUTE, time_ms=5)
    assert again.event_id in ids


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["same", "masked", "kept", "held", "bad"])), max_size=60))
def test_every_record_of_a_batch_is_accounted_for(batch: list[tuple[int, str]]) -> None:
    """The rows of a batch stand for exactly its records: one row each if touched, one per partition for the rest."""
    outcomes = {
        "same": Masked(b"1", None, ()),
        "masked": Masked(b"1", None, (), (USE,), True),
        "kept": Masked(b"1", None, (), (USE,), False),
        "held": Held(b"1", None, (), (USE,)),
        "bad": Quarantined("too_deep"),
    }
    records = [(record(i, partition=p), outcomes[what], ROUTE) for i, (p, what) in enumerate(batch)]
    rows = [decode(encode(event)) for event in from_outcomes(records, ENGINES)]
    assert sum(row["records"] for row in rows) == len(batch)
    own = {(row["source_partition"], row["source_offset"]) for row in rows if row["kind"] != "passed"}
    assert own == {(r.partition, r.offset) for r, outcome, _ in records if touched(outcome)}
    for row in (row for row in rows if row["kind"] == "passed"):
        inside = [r.offset for r, o, _ in records if r.partition == row["source_partition"] and not touched(o)]
        assert (row["source_offset"], row["source_end_offset"], row["records"]) == (inside[0], inside[-1], len(inside))


def test_tombstones_pass_as_a_run() -> None:
    """A tombstone counts as a record of no bytes."""
    event = batch_event([record(1, value=None), record(4, value=b"12")], ENGINES, ROUTE)
    assert (event.records, event.bytes_in, event.source_offset, event.source_end_offset) == (2, 2, 1, 4)


def test_released_row_names_its_key_on_the_destination() -> None:
    """A release is found by request and item, and by the key of the released record."""
    event = gate_event(
        "released", request_id="r1", item_id="i1", source=("orders", 0, 9), dest=("partner", 2),
        policy=PolicyRef("p", "1", "d"), fields=(USE,),
    )  # fmt: skip
    got = decode(encode(event))
    assert got["dest_key"] == "r1/i1"
    assert (got["source_topic"], got["source_offset"], got["dest_topic"], got["policy_id"]) == (
        "orders",
        9,
        "partner",
        "p",
    )
    assert decode(encode(gate_event("denied", request_id="r1", item_id="i1")))["dest_key"] == ""


def test_unmasking_counts_values_and_names_none() -> None:
    """An unmask row says which kinds and how many."""
    event = unmasked_event(
        request_id="r",
        permit_id="p",
        actor="a",
        purpose="x",
        fields=(FieldUse("", "EMAIL_ADDRESS", "unmask", "", 1.0, 12),),
    )
    assert (event.kind, event.records, event.action) == ("unmasked", 12, "unmask")


def test_fingerprint_is_the_one_of_the_avro_specification() -> None:
    """The CRC-64-AVRO of the schema ``"null"`` is the specification's 7195948357588979594, little-endian."""
    assert codec.schema_fingerprint("null") == struct.pack("<Q", 7195948357588979594)


def test_single_object_encoding_is_readable_by_plain_avro() -> None:
    """Behind ``C3 01`` and the fingerprint stands a plain Avro body of the published schema."""
    raw = event_bytes(7)
    assert raw[:2] == b"\xc3\x01"
    schema = fastavro.parse_schema(fastavro.schema.load_schema(_published()))
    assert raw[2:10] == codec.schema_fingerprint(schema)
    assert fastavro.schemaless_reader(io.BytesIO(raw[10:]), schema, None)["source_offset"] == 7


def _published() -> str:
    from importlib import resources

    return str(resources.files("maskgate_schemas") / "lineage_event.v1.avsc")


@given(st.binary(max_size=200) | st.builds(lambda tail: event_bytes(1)[:10] + tail, st.binary(max_size=80)))
def test_garbage_is_refused_without_its_bytes(raw: bytes) -> None:
    """Bytes that are no event give a record error (or an event), never another exception."""
    try:
        decode(raw)
    except RecordError as error:
        assert error.code in ("bad_lineage_event", "unknown_schema")


_TEXT = st.text(max_size=300)
_USES = st.lists(
    st.builds(
        FieldUse, _TEXT, _TEXT, _TEXT, _TEXT, st.floats(allow_nan=False), st.integers(-(2**31), 2**31 - 1), _TEXT
    ),
    max_size=5,
)
_LONG = st.integers(-(2**63), 2**63 - 1)
_INT = st.integers(-(2**31), 2**31 - 1)


@given(
    st.builds(
        LineageEvent, _TEXT, st.sampled_from(get_args(Kind)), _LONG, _TEXT, _INT, _LONG, _LONG, _LONG, _LONG, _TEXT,
        _INT, _TEXT, _TEXT, st.sampled_from(get_args(Assurance)), _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT,
        st.dictionaries(_TEXT, _TEXT, max_size=4), _TEXT, _TEXT, _LONG, _LONG, _USES,
    )
)  # fmt: skip
def test_encoding_equals_the_reference_writer(event: LineageEvent) -> None:
    """Our bytes are those of fastavro for every event."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(fastavro.schema.load_schema(_published())), to_dict(event))
    assert encode(event)[10:] == out.getvalue()
    assert decode(encode(event)) == to_dict(event)


def test_every_kind_of_the_schema_can_be_written() -> None:
    """The writer knows exactly the kinds and assurances that the schema has."""
    schema = fastavro.schema.load_schema(_published())
    symbols = {
        f["name"]: f["type"]["symbols"]
        for f in schema["fields"]
        if isinstance(f["type"], dict) and "symbols" in f["type"]
    }
    assert symbols == {"kind": list(get_args(Kind)), "actor_assurance": list(get_args(Assurance))}


def test_a_lone_surrogate_in_a_path_is_no_poison() -> None:
    """A JSON key may hold one; the row is written with a question mark in its place."""
    use = FieldUse("/\ud800/x", "PERSON", "redact", "ner", 0.9)
    got = decode(encode(record_event(record(1), Masked(b"x", None, (), (use,), True), ENGINES, ROUTE)))
    assert got["fields"][0]["path"] == "/?/x"


def test_names_from_records_do_not_fill_the_memory() -> None:
    """The caches of the writer are bounded."""
    for n in range(9000):
        use = FieldUse(f"/{n}", "PERSON", "redact", "ner", 0.9)
        encode(record_event(record(n, f"t{n}"), Masked(b"x", None, (), (use,), True), ENGINES, Route(actor=f"a{n}")))
    assert max(len(avro._uses), len(avro._texts), len(avro._tails)) <= avro._MAX_CACHED
