"""Nothing that stands behind a limit leaves unmasked, and what is bounded by its bytes has no limit."""

from __future__ import annotations

import base64
import functools
import gzip
import json
import random
import time
import urllib.parse
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from maskgate_detectors import Engine, EngineConfig, Rule, Scan
from maskgate_detectors.fields.context import KeyInfo
from maskgate_detectors.freetext.prose import is_prose, windows
from maskgate_detectors.text import limits
from maskgate_detectors.text.detect import Hit, _widened
from maskgate_detectors.text.limits import LIMITS, UNREADABLE

MAIL = "ilse.vogt@firma-beispiel.de"
SMALL = EngineConfig(
    model="none", max_record_bytes=24 << 20, max_depth=300, max_nodes=400_000, time_budget_s=120.0, cache_dir=None
)


@functools.cache
def engine() -> Engine:
    """All rules, with time and room for what lies behind the limits of a leaf."""
    return Engine(SMALL)


def b64(text: str | bytes) -> str:
    """Base64 of the text."""
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def zipped(text: str) -> str:
    """Base64 of the text behind gzip."""
    return b64(gzip.compress(text.encode()))


def times(wrap: Callable[[str], str], count: int, text: str) -> str:
    """``text`` wrapped so many times."""
    for _ in range(count):
        text = wrap(text)
    return text


def scan(leaf: object, config: EngineConfig | None = None) -> Scan:
    """What is found in an event with this leaf."""
    made = engine() if config is None else Engine(config)
    return made.batch([json.dumps({"data": leaf}).encode()])[0]


def quoted(_: float) -> object:
    """A long value between quotes behind a key that decides."""
    return "password: '" + "x" * 9000 + MAIL.partition("@")[0] + "'"


BEHIND: dict[str, Callable[[float], object]] = {
    "depth": lambda limit: times(
        lambda text: urllib.parse.quote(text, safe="").replace("@", "%40"), int(limit) + 2, MAIL
    ),
    "text": lambda limit: zipped("lorem ipsum dolor " * (int(limit) // 16) + MAIL),
    "nested-depth": lambda limit: '{"a":' * int(limit) + '{"last_name":"Vogt"}' + "}" * int(limit),
    "nested-nodes": lambda limit: json.dumps({"a": [1] * int(limit), "last_name": "Vogt"}),
    "pair-value": quoted,
    "max_record_bytes": lambda limit: "a " * int(limit / 2) + MAIL,
    "max_depth": lambda limit: functools.reduce(lambda inner, _: [inner], range(int(limit)), MAIL),  # type: ignore[arg-type,return-value]
    "max_nodes": lambda limit: [1] * int(limit) + [MAIL],
    "twins": lambda limit: " ".join(["ilse.vogt77"] * (int(limit) + 2)),
    "needles": lambda limit: [f"u{at}@firma-beispiel.de" for at in range(int(limit) + 1)],
    "time_budget_max_s": lambda limit: [MAIL],
}


def test_every_limit_is_tried() -> None:
    """The data below belong to the limits of the table, one each."""
    assert set(BEHIND) == {limit.name for limit in LIMITS}


@pytest.mark.parametrize("limit", [limit for limit in LIMITS if limit.ends == UNREADABLE], ids=lambda item: item.name)
def test_behind_a_limit_of_a_leaf_the_whole_leaf_is_found(limit: limits.Limit) -> None:
    """One finding covers the leaf from its first character to its last."""
    leaf = BEHIND[limit.name](limit.value)
    found = scan(leaf)
    assert found.error is None
    assert [(item.entity, item.detector) for item in found.findings] == [(UNREADABLE, f"limit-{limit.name}")]
    assert (found.findings[0].start, found.findings[0].end) == (0, len(str(leaf)))


@pytest.mark.parametrize("limit", [limit for limit in LIMITS if limit.ends != UNREADABLE], ids=lambda item: item.name)
def test_behind_a_limit_of_a_record_it_is_held(limit: limits.Limit) -> None:
    """The scan has the error that the table names, and no findings that would let the rest pass."""
    config = EngineConfig(model="none", cache_dir=None)
    if limit.ends == "timeout":
        sleepy = Rule("sleepy", "X", "", r"@", triggers=("@",), validate=lambda _: not time.sleep(0.6))
        config = EngineConfig(model="none", rules=(sleepy,), time_budget_s=0.02, time_budget_max_s=0.02, cache_dir=None)
    leaf = BEHIND[limit.name](limit.value)
    if limit.ends == "too_many_twins":
        config = SMALL
    made = Engine(config)
    record = {"username": "ilse.vogt77", "data": leaf} if limit.name == "twins" else {"data": leaf}
    found = made.batch([json.dumps(record).encode()])[0]
    assert (found.error, found.findings) == (limit.ends, ())


def test_the_documentation_shows_the_table() -> None:
    """The page prints what the code holds."""
    page = (Path(__file__).parents[2] / "docs" / "detection.md").read_text()
    assert limits.table() in page


def wrapped_short(text: str) -> str:
    """Base64 in lines of 22 characters, which no line decodes by itself."""
    return "\n".join(b64(text)[at : at + 22] for at in range(0, len(b64(text)), 22))


FOUND = {
    "the last of seventy runs of base64": " ".join(
        [*(b64(f"this is run number {at} of many") for at in range(70)), b64(MAIL)]
    ),
    "the last of a hundred runs of digits": " ".join(
        [*(f"run {at:04d} of them".encode().hex() for at in range(100)), MAIL.encode().hex()]
    ),
    "gzip behind a megabyte": zipped("lorem ipsum dolor " * 60_000 + MAIL),
    "zlib behind a megabyte": b64(zlib.compress(b"lorem ipsum dolor " * 60_000 + MAIL.encode())),
    "the second member of gzip": b64(gzip.compress(b"nothing to see in here") + gzip.compress(MAIL.encode())),
    "gzip that breaks off": b64(gzip.compress(f"hello, my mail is {MAIL} and a bit more".encode(), 0)[:-12]),
    "base64 six deep": times(b64, 6, MAIL),
    "percent eight deep": times(lambda text: text.replace("%", "%25"), 8, MAIL.replace("@", "%40")),
    "behind five hundred pairs": " ".join(f"k{at}x=1" for at in range(500)) + ' last_name="Vogt"',
    "a table of five thousand lines": "id,last_name\n" + "\n".join(f"{at},Vogt" for at in range(5000)),
    "a table of eighty columns": ",".join([*(f"c{at}" for at in range(80)), "last_name"]) + "\n" + "1," * 80 + "Vogt\n",
    "behind a row of another width": "id,last_name\n1,Berger\na remark, with commas, in it\n\n2,Vogt\n",
    "behind a long cell": "id,text,last_name\n1," + "x" * 900 + ",Vogt\n",
    "behind three thousand values of SQL": "INSERT INTO t (id, last_name) VALUES "
    + ", ".join(["(1, 'Vogt')"] * 3000),
    "a long word as a password": "password=" + "aB3" * 300,
    "behind a long cell of SQL": "INSERT INTO t (id, last_name) VALUES (" + "7" * 300 + ", 'Vogt')",
    "behind a call in SQL": "INSERT INTO t (id, at, last_name) VALUES (1, NOW(), 'Vogt')",
    "behind many columns of SQL": f"INSERT INTO t ({', '.join(f'c{at}' for at in range(900))}, last_name) VALUES "
    + f"({'1, ' * 900}'Vogt')",
    "behind a long head of a table": "x" * 80 + ",last_name\n1,Vogt\n",
    "behind a long attribute in HTML": f'<dt class="{"x" * 300}">Last name</dt><dd class="{"x" * 300}">Vogt</dd',
    "behind a long attribute of a form": f'<input class="{"x" * 300}" name="last_name" title="{"y" * 90}" value="Vogt"',
    "behind many headers of a part": 'form-data; name="last_name"\r\n' + "X-A: b\r\n" * 4 + "\r\nVogt",
    "a mailbox in a long line of cells": "x" * 3000 + ",ilse.vogt@firma-beispiel.de,+49 30 901820",
    "the last of a hundred zeros": MAIL.replace("@", "&#" + "0" * 100 + "64;"),
    "base64 in short lines": wrapped_short(f"a text that is long enough, {MAIL}"),
    "markup of ten thousand characters": "<password>" + "aB3" * 3300 + "</password",
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_what_had_a_limit_is_found(name: str) -> None:
    """The finding is one of the value, not of a leaf that was given up; the last one reaches the end."""
    found = scan(FOUND[name])
    assert found.error is None and found.findings
    assert all(item.entity != UNREADABLE for item in found.findings)
    assert found.findings[-1].end >= len(FOUND[name].rstrip(")'\"\n").removesuffix("</dd").removesuffix("</password"))


def test_a_long_secret_is_found_where_it_stands_again() -> None:
    """Its length is no reason to leave the other place as it is."""
    secret = "x7Qp" * 100
    scan_ = engine().batch([json.dumps({"client_secret": secret, "f3": f"we used {secret} then"}).encode()])[0]
    assert scan_.twins or any(item.path == "/f3" for item in scan_.findings)


def test_of_many_secrets_in_a_text_each_is_as_long_as_the_longest_over_it() -> None:
    """The sixty-first is widened as the first is."""
    many = [Hit(at * 10, at * 10 + 4, "SECRET", 1.0, "a") for at in range(100)]
    wider = [Hit(at * 10, at * 10 + 8, "SECRET", 1.0, "b") for at in range(100)]
    found = _widened([*many, *wider], "abcdefgh  " * 100)
    assert {(hit.start, hit.end) for hit in found} == {(at * 10, at * 10 + 8) for at in range(100)}


@pytest.mark.parametrize("mark", ["4711;", "a|", "x/", "k=v&", ".", "[1]", '"a",'], ids=str)
def test_the_model_sees_names_around_a_long_run(mark: str) -> None:
    """Both words of a name are shown though one of them ends or begins a run without blanks."""
    for count in (2, 200):
        shown = " ".join(part for _, part in windows(f"{mark * count}Anna Berg{mark * count} wrote"))
        assert "Anna Berg" in shown, count


def test_a_name_over_the_cut_of_two_windows_stands_whole_in_one() -> None:
    """Where no sentence ends, windows share some words."""
    for at in range(985, 1010):
        text = ("word " * 300)[:at].rsplit(" ", 1)[0] + " Anna Berg " + "word " * 100
        assert any("Anna Berg" in part for _, part in windows(text))


@pytest.mark.parametrize("size", [4096, 5000, 100_000])
def test_a_key_decides_about_values_of_any_length(size: int) -> None:
    """What stands under the key of a secret is one as a whole."""
    record = json.dumps({"client_secret": "x7" * size}).encode()
    (found,) = engine().batch([record])[0].findings
    assert (found.start, found.end) == (0, 2 * size)


def test_thousands_of_findings_in_one_leaf_cost_what_its_size_costs() -> None:
    """Ten times the lines of a table take ten times the time, not a hundred times."""

    def seconds(lines: int) -> float:
        table = "id,last_name\n" + "\n".join(f"{at},Vogt" for at in range(lines))
        began = time.process_time()
        assert len(scan(table).findings) == lines
        return time.process_time() - began

    seconds(50)
    # the least of a few: a collection of all that the process holds may fall into one of them
    assert min(seconds(4000) for _ in range(3)) < 40 * min(seconds(400) for _ in range(3))


def picture(random_: random.Random, size: int) -> str:
    """Base64 of what begins as a picture does."""
    return b64(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + random_.randbytes(size))


def test_prose_far_behind_is_prose() -> None:
    """The model reads a text whose words begin behind thousands of characters that are none."""
    for words in ("please call Anna Berg about the invoice", "山田太郎さんに電話してください"):
        assert is_prose("4711;0815;" * 2000 + " " + words, KeyInfo("  "))
    assert not is_prose("4711;0815;" * 2000, KeyInfo("  "))


def pdf(random_: random.Random) -> bytes:
    """What begins as a PDF of 3 MB does."""
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Length 3000000>>\nstream\n" + random_.randbytes(3 << 20)


def wrapped(data: bytes, width: int = 76) -> str:
    """Base64 as mail has it."""
    text = b64(data)
    return "\r\n".join(text[at : at + width] for at in range(0, len(text), width))


def english(random_: random.Random, size: int) -> str:
    """Words, about a megabyte for a million."""
    words = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do".split()
    return " ".join(random_.choices(words, k=size // 6))


LAWFUL: dict[str, Callable[[random.Random], str]] = {
    "a PDF of 3 MB": lambda some: b64(pdf(some)),
    "in base64url": lambda some: base64.urlsafe_b64encode(pdf(some)).decode(),
    "in lines of mail": lambda some: wrapped(pdf(some)),
    "in base64 twice": lambda some: b64(b64(pdf(some))),
    "in JSON in a string": lambda some: json.dumps({"file": "a.pdf", "body": b64(pdf(some))}),
    "beside look-alike characters": lambda some: "Gr\u00f6\u00dfe:\u00a0" + b64(pdf(some)),
    "500 pictures": lambda some: " ".join(picture(some, 300) for _ in range(500)),
    "a bomb of zeros": lambda some: b64(gzip.compress(bytes(64 << 20))),
    "a megabyte of text": lambda some: b64(english(some, 1_000_000)),
    "a megabyte of text behind gzip": lambda some: zipped(english(some, 1_000_000)),
}  # fmt: skip


@functools.cache
def by_default() -> Engine:
    """The default budget; only the size of a record is another one."""
    made = Engine(EngineConfig(model="none", max_record_bytes=24 << 20))
    made.batch([json.dumps({"a": b64("a text that is read inside of base64")}).encode()])
    return made


@pytest.mark.parametrize("name", LAWFUL)
def test_lawful_attachments_are_let_through(name: str) -> None:
    """They pass unmasked within the default budget, and so do their neighbours."""
    record = json.dumps({"data": LAWFUL[name](random.Random(name))}).encode()
    neighbour = json.dumps({"data": MAIL}).encode()
    before, found, after = by_default().batch([neighbour, record, neighbour])
    assert (found.error, [item for item in found.findings if item.entity != "USERNAME"]) == (None, [])
    assert [len(scan.findings) for scan in (before, after)] == [1, 1]


HIDDEN: dict[str, Callable[[random.Random], str]] = {
    "before it": lambda some: f"{MAIL}: {b64(pdf(some))}",
    "behind it": lambda some: f"{b64(pdf(some))}\n{MAIL}",
    "behind the second": lambda some: f"{b64(some.randbytes(9000))} {b64(some.randbytes(9000))} {MAIL}",
    "at the end of a long text in it": lambda some: b64(f"{english(some, 60_000)} {MAIL}"),
    "over two lines of it": lambda some: wrapped(f"{english(some, 60_000)} {MAIL} {english(some, 60_000)}".encode()),
    "in its last line": lambda some: wrapped(f"{english(some, 60_000)} {MAIL}".encode(), 64),
    "in a list of tokens of one length": lambda some: "\n".join(
        "ghp_" + "".join(some.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", k=72)) for _ in range(200)
    ) + f"\n{MAIL}",
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_what_stands_around_or_in_an_attachment_is_found(name: str) -> None:
    """The finding covers the address, or the whole attachment that it stands in."""
    text = HIDDEN[name](random.Random(name))
    found = by_default().batch([json.dumps({"data": text}).encode()])[0]
    places = [(item.start, item.end) for item in found.findings if item.entity == "EMAIL_ADDRESS"]
    at = text.find(MAIL)
    assert places == ([(at, at + len(MAIL))] if at >= 0 else [(0, len(text))])


def test_a_name_thousands_of_times_in_one_string_is_looked_for_once() -> None:
    """A string with escapes is read once for each value that may stand in it again."""
    lines = "\n".join("login of tveiten77 went well" for _ in range(2000))
    record = json.dumps({"username": "tveiten77", "f3": lines}).encode()
    made = by_default()
    began = time.process_time()
    scans = made.batch([record])
    assert len(scans[0].twins) == 2000
    assert time.process_time() - began < 5


def test_keys_are_read_within_the_budget_of_their_record() -> None:
    """Tens of thousands of new keys are a timeout of their record alone, and soon."""
    some = random.Random(11)
    words = "name user email card phone line first last value key code".split()
    keys = {"_".join(some.choices(words, k=3)) + str(n): "x" for n in range(30_000)}
    killer = json.dumps(keys, separators=(",", ":")).encode()
    good = b'{"email": "ilse.vogt@firma-beispiel.de"}'
    made = Engine(EngineConfig(model="none", time_budget_max_s=0.3, cache_dir=None))
    made.batch([good])
    began = time.process_time()
    scans = made.batch([good, killer, good])
    assert [item.error for item in scans] == [None, "timeout", None]
    assert time.process_time() - began < 3
