"""What a key says about its value."""

from __future__ import annotations

import pytest

from maskgate_detectors import Engine, EngineConfig, Rule
from maskgate_detectors.fields.context import KeyHints, split_key

NAME = Rule(
    id="whole", entity="PERSON", label="", pattern="only by key",
    keys=("full name", "!file full name"), key_decides=True,
    key_pattern=r"[\p{Lu}][\p{L} .'-]{1,60}",
)  # fmt: skip
FIRST = Rule(
    id="part", entity="PERSON", label="", pattern="only by key",
    keys=("first name", "vorname", "prenom"), key_decides=True,
    key_pattern=r"[\p{L} .'-]{1,60}",
)  # fmt: skip
SSN = Rule(
    id="ssn", entity="US_SSN", label="", pattern=r"\d{9}|\d{3}-\d{2}-\d{4}", triggers=(r"\d{9}", r"\d{3}-\d{2}-\d{4}"),
    needs_context=True, context=("ssn", "social security"), keys=("ssn", "order ssn"), numbers=True,
)  # fmt: skip
LICENCE = Rule(
    id="licence", entity="US_DRIVER_LICENSE", label="",
    pattern=r"[A-Z]\d{7}", context=("driver licence", "führerschein"),
    keys=("licence number",),
)  # fmt: skip
HINTS = KeyHints([NAME, FIRST, SSN, LICENCE])
ENGINE = Engine(EngineConfig(model="none", rules=(NAME, FIRST, SSN, LICENCE)))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("firstName", ["first", "name"]), ("first_name", ["first", "name"]), ("First-Name2", ["first", "name"]),
        ("HTTPServerURL", ["http", "server", "url"]), ("user.e-mail", ["user", "e", "mail"]), ("Prénom", ["prenom"]),
        ("STRASSE", ["strasse"]), ("Straße", ["strasse"]), ("ФИО", ["фио"]), ("123", []), ("ipV4", ["ip", "v"]),
    ],
)  # fmt: skip
def test_splits(key: str, words: list[str]) -> None:
    """Case changes, separators and digits part the words; case and diacritics do not count."""
    assert split_key(key) == words


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/firstName", "part"), ("/user/firstname", "part"), ("/Vorname", "part"), ("/prénoms/0", "part"),
        ("/first/name/value", "part"), ("/name/first", "part"), ("/customer/name", "whole"), ("/patient_name", "whole"),
        ("/users/3/name", "whole"), ("/kunde/name", "whole"),
    ],
)  # fmt: skip
def test_decides(path: str, rule: str) -> None:
    """The words of the whole path count: parents, plurals, qualifiers behind, words written as one."""
    assert [item.id for item in HINTS.for_pointer(path).deciders][:1] == [rule]


@pytest.mark.parametrize("path", ["/product/name", "/name", "/file_full_name", "/host/name", "/<FIRST_NAME>", "/x"])
def test_does_not_decide(path: str) -> None:
    """Names of things, excluded keys and our own labels give no hint."""
    assert HINTS.for_pointer(path).deciders == ()


@pytest.mark.parametrize(
    ("record", "count"),
    [
        (b'{"ssn": 123456789}', 1), (b'{"note": "ssn 123456789"}', 1), (b'{"note": "123456789"}', 0),
        (b'{"order_id": "123456789"}', 0), (b'{"sku": "123-45-6789", "note": "x"}', 0),
        (b'{"ssn": "n/a"}', 0), (b'{"order_ssn": "123456789"}', 1), (b'{"bassn": 123456789}', 0),
        (b'{"note": "driver licence D1234567"}', 1), (b'{"note": "part D1234567"}', 0),
        ('{"note": "Führerschein D1234567"}'.encode(), 1), (b'{"licence_number": "D1234567"}', 1),
        (b'{"driver licence": {"x": "D1234567"}}', 0),
    ],
)  # fmt: skip
def test_weak_patterns_need_context(record: bytes, count: int) -> None:
    """Nine digits are nothing without a word before them or a key above them."""
    assert len(ENGINE.batch([record])[0].findings) == count


def test_a_decided_name_must_look_like_a_name() -> None:
    """The key alone does not make any string a person."""
    records = [
        b'{"customer": {"name": "Ana Li"}}',
        b'{"customer": {"name": "x7-qq"}}',
        b'{"customer": {"name": "N/A"}}',
    ]
    assert [len(scan.findings) for scan in ENGINE.batch(records)] == [1, 0, 0]


@pytest.mark.parametrize(
    "key", ["8841", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3F2504E0-4F89-11D3-9A0C-0305E82C3301"]
)
def test_ids_as_keys_say_nothing(key: str) -> None:
    """``users/<uuid>/name`` is the name of a user, as ``users/8841/name`` is."""
    engine = Engine(EngineConfig(model="none"))
    for record in (
        f'{{"users": {{"{key}": {{"name": "Anna Berg"}}}}}}',
        f'{{"user": {{"phones": {{"{key}": "+1 212 555 0147"}}}}}}',
    ):
        assert len(engine.batch([record.encode()])[0].findings) == 1


def test_a_key_that_is_told_to_ask_for_nothing_asks_for_nothing_under_any_other() -> None:
    """Most keys are answered at once; each answer is what the long way would say."""
    hints = Engine(EngineConfig(model="none")).hints
    rules = [key.removeprefix("!") for rule in hints.rules.values() for key in rule.keys[:2]]
    odd = "url commits_url nodeId default address_default value_of ofUser type created field.name f3 href fn2".split()
    outer = ["", "user", "default address", "card", "phone", "errors", "date of", "first", "home"]
    mute = 0
    for key in [*rules, *odd]:
        part = hints._read(key)
        if part is None or not part.mute or not part.words:
            continue
        mute += 1
        for name in outer:
            above = hints._read(name)
            parts = [one for one in (above, part) if one is not None and one.words]
            asked: dict[str, tuple[int, Rule, int]] = {}
            size, veto_size, _ = hints._ask(parts, any(one.person for one in parts), asked)
            assert (size, veto_size, asked) == (0, 0, {}), (name, key)
    assert mute >= 3
    read = [hints._read(key) for key in rules]
    assert not any(part.mute for part in read if part is not None and part.words)
