"""Tables in a text, SQL rows, names beside a mailbox, and two more encodings, through the engine."""

from __future__ import annotations

import functools
import json

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.engine.reference import Reference
from maskgate_detectors.text import cells


@functools.cache
def engines() -> tuple[Engine, Reference]:
    """The fast engine and the plain one."""
    config = EngineConfig(model="none", time_budget_s=10.0)
    return Engine(config), Reference(config)


def found(text: str, key: str = "body") -> set[str]:
    """What both engines find in the text under a key that says nothing."""
    record = json.dumps({key: text}, ensure_ascii=False).encode()
    fast, plain = engines()
    scan = fast.batch([record])[0]
    assert scan == plain.scan(record)
    return {text[item.start : item.end] for item in scan.findings}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,first_name,last_name\n7,Amelia,Okafor\n8,Ben,Ito\n", {"Amelia", "Okafor", "Ben", "Ito"}),
        ("nr;vorname;nachname;plz\r\n1;Jörg;Weiß;10115\r\n", {"Jörg", "Weiß", "10115"}),
        ("| Surname | Town |\n|---|---|\n| Okafor | Leeds |", {"Okafor", "Leeds"}),
        ('last_name\tdob\n"Okafor"\t1984-02-29', {"Okafor", "1984-02-29"}),
        ('"name","surname"\n"Okafor, Amelia","Ito"', {"Okafor, Amelia", "Ito"}),
        ("INSERT INTO people (id, first_name, town) VALUES (1, 'Amelia', 'Leeds')", {"Amelia", "Leeds"}),
        ("insert into p (surname) values ('O''Hara'), ('Ito');", {"O''Hara", "Ito"}),
        ("7,Okafor,Amelia,amelia.okafor@example.org,x", {"Okafor", "Amelia", "amelia.okafor@example.org"}),
        ("VALUES (3, 'Zoë', 'Weiss', 'zweiss@example.org')", {"Zoë", "Weiss", "zweiss@example.org"}),
        ("From: =?UTF-8?Q?Mr_Amelia_Okafor?= wrote", {"=?UTF-8?Q?Mr_Amelia_Okafor?="}),
        ("x 616d656c6961406578616d706c652e6f7267 y", {"616d656c6961406578616d706c652e6f7267"}),
        ("Фамилия: Панфилова, город: Орёл", {"Панфилова", "Орёл"}),
        ("<dl><dt>Surname</dt><dd>Okafor</dd><dt>Colour</dt><dd>Blue</dd></dl>", {"Okafor"}),
        (
            "<tr><td>Name</td><td>Nina Hoffmann</td></tr><tr><td>Phone</td><td>030 901820</td></tr>",
            {"Nina Hoffmann", "030 901820"},
        ),
        ('<input name="last_name" value="Okafor"><input name="size" value="XL">', {"Okafor"}),
        ('form-data; name="first_name"\r\n\r\nAmelia\r\n--x', {"Amelia"}),
        ('<person first="Amelia" last="Okafor"/>', {"Amelia", "Okafor"}),
        ("8;xy@example.org;030 901820;29.02.1984;ok", {"xy@example.org", "030 901820", "29.02.1984"}),
        ("full_name=Nina+Hoffmann&x=1", {"Nina+Hoffmann"}),
        ("mobile: (201) 555-0123 and more", {"(201) 555-0123"}),
    ],
)
def test_values_in_a_text(text: str, expected: set[str]) -> None:
    """The cells that heads or a mailbox tell of are found, and nothing beside them."""
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "first,second,third\nSmith,Jones,Brown",
        "name,version\nLeft Pad,1.0.0",
        "INSERT INTO t (product, price) VALUES ('Anna Chair', 12)",
        "INSERT INTO first_name_stats SELECT a FROM b",
        "values (1, 2, 3)",
        "title: a, b\nfirst_name: string",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "<td>Colour</td><td>Navy Blue</td>",
        "<li><b>Note</b><span>Anna Chair</span></li>",
        "8;x at y;030 901820;29.02.1984;ok",
        "status: ok, time: now, port: 80",
    ],
)
def test_look_alikes(text: str) -> None:
    """Tables of things, statements without people, digests: nothing."""
    assert found(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Write to Support at support@example.org",
        "Sales Team <sales.team@example.org>",
        "The Invoice was sent to invoice.2024@example.org",
        "Customer Service: customer.service@example.org",
        "Leeds, noreply@example.org",
    ],
)
def test_words_beside_a_mailbox(text: str) -> None:
    """What mailboxes are for is no name."""
    assert cells.mailbox_names(text) == []


def test_long_texts_are_bounded() -> None:
    """Megabytes of commas, quotes and parentheses cost no more than their length."""
    for piece in ("a,", '"', "('", "a@b.c ", "Aa Bb "):
        text = "first_name,x\n" + piece * 200_000
        cells.lines(text)
        cells.sql_rows("insert into t (a) values " + piece * 200_000)
        cells.mailbox_names(text[:200_000])
