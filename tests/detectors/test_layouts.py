"""What the layout of a record says of its values: questions, lists of fields, tables, coordinates, halves of a name."""

from __future__ import annotations

import functools
import itertools
import json
import operator
import re
from typing import Any

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.engine.reference import Reference
from maskgate_detectors.fields import siblings


@functools.cache
def engines() -> tuple[Engine, Reference]:
    """The fast engine and the plain one."""
    config = EngineConfig(model="none", time_budget_s=10.0)
    return Engine(config), Reference(config)


def found(record: Any) -> set[str]:
    """The paths at which both engines find something, seen first and seen again."""
    data = json.dumps(record).encode()
    fast, plain = engines()
    scans = [fast.batch([data])[0] for _ in range(4)]
    assert all(scan == plain.scan(data) for scan in scans)
    return {item.path for item in scans[0].findings}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"q": [{"question": "What is your full name?", "answer": "Amelia Okafor"}]}, {"/q/0/answer"}),
        ({"question": "Where do you live?", "response": "12 High Road, Leeds"}, {"/response"}),
        ({"label": "Votre nom", "value": "Amelia Okafor"}, {"/value"}),
        ({"fields": [{"id": "surname", "value": "Okafor"}, {"id": "size", "value": "XL"}]}, {"/fields/0/value"}),
        ({"x": [{"key": "user.full_name", "value": {"stringValue": "Amelia Okafor"}}]}, {"/x/0/value/stringValue"}),
        ({"a": [{"type": "date", "date": "1984-02-29", "field": {"ref": "birthdate"}}]}, {"/a/0/date"}),
        ({"grid": [["first_name", "city", "n"], ["Amelia", "Leeds", 3]]}, {"/grid/1/0", "/grid/1/1"}),
        (
            {"schema": {"fields": [{"name": "surname"}, {"name": "qty"}]}, "data": [["Okafor", 7]]},
            {"/data/0/0"},
        ),
        ({"headers": [["X-Customer-Name", "Amelia Okafor"], ["Accept", "text/html"]]}, {"/headers/0/1"}),
        (
            {"email": "a@example.org", "pos": {"lt": 51.50735, "lg": -0.12776}},
            {"/email", "/pos/lt", "/pos/lg"},
        ),
        ({"surname": "Okafor", "geo": [51.50735, -0.12776]}, {"/surname", "/geo/0", "/geo/1"}),
        ({"guest": {"first": "Amelia", "last": "Okafor"}}, {"/guest/first", "/guest/last"}),
        ({"nm": {"f": "Amelia", "l": "Okafor"}}, {"/nm/f", "/nm/l"}),
        (
            {"row": {"namaWali": "Siti Aminah", "email": "s@example.org", "tgl_lahir": "1984-02-29"}},
            {"/row/namaWali", "/row/email", "/row/tgl_lahir"},
        ),
        ({"first": "Amelia", "last": "Okafor"}, {"/first", "/last"}),
        ({"pax2_first": "Amelia", "pax2_last": "Okafor"}, {"/pax2_first", "/pax2_last"}),
        ({"field_data": [{"name": "full_name", "values": ["Amelia Okafor"]}]}, {"/field_data/0/values/0"}),
        ({"d": {"op": "replace", "path": "/person/lastName", "value": "Okafor"}}, {"/d/value"}),
        ({"document": {"type": "PASSPORT", "number": "925076473"}}, {"/document/number"}),
        ({"00100010": {"Value": [{"Alphabetic": "OKAFOR^AMELIA"}]}}, {"/00100010/Value/0/Alphabetic"}),
        ({"birth_date": {"$date": "1984-02-29T00:00:00Z"}}, {"/birth_date/$date"}),
    ],
)
def test_the_layout_tells(record: Any, expected: set[str]) -> None:
    """The values are found, and nothing else."""
    assert found(record) == expected


@pytest.mark.parametrize(
    "record",
    [
        {"question": "What is your favourite colour?", "answer": "Deep Sea Green"},
        {"title": "Contact", "content": "We Moved Offices"},
        {"id": "row-7", "value": "Anna Chair"},
        {"grid": [["a", "b"], ["Anna", "Berg"]]},
        {"bounds": {"lat": 51.50735, "lon": -0.12776}},
        {"email": "a", "store": {"lat": 51.50735, "lon": -0.12776}},
        {"lat": 51.50735, "lon": -0.12776, "temp": 12},
        {"page": {"first": "One", "last": "Nine"}},
        {"first": "a81f", "last": "b77c"},
        {"first": 1, "last": 9},
        {"label": "Product name", "value": "Florence Vase"},
        {"sha": {"f": "Amelia", "l": "Okafor"}},
        {"d": {"op": "replace", "path": "/status", "value": "Done Well"}},
        {"document": {"type": "INVOICE", "number": "925076473"}},
    ],
)
def test_look_alikes(record: Any) -> None:
    """Questions about things, grids without heads, places of no person, pages: nothing."""
    assert found(record) == set()


@pytest.mark.parametrize(
    ("record", "whole"),
    [
        (b'{"rows": [["Ann", 1]]}', True), (b'{"FIELDS": [{"name": "mail"}], "x": 1}', True),
        (b'{"a": {"columns" : [ "name"]}, "rows": []}', True), (b'{"argv": ["--password", "x"]}', True),
        (b'{"kind": "Secret", "data": {"a": "b"}}', True), (b'{"fields": 1, "secret": "no"}', False),
        (b'{"a": "\\"headers\\": [{", "b": []}', False), (b'{"b": "plain - text"}', False),
    ],
)  # fmt: skip
def test_a_record_is_seen_whole_for_its_own_keys_and_signs(record: bytes, whole: bool) -> None:
    """Beside any neighbours: what is asked of a batch first only says where not to look."""
    hints = engines()[0].hints
    beside = [b'{"rows": [["x"]], "kind": "Secret"}', record, b'{"n": 1}']
    for records in ([record], beside):
        flags = [
            functools.reduce(operator.or_, (siblings.flags_of(key, hints) for key in re.findall(rb'"(\w+)"', one)), 0)
            for one in records
        ]
        ends = list(itertools.accumulate(len(one) + 1 for one in records))
        found = set(siblings.need_whole(b"\n".join(records), flags, ends))
        assert (records.index(record) in found) is whole
