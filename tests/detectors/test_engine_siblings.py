"""Members of one object say what their siblings are."""

from __future__ import annotations

import functools
import json

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.engine.reference import Reference


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
        (b'{"fn": "yuki", "ln": "tanaka", "email": "y@x.org"}',
         {"/fn": "PERSON", "/ln": "PERSON", "/email": "EMAIL_ADDRESS"}),
        (b'{"fn": "main", "ln": "twelve"}', {}),
        (b'{"field": "surname", "old": "Smith", "new": "Jones"}', {"/old": "PERSON", "/new": "PERSON"}),
        (b'{"field": "status", "old": "Open", "new": "Closed"}', {}),
        (b'{"columns": ["id", "last_name", "name"], "rows": [[1, "Popescu", "ana popescu"]]}',
         {"/rows/0/1": "PERSON", "/rows/0/2": "PERSON"}),
        (b'{"columns": ["id", "name"], "rows": [[1, "Oak Table"]]}', {}),
        (b'{"displayName": "leila haddad", "email": "l@x.org"}',
         {"/displayName": "PERSON", "/email": "EMAIL_ADDRESS"}),
    ],
    ids=["kind and value", "value before kind", "name beside surname", "name beside mail", "metric", "thing",
         "a sibling of the parent says nothing", "initials", "initials of code", "change", "change of no person",
         "table", "table of things", "display name"],
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


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("<firstName>Jane</firstName><x:lastName>Roe</x:lastName>", ["Jane", "Roe"]),
        ("<Password>kV9$wq2L</Password>", ["kV9$wq2L"]),
        ("<product><name>Oak Table</name></product>", []),
        ("if (city>Rome) return <b>city</b>", []),
        ("<customer><name>Jane Roe</name><email>j@x.org</email></customer>", ["Jane Roe", "j@x.org"]),
        ("User(name='Jane Roe', email='j@x.org')", ["Jane Roe", "j@x.org"]),
        ("Product(name='Oak Table', sku='OT-991')", []),
        ("name=payments email=ops@x.org", ["ops@x.org"]),
        ('{"name": "jane roe", "email": "j@x.org"}', ["jane roe", "j@x.org"]),
        ("first_name: string and last_name: string, city: optional", []),
    ],
)
def test_pairs_and_tags_in_a_text(text: str, values: list[str]) -> None:
    """Keys inside a text decide as keys of members do; a bare name is a person's beside an address."""
    engine, reference = engines()
    record = json.dumps({"raw": text}).encode()
    scan = engine.batch([record])[0]
    assert [text[finding.start : finding.end] for finding in scan.findings] == values
    assert scan == reference.scan(record)


@pytest.mark.parametrize(
    "record",
    [
        {"labels": {"first_name": "First name", "city": "City", "password": "Password", "nachname": "Nachname"}},
        {"fr": {"firstName": "Prénom", "lastName": "Nom de famille", "password": "Mot de passe"}},
        {"columns": {"first_name": "varchar", "last_name": "varchar(80)", "city": "text"}},
        {"sort": {"last_name": "asc"}, "rules": {"first_name": "required", "phone": "optional"}},
        {"placeholders": {"password": "Enter your password", "name": "Your full name", "city": "Enter your city"}},
        {"customer": "Acme GmbH", "sender": {"name": "Globex Corporation"}},
    ],
)
def test_what_stands_in_place_of_values(record: dict[str, object]) -> None:
    """Labels of forms, types of columns, rules of a schema and companies are no values of persons."""
    engine, reference = engines()
    raw = json.dumps(record, ensure_ascii=False).encode()
    assert engine.batch([raw])[0].findings == () == reference.scan(raw).findings
