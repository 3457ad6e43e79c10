"""Columns hold what the lexer reads, whatever stands beside it in a batch."""

from __future__ import annotations

import functools
import json
import random
import time
import uuid

import numpy as np
import orjson
import pytest

from fakes.detection_events import Events
from fakes.real_shapes import RealShapes, outside
from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.engine import batch
from maskgate_detectors.engine.memory import Memory
from maskgate_detectors.engine.plain import holds_nothing
from maskgate_detectors.engine.reference import Reference
from maskgate_detectors.fields import siblings
from maskgate_detectors.fields.beside import Members
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.model.finding import Scan
from maskgate_detectors.reader import names as tables
from maskgate_detectors.reader.columns import Columns
from maskgate_detectors.reader.lexer import NUMBER, STRING, LexError, lex
from maskgate_detectors.reader.names import Names
from maskgate_detectors.text.detect import Hit, is_nothing_raw

SPELLINGS = [
    b"1", b' "a" ', b"[]", b"[ ]", b"{}", b'{"a":[ ]}', b' [1 , 2 ,\n\n\n\n\n\n\n\n 3       ,true]', b"null",
    b'{"a\\"b\\\\":"c\\\\","d":["\\\\\\"",{"x":[[],[1],{}]}]}', b'"\\\\"', b'{"":{"":1}}', b"[[[[1]]],2]", b"-0.5e+3",
    b'{"a/b":{"~":[1,{"q":2}]}}', b'{"x":\t1\t\t\t\t\t\t\t}', b'{"a":"{[]}:,\\"","b":"\\\\\\\\"}', b'"[1]"',
    b'{"\\u0061":"\\ud800","b":1e400}', b"[" + b"9" * 5001 + b"]", '{"é":"ü","\u2028":[]}'.encode(),
    b'{"a":"' + b"\\" * 64 + b'","b":"' + b'\\"' * 33 + b'"}', b"[true,false,null,0]", b'{"a":1,"a":2}',
]  # fmt: skip
BAD = [
    b"", b" ", b"{", b'"', b'{"a', b'{"a":', b'{"a":1', b'{"a":1,}', b"[1,]", b"[1 2]", b'{"a" 1}', b"{1:2}", b"nul",
    b"NaN", b"[Infinity]", b"01", b"1.", b"+1", b'"\\x"', b'"\\u12"', b'"\x01"', b"\x00",
    b'{"a":1}\x00', b"\xef\xbb\xbf1",
    b'{"\xff":1}', b'"\xed\xa0\x80"', b'"\xc0\xaf"', b"[1]]", b"{}{}", b'["a\\"]', b'{"a":"b\\\\\\"}', b"[1}",
    b'{"a":1]',
    b"[" * 100_000, b'{"a":' * 500 + b"1" + b"}" * 500,
]  # fmt: skip


@pytest.fixture(autouse=True)
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few records, too, are read as columns."""
    monkeypatch.setattr(batch, "SMALL", 0)


def readable(record: bytes) -> bool:
    """The lexer reads it."""
    try:
        lex(record)
    except LexError:
        return False
    return True


@functools.cache
def records() -> list[bytes]:
    """Random events, real layouts, and what is spelled oddly."""
    engine = fast()
    source = Events(engine.rules.rules, 3)
    found = [source.record() for _ in range(200)]
    return [record for record in (*found, *RealShapes(1).records(200), *SPELLINGS, *outside()) if readable(record)]


@functools.cache
def fast() -> Engine:
    """One engine for all tests of this file."""
    return Engine(EngineConfig(model="none", time_budget_s=100.0))


def test_rows_are_the_leaves_of_the_lexer() -> None:
    """Kinds, spans, pointers and keys, in order, with the tables empty and full."""
    names = Names()
    for _ in range(2):
        for at in range(0, len(records()), 50):
            part = records()[at : at + 50]
            columns = Columns(part, names)
            for number, record in enumerate(part):
                rows = range(columns.bounds[number], columns.bounds[number + 1])
                assert [columns.leaf(row) for row in rows] == lex(record)[0], record[:200]
                assert columns.record_text(number) == record


def test_siblings_tell_rows_what_they_tell_leaves() -> None:
    """Nothing is lost in objects that are taken for ones that never tell anything."""
    hints = fast().hints
    members, names = Members(hints), Names()
    for _ in range(2):
        for at in range(0, len(records()), 50):
            part = records()[at : at + 50]
            columns = Columns(part, names)
            told, repeating = members.find(columns)
            for number, record in enumerate(part):
                leaves, repeats = lex(record)
                first, last = columns.bounds[number], columns.bounds[number + 1]
                mine = {row - first: info for row, info in told.items() if first <= row < last}
                expected = siblings.find(record, leaves, hints).infos
                assert _said(mine) == _said(expected), record[:200]
                assert (number in repeating) == repeats


def _said(infos: dict[int, siblings.KeyInfo]) -> dict[int, tuple[object, ...]]:
    return {row: (info.words, info.deciders, info.asked, info.veto) for row, info in infos.items()}


@pytest.mark.slow
def test_real_layouts_equal_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings of events in real layouts, first seen and again, alone and side by side."""
    engine, oracle = Engine(EngineConfig(model="none", time_budget_s=100.0)), Reference(EngineConfig(model="none"))
    events = [*RealShapes(2).records(240), *outside()]
    expected = [oracle.scan(event) for event in events]
    assert sum(len(scan.findings) for scan in expected) > 400
    for _ in range(2):
        assert engine.batch(events) == expected
    assert [engine.batch([event])[0] for event in events[:60]] == expected[:60]
    monkeypatch.setattr(batch, "SMALL", 1 << 30)
    for alone in (engine, Engine(engine.config)):
        assert alone.batch(events) == expected


def test_what_siblings_said_is_not_said_of_other_values() -> None:
    """Remembered is what was read: another kind, another head, another person beside it is another answer."""
    kinds = ["email", "colour", "phone", "colour", "email"]
    forms = [{"type": kind, "value": "anna"} for kind in kinds] * 2
    forms += [{"question": text, "answer": "Anna Berg"} for text in ("What is your full name?", "Why?", "Full name")]
    forms += [{"columns": ["id", name], "rows": [[1, "Berg"]]} for name in ("last_name", "colour", "last_name")]
    forms += [{"headers": [[name, "abc"], ["b", "c"]]} for name in ("cookie", "x", "cookie", "password")]
    forms += [{"lat": 1.5, "lon": 2.5, "p": {key: "x"}} for key in ("email", "colour", "email")]
    forms += [{"card": {"n": [[1, 2], who, {"a": who}], "who": who}} for who in ("x", "y")]
    events = [json.dumps({"id": at, "form": form}).encode() for at, form in enumerate(forms * 3)]
    oracle = Reference(EngineConfig(model="none"))
    assert fast().batch(events) == [oracle.scan(event) for event in events]


def test_what_is_skipped_by_its_shape_holds_nothing() -> None:
    """The look at bytes and lengths says no more than the expression for one value."""
    rng = random.Random(4)
    values = [
        b"abc",
        b"a_b",
        b"_ab",
        b"1234",
        b"12345",
        b"123456",
        b"a" * 31,
        b"a" * 32,
        b"g" * 32,
        b"a1",
        b"-",
        b"F00",
    ]
    values += [b"2024-01-02", b"2024-01-02T03:04:05Z", b"2024-01-02 03:04:05", b"2024-01-02T03:04:05+02:00", b"0" * 40]
    values += [str(uuid.UUID(int=at << 90)).encode() for at in range(1, 20)]
    for value in [*values]:
        for _ in range(20):
            at = rng.randrange(len(value))
            values.append(value[:at] + rng.choice([b"", b"-", b"x", b"9", b"_", b" ", b":", b"\xc3"]) + value[at + 1 :])
    values = [value for value in values if value]
    ends = np.cumsum([len(value) + 1 for value in values])
    sizes = np.array([len(value) for value in values])
    codes = np.frombuffer(b"\n".join(values) + b"\n", np.uint8)
    told = holds_nothing(codes, ends - 1 - sizes, ends - 1).tolist()
    assert all(is_nothing_raw(value) for value, skipped in zip(values, told, strict=True) if skipped)
    skipped = {value for value, nothing in zip(values, told, strict=True) if nothing}
    assert {b"abc", b"a_b", b"12345", b"a" * 31, b"0" * 40, b"2024-01-02T03:04:05Z"} <= skipped and len(skipped) > 40
    assert skipped.isdisjoint({b"_ab", b"123456", b"z" * 32, b"a1", b"-"})


def test_bad_records_get_the_code_of_the_lexer_and_harm_no_other() -> None:
    """Whatever cannot be read fails alone, between records that can."""
    good = b'{"email": "anna@example.org"}'
    cut = json.dumps({"a\\": ['x"', {"email": "anna@example.org"}], "ü": 1.5e3}).encode()
    bad = [*BAD, *(cut[:size] for size in range(len(cut)))]
    scans = fast().batch([record for bad_record in bad for record in (bad_record, good)])
    for record, scan in zip(bad, scans[::2], strict=True):
        assert scan == Reference(EngineConfig(model="none", rules=())).scan(record), record[:60]
        assert scan.error
    assert all(len(scan.findings) == 1 for scan in scans[1::2])


def test_one_bad_record_in_a_thousand() -> None:
    """It alone fails."""
    good = b'{"email": "anna@example.org", "n": [1, 2]}'
    scans = fast().batch([good] * 500 + [b'{"email": "anna@example.org'] + [good] * 499)
    assert [at for at, scan in enumerate(scans) if scan.error] == [500]
    assert {len(scan.findings) for at, scan in enumerate(scans) if at != 500} == {1}


def test_limits_hold_beside_others() -> None:
    """Depth, values and weight of long paths are counted for each record, as the lexer counts them."""
    key = "k" * 5000
    many = [
        json.dumps(list(range(30))).encode(), b"[" * 5 + b"]" * 5, b"[" * 6 + b"]" * 6, json.dumps([1] * 39).encode(),
        json.dumps([1] * 40).encode(), json.dumps({key: [1] * 9}).encode(), json.dumps({key: [1] * 3}).encode(),
    ]  # fmt: skip
    engine = Engine(EngineConfig(model="none", rules=(), max_depth=5, max_nodes=40))
    expected = [Reference(engine.config).scan(record) for record in many]
    assert engine.batch(many) == expected
    assert [scan.error for scan in expected].count("too_many_nodes") == 2


def test_ids_as_keys_do_not_fill_the_tables() -> None:
    """A map by numbers or UUIDs has the paths of a list."""
    names = Names()
    for at in range(50):
        people = {str(at * 100 + 7): {"name": "x"}, str(uuid.UUID(int=at, version=4)): {"name": "y"}}
        Columns([json.dumps({"users": people}).encode()], names)
    assert len(names.parents) == 6  # the document, its users, one by each sort of id, the name of each


def test_full_tables_are_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stream of ever new keys leaves behind is bounded, and findings stay the same."""
    monkeypatch.setattr(tables, "MAX_KEYS", 50)
    engine = Engine(EngineConfig(model="none"))
    for at in range(30):
        events = [json.dumps({f"k{at}_{n}": "x", "email": f"a{at}{n}@example.org"}).encode() for n in range(10)]
        assert [len(scan.findings) for scan in engine.batch(events)] == [1] * 10
        assert len(engine.batches.names.raw) < 80


def test_repeated_keys_are_told() -> None:
    """Also in two spellings, and only where they are repeated."""
    scans = fast().batch([b'{"a": 1, "\\u0061": 2}', b'{"a": {"b": 1}, "b": 2}', b'{"a": [{"c": 1, "c": 2}]}'])
    assert [scan.duplicate_keys for scan in scans] == [True, False, True]


def test_nothing_is_remembered_in_clear() -> None:
    """Values are remembered by keyed digest."""
    engine = Engine(EngineConfig(model="none"))
    engine.batch([b'{"text": "mail anna.berg@example.org now", "more": "x y anna z"}'])
    kept = engine.batches.memory
    assert len(kept) == 1
    known = [vars(kept)["_hits"], [digest for digest in vars(kept)["_nothing"] if digest > 1]]
    assert len(known[1]) == 1 and "anna" not in repr(known)


def test_a_value_is_remembered_under_what_its_key_says() -> None:
    """Neither another key nor a number of the same spelling is answered by it."""
    kept, infos = Memory(), [KeyInfo("  "), KeyInfo("  ")]
    digests = [kept.key(b"12", info, kind) for info in infos for kind in (STRING, NUMBER)]
    numbers = np.array([info.number for info in infos for _ in range(2)])
    assert kept.keys([b"12"] * 4, numbers, np.array([STRING, NUMBER] * 2)).tolist() == digests
    kept.put(digests[0], ())
    kept.put(digests[1], (Hit(0, 2, "X", 1.0, "x"),))
    assert [kept.get(digest) for digest in digests] == [(), (Hit(0, 2, "X", 1.0, "x"),), None, None]
    assert kept.nothing(np.array(digests, np.uint64)).tolist() == [True, False, False, False]
    assert not kept.nothing(np.arange(1 << 19, dtype=np.uint64)).any()


@pytest.mark.slow
def test_a_deep_record_costs_its_batch_little() -> None:
    """No step passes over the batch once a level."""
    events = RealShapes(5).records(64)
    deep = b'{"a":' * 199 + b"1" + b"}" * 199
    names = Names()

    def spent(batch: list[bytes]) -> float:
        start = time.process_time()
        for _ in range(20):
            Columns(batch, names)
        return time.process_time() - start

    spent([*events, deep])
    assert min(spent([*events, deep]) / spent(events) for _ in range(9)) < 1.5


def test_what_orjson_reads_the_lexer_reads() -> None:
    """The faster proof is asked first, so it must not say yes where the lexer says no."""
    for record in (*BAD, *SPELLINGS):
        try:
            orjson.loads(record)
        except orjson.JSONDecodeError:
            continue
        assert readable(record) or record.startswith((b"[" * 300, b'{"a":' * 300)), record[:60]


def test_an_idle_engine_reads_all_the_same() -> None:
    """Without rules, records are still checked."""
    engine = Engine(EngineConfig(model="none", rules=()))
    assert engine.batch([b'{"a":1}', b'{"a"', b'{"a":1,"a":2}']) == [
        Scan(), Scan(error="not_json", detail="at byte 1"), Scan(duplicate_keys=True)
    ]  # fmt: skip
