"""Members of one object say what their siblings are."""

from __future__ import annotations

import functools

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.reference import Reference


@functools.cache
def engines() -> tuple[Engine, Reference]:
    """The fast engine and its oracle, with all rules and no model."""
    config = EngineConfig(model="none", time_budget_s=10.0)
    return Engine(config), Reference(config)


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (b'{"telecom": [{"system": "email", "value": "anna@x.org"}]}', {"/telecom/0/value": "EMAIL_ADDRESS"}),
        (b'{"value": "Bo", "field": "first name"}', {"/value": "PERSON"}),
        (b'{"nombre": "Ana", "apellidos": "Garcia"}', {"/nombre": "PERSON", "/apellidos": "PERSON"}),
        (b'{"name": "Maria Lopez", "email": "m@x.org"}', {"/name": "PERSON", "/email": "EMAIL_ADDRESS"}),
        (b'{"name": "cpu", "value": "55"}', {}),
        (b'{"name": "Chair", "price": 4}', {}),
        (b'{"product": {"name": "Maria"}, "email": "m@x.org"}', {"/email": "EMAIL_ADDRESS"}),
    ],
    ids=["kind and value", "value before kind", "name beside surname", "name beside mail", "metric", "thing",
         "a sibling of the parent says nothing"],
)  # fmt: skip
def test_siblings(record: bytes, found: dict[str, str]) -> None:
    """The same is found by the lexer, by a learnt shape and by the reference."""
    engine, reference = engines()
    for _ in range(8):
        scan = engine.batch([record])[0]
        assert {finding.path: finding.entity for finding in scan.findings} == found
    assert scan == reference.scan(record)


def test_a_layout_whose_kind_is_a_value_is_read_anew_each_time() -> None:
    """What one record calls a mail address the next one may call a colour."""
    engine, _ = engines()
    mail, colour = b'{"type": "email", "value": "a@b.org"}', b'{"type": "color", "value": "green1"}'
    for _ in range(10):
        first, second = engine.batch([mail, colour])
        assert (len(first.findings), len(second.findings)) == (1, 0)
