"""Values that are split over fields: operators see the whole value, fields get their parts of the result."""

from __future__ import annotations

import functools
import json
import re
import time
from base64 import b64encode
from typing import Any

import pytest

from maskgate.base.records import Masked, Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.operators.fakes import luhn_digit
from maskgate.operators.tokenize import Opened, open_token
from maskgate.policy import compile_source
from maskgate.policy.source import parse
from maskgate_detectors import Engine, EngineConfig

KEYS = Keyring.fresh()
CARD = {"card1": "4539", "card2": "1488", "card3": "0343", "card4": "6467"}
OTHER = {"card1": "4539", "card2": "1488", "card3": "0343", "card4": "6566"}  # the same but for the last part
NUMBERS = {"cc_part_1": 4539, "cc_part_2": 1488, "cc_part_3": 343, "cc_part_4": 6467}


@functools.cache
def engine() -> Engine:
    """All rules, no model."""
    return Engine(EngineConfig(model="none"))


@functools.cache
def masker(policy: str) -> Masker:
    """A masker under the policy of this text."""
    return Masker(compile_source(parse(policy.encode(), "policy.yaml")), KEYS, engine())


def outcome(action: str, record: Any) -> Masked:
    """What becomes of the record under a policy of this action alone."""
    raw = json.dumps(record, ensure_ascii=False).encode()
    found = masker(f"default: {action}").batch([Record("t", 0, 0, raw)])[0]
    assert isinstance(found, Masked), found
    return found


def masked(action: str, record: Any) -> Any:
    """The masked document."""
    return json.loads(outcome(action, record).value or b"null")


@pytest.mark.parametrize(
    ("action", "record", "expected"),
    [
        ("{operator: partial, keep_last: 4}", CARD,
         {"card1": "****", "card2": "****", "card3": "****", "card4": "6467"}),
        ("{operator: partial, keep_first: 6, keep_last: 4}", CARD,
         {"card1": "4539", "card2": "14**", "card3": "****", "card4": "6467"}),
        ("{operator: partial, keep_last: 4}", {"card4": "6467", "card2": "1488", "card3": "0343", "card1": "4539"},
         {"card4": "6467", "card2": "****", "card3": "****", "card1": "****"}),
        ("{operator: partial, keep_last: 4, keep_type: false}", NUMBERS,
         {"cc_part_1": "****", "cc_part_2": "****", "cc_part_3": "***", "cc_part_4": "6467"}),
        ("{operator: partial, keep_last: 4}", {"ssn": ["536", "22", "8726"]}, {"ssn": ["***", "**", "8726"]}),
        ("{operator: partial, keep_last: 4}", {"pin": ["4", "8", "1", "7"]}, {"pin": ["*", "*", "*", "*"]}),
        ("{operator: partial, keep_domain: true}", {"email_user": "j.doe", "email_domain": "x.com"},
         {"email_user": "*.***", "email_domain": "x.com"}),
        ("{operator: generalize, to: year}", {"dob_day": "4", "dob_month": "2", "dob_year": 1980},
         {"dob_day": "<DATE_TIME>", "dob_month": "<DATE_TIME>", "dob_year": 1980}),
        ("{operator: generalize, to: month}", {"dob": [1980, 4, 2]}, {"dob": [1980, 4, 1]}),
        ("generalize", CARD, dict.fromkeys(CARD, "<CREDIT_CARD>")),
        ("replace", NUMBERS, {"cc_part_1": 1000, "cc_part_2": 1000, "cc_part_3": 100, "cc_part_4": 1000}),
        ("redact", CARD, dict.fromkeys(CARD, "")),
        ("drop", CARD, {}),
    ],
)  # fmt: skip
def test_the_ends_of_the_whole_value_stay_not_those_of_each_part(action: str, record: Any, expected: Any) -> None:
    """`keep_last: 4` keeps four digits of a card that stands in four fields, not all sixteen."""
    assert masked(action, record) == expected


def test_a_json_text_in_a_string_is_treated_alike() -> None:
    """The parts in a nested document are parts of one value, too."""
    inner = json.loads(masked("{operator: partial, keep_last: 4}", {"p": json.dumps(CARD)})["p"])
    assert inner == {"card1": "****", "card2": "****", "card3": "****", "card4": "6467"}


@pytest.mark.parametrize("action", ["replace", "hash", "tokenize", "pseudonym", "{operator: partial, keep_last: 4}"])
def test_parts_inside_base64_go_with_the_run(action: str) -> None:
    """A part in a run of base64 has no place of its own: the run is masked, and no other run has a say."""
    run, other = (b64encode(json.dumps(card).encode()).decode() for card in (CARD, {**OTHER, "more": 1}))
    both = masked(action, {"a": run, "b": other})
    assert both["a"] == masked(action, {"a": run})["a"]
    assert run not in both["a"]
    assert run[:24] not in both["a"]
    assert other not in both["b"]


def test_one_part_that_a_rule_of_its_own_masks_shows_no_more() -> None:
    """A rule for one path decides about that part; the others keep what they are of the whole."""
    policy = "rules: [{id: last, path: /card4, action: redact}]\ndefault: {operator: partial, keep_last: 4}"
    found = masker(policy).batch([Record("t", 0, 0, json.dumps(CARD).encode())])[0]
    assert isinstance(found, Masked)
    assert json.loads(found.value or b"") == {"card1": "****", "card2": "****", "card3": "****", "card4": ""}


def test_hashes_of_parts_are_the_hash_of_the_whole() -> None:
    """Four digits hashed by themselves have ten thousand hashes; the whole joins with unsplit fields elsewhere."""
    whole = masked("hash", {"card": "4539148803436467"})["card"]
    assert set(masked("hash", CARD).values()) == {whole}
    assert not set(masked("hash", OTHER).values()) & {whole}
    numbers, others = masked("hash", NUMBERS), masked("hash", {**NUMBERS, "cc_part_4": 6566})
    assert all(len(str(numbers[key])) == len(str(value)) for key, value in NUMBERS.items())
    assert all(numbers[key] != others[key] for key in ("cc_part_1", "cc_part_2"))


def test_tokens_of_parts_come_back_and_are_tied_to_the_whole() -> None:
    """Equal first parts of two cards have different tokens; each token opens to its part."""
    tokens, others = masked("tokenize", CARD), masked("tokenize", OTHER)
    assert {key: open_token(token, KEYS) for key, token in tokens.items()} == {
        key: Opened("CREDIT_CARD", value) for key, value in CARD.items()
    }
    assert not set(tokens.values()) & set(others.values())
    assert masked("tokenize", CARD) == tokens


def test_format_preserving_encryption_has_the_whole_value_as_its_domain() -> None:
    """Four digits alone would be refused; the parts put together are the encrypted whole."""
    whole = masked("{operator: fpe, luhn: true}", {"card": "4539148803436467"})["card"]
    parts = masked("{operator: fpe, luhn: true}", CARD)
    assert "".join(parts.values()) == whole


def test_stand_ins_of_parts_are_those_of_the_whole() -> None:
    """A card in parts gets the stand-in of the card, a person in two fields that of the full name."""
    parts = "".join(masked("pseudonym", CARD).values())
    assert parts == masked("pseudonym", {"card": "4539148803436467"})["card"]
    assert luhn_digit(parts[:-1]) == parts[-1]
    record = {"first_name": "Jane", "last_name": "Doe", "full_name": "Jane Doe"}
    person = masked("pseudonym", record)
    assert f"{person['first_name']} {person['last_name']}" == person["full_name"] != "Jane Doe"
    first, last = person["full_name"].split()
    assert masked("pseudonym", {"full_name": "Doe, Jane"}) == {"full_name": f"{last}, {first}"}
    assert masked("pseudonym", {"last_name": "DOE", "first_name": "Jane"}) == {
        "last_name": person["last_name"].upper(), "first_name": person["first_name"],
    }  # fmt: skip
    phone = masked("pseudonym", {"contact": {"country_code": "+49", "number": "1711234567"}})["contact"]
    assert phone["country_code"] == "+49"
    assert re.fullmatch(r"\d{10}", phone["number"])
    assert phone["number"] != "1711234567"
    mail = masked("pseudonym", {"email": {"local_part": "j.doe", "domain": "@acme.org"}})["email"]
    assert mail["domain"].startswith("@example.")
    assert mail["local_part"] != "j.doe"


@pytest.mark.parametrize(
    "record",
    [
        {"a": {"first_name": "Zorka", "last_name": "Blipp"}, "b": {"first_name": "Zorka", "last_name": "Quux"}},
        {"first_name": "Zorka Marva", "middle_name": "Luisel", "last_name": "vander ter Bergh"},
        {"given": "Zörka", "family": "Nüñezz"},
        {"name": {"first": "Zorka\tMayv", "last": "Leeq"}},
        {"姓": "鯨岡", "名": "蒼月"},
        {"first_name": "Zorka"},
    ],
    ids=["two people", "five words", "letters beyond ASCII", "an escape", "no spaces", "one part"],
)  # fmt: skip
def test_names_in_parts_always_get_a_stand_in(record: dict[str, Any]) -> None:
    """Nothing of the name stays, whichever way the record is masked, and the short way says what the long one says."""
    raw = json.dumps(record, ensure_ascii=False).encode()
    one = masker("default: pseudonym")
    first = one.batch([Record("t", 0, 0, raw)])[0]
    explained, _ = one.explain(Record("t", 0, 0, raw))
    assert isinstance(first, Masked)
    assert isinstance(explained, Masked)
    assert (first.value, first.fields) == (explained.value, explained.fields)
    for word in re.findall(r"[^\W\d_]{2,}", " ".join(_texts(record))):
        assert f'"{word}'.encode() not in (first.value or b""), word


def _texts(tree: Any) -> list[str]:
    return [text for value in tree.values() for text in _texts(value)] if isinstance(tree, dict) else [tree]


def test_dates_in_parts_move_together() -> None:
    """A date of birth in three fields is shifted as one date, also over the end of a month."""
    parts = masked("{operator: date_shift, max_days: 40}", {"dob_day": 31, "dob_month": 12, "dob_year": 1980})
    whole = masked("{operator: date_shift, max_days: 40}", {"dob": "1980-12-31"})["dob"]
    assert f"{parts['dob_year']:04d}-{parts['dob_month']:02d}-{parts['dob_day']:02d}" == whole


@pytest.mark.parametrize("record", [CARD, NUMBERS, {"card": list(CARD.values())}], ids=["texts", "numbers", "array"])
def test_lineage_knows_the_whole_value(record: dict[str, Any]) -> None:
    """Every part carries the MAC of the whole: a card is found again, four digits are not."""
    parts = outcome("replace", record).fields
    whole = outcome("replace", {"pan": "4539 1488 0343 6467"}).fields
    assert len(parts) == 4
    assert {use.value_mac for use in parts} == {whole[0].value_mac}


def test_masking_twice_changes_nothing_more() -> None:
    """Labels in place of parts are no parts."""
    once = outcome("replace", {**CARD, "ssn": ["536", "22", "8726"]}).value
    again = outcome("replace", json.loads(once or b"")).value
    assert again == once


@pytest.mark.parametrize("key", ["surname", "LAST_NM", "nachname", "apellido"])
def test_a_surname_alone_gets_a_surname(key: str) -> None:
    """Its stand-in is no given name, keeps its case, and is the same wherever the surname stands alone."""
    from maskgate.operators.fakes import _lists

    lists = _lists()["en"]
    for name in ("Archer", "Okafor", "Weber"):
        found = masked("pseudonym", {key: name})[key]
        assert found in lists["last"]
        assert found != name
        assert masked("pseudonym", {"x": {key: name.upper()}})["x"][key] == found.upper()
    assert masked("pseudonym", {"first_name": "Ann"})["first_name"] in lists["first"]
    assert masked("hash", {key: "Archer"})[key] == masked("hash", {"last_name": "Archer"})["last_name"]


def test_numbers_of_two_telephones_are_no_parts_of_one() -> None:
    """A country code beside two numbers leaves each of them a value of its own."""
    record = {"country_code": "49", "phone": "030 1234567", "mobile": "0171 1234567"}
    hashes = masked("hash", record)
    assert hashes["phone"] != hashes["mobile"]
    assert hashes["phone"] == masked("hash", {"phone": "030 1234567"})["phone"]
    home = {"home_phone_cc": "+49", "home_phone_no": "301234567", "work_phone_cc": "+44", "work_phone_no": "2079460958"}
    hashes = masked("hash", home)
    assert hashes["home_phone_cc"] == hashes["home_phone_no"] != hashes["work_phone_no"] == hashes["work_phone_cc"]


@pytest.mark.parametrize("action", ["pseudonym", "hash", "{operator: partial, keep_last: 4}"])
def test_a_document_of_thousands_of_parts_takes_linear_time(action: str) -> None:
    """Five thousand people, cards and parts of a single key in one record are masked in seconds."""
    people = [{"first_name": f"Jane{n}", "last_name": "Doe", **CARD} for n in range(2_000)]
    codes = {"country_code": "49", **{f"phone_no_{n}": f"17112{n:05d}" for n in range(2_000)}}
    many = {"phone": {"country_code": "49", **{f"number{n}": f"17112{n:05d}" for n in range(2_000)}}}
    before = time.process_time()
    for record in ({"people": people}, codes, many):
        assert outcome(action, record).changed
    assert time.process_time() - before < 20
