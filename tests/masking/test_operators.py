"""Every operator against its own table of samples, and what holds for all of them."""

from __future__ import annotations

import json
import re

import pytest
from pydantic import TypeAdapter, ValidationError

from maskgate.base.errors import KeyringError
from maskgate.crypto.keyring import Keyring
from maskgate.operators.base import Action, Sample
from maskgate.operators.catalogue import OPERATORS, AnyAction
from maskgate.operators.keyed import CannotMask

KEYS = Keyring.fresh()
SAMPLES = [
    pytest.param(cls, sample, id=f"{name} {i} {sample.entity}")
    for name, cls in OPERATORS.items()
    for i, sample in enumerate(cls.samples)
]
ACTION: TypeAdapter[Action] = TypeAdapter(AnyAction)


@pytest.mark.parametrize(("cls", "sample"), SAMPLES)
def test_sample(cls: type[Action], sample: Sample) -> None:
    """The operator does to each sample what its table says, twice the same where it is deterministic."""
    action = cls.model_validate(sample.args)
    bind = action.bind_number if sample.number else action.bind
    mask = bind(sample.entity, KEYS)
    result = mask(sample.text, "subject")
    if sample.result is not None:
        assert result == sample.result
    else:
        assert re.fullmatch(sample.pattern, result), result
        assert result != sample.text
    if sample.number:
        json.loads(result)
    if action.name != "encrypt":
        assert bind(sample.entity, KEYS)(sample.text, "subject") == result


@pytest.mark.parametrize("name", ["hash", "pseudonym", "tokenize", "fpe"])
def test_keyed_operators_separate_entities_and_keys(name: str) -> None:
    """Another entity or another key gives another result; the same ones the same."""
    text = "1234567890123"
    action = ACTION.validate_python(name)
    one = action.bind("A_THING", KEYS)(text, "")
    assert one == action.bind("A_THING", KEYS)(text, "")
    assert one != action.bind("B_THING", KEYS)(text, "")
    assert one != action.bind("A_THING", Keyring.fresh())(text, "")


@pytest.mark.parametrize("name", ["hash", "pseudonym", "tokenize", "fpe", "date_shift", "encrypt"])
def test_a_pinned_key_survives_rotation(name: str) -> None:
    """With a pinned key the result stays; without, the newest key is used; a retired pin is an error."""
    keys = Keyring.fresh()
    old = keys.key("mask").id
    text = "2024-05-06" if name == "date_shift" else "1234567890123"
    pinned = ACTION.validate_python({"operator": name, "key": old})
    free = ACTION.validate_python(name)
    before = pinned.bind("X", keys)(text, "s")
    keys.rotate("mask")
    if name != "encrypt":
        assert pinned.bind("X", keys)(text, "s") == before
        assert name == "date_shift" or free.bind("X", keys)(text, "s") != before
    keys.retire(old)
    with pytest.raises(KeyringError, match=old):
        pinned.bind("X", keys)


@pytest.mark.parametrize("name", ["redact", "replace", "tokenize", "hash", "pseudonym", "partial", "keep"])
@pytest.mark.parametrize("text", ["", "é", "日本語 テスト", "a" * 10_000, "\ud800x", '\x00\x1f"\\', "0", "👩‍👩‍👧"])
def test_any_text_can_be_masked(name: str, text: str) -> None:
    """No text makes one of the general operators fail."""
    for entity in ("PERSON", "EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "PHONE_NUMBER", "DATE_TIME", "OTHER_KIND"):
        assert isinstance(ACTION.validate_python(name).bind(entity, KEYS)(text, ""), str)


@pytest.mark.parametrize(
    ("operator", "entity", "text"),
    [
        ({"operator": "fpe"}, "PIN", "12345"),
        ({"operator": "fpe"}, "PASSPORT", "C01X00T478"),
        ({"operator": "date_shift"}, "DATE_TIME", "last Tuesday"),
        ({"operator": "date_shift"}, "DATE_TIME", "2024-02-31"),
        ({"operator": "generalize"}, "SALARY", "a lot"),
        ({"operator": "generalize"}, "IP_ADDRESS", "300.1.1.1"),
        ({"operator": "generalize"}, "AGE", "old"),
        ({"operator": "generalize"}, "SALARY", "1e999999"),
    ],
)
def test_what_an_operator_cannot_handle_is_refused(operator: dict[str, str], entity: str, text: str) -> None:
    """A value outside an operator's domain raises CannotMask, whose message does not hold the value."""
    with pytest.raises(CannotMask) as caught:
        ACTION.validate_python(operator).bind(entity, KEYS)(text, "")
    assert text not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("shuffle", "union_tag_invalid"),
        ({"operator": "partial", "keep_lsat": 4}, "extra_forbidden"),
        ({"operator": "hash", "length": 4}, "greater_than_equal"),
        ({"operator": "pseudonym", "locale": "tlh"}, "no names for 'tlh'"),
        ({"operator": "replace", "with": "{value}"}, "only {entity}"),
    ],
)
def test_wrong_operators_are_refused(written: object, message: str) -> None:
    """An unknown operator or argument, or one out of range, is an error when the policy is read."""
    with pytest.raises(ValidationError) as caught:
        ACTION.validate_python(written)
    assert message in str(caught.value) or caught.value.errors()[0]["type"] == message


def test_date_shift_keeps_intervals_of_one_subject() -> None:
    """Two dates of one subject keep their distance in every spelling; another subject moves otherwise."""
    from datetime import date

    mask = ACTION.validate_python("date_shift").bind("DATE_TIME", KEYS)
    number = ACTION.validate_python("date_shift").bind_number("DATE_TIME", KEYS)
    a, b = (date.fromisoformat(mask(d, "ann")) for d in ("2024-01-31", "2024-03-01"))
    assert (b - a).days == 30
    epoch = int(number("1706659200", "ann"))
    assert date.fromordinal(date(1970, 1, 1).toordinal() + epoch // 86400) == a
    shifts = {mask("2024-01-31", f"subject {i}") for i in range(50)}
    assert len(shifts) > 20
    assert "2024-01-31" not in shifts


def test_partial_covers_everything_rather_than_too_little() -> None:
    """A value so short that too little would be covered is covered wholly."""
    mask = ACTION.validate_python({"operator": "partial", "keep_last": 4}).bind("X", KEYS)
    assert mask("1234567", "") == "*******"
    assert mask("12345678", "") == "****5678"


def test_pseudonyms_are_valid_of_their_kind() -> None:
    """Cards pass Luhn, IBANs pass mod 97, equal names in another letter case share a stand-in."""
    from stdnum import iban, luhn

    def fake(entity: str, text: str) -> str:
        return ACTION.validate_python("pseudonym").bind(entity, KEYS)(text, "")

    for number in ("4111111111111111", "5500 0000 0000 0004", "340000000000009", "6011-0000-0000-0004"):
        assert luhn.is_valid(re.sub(r"\D", "", fake("CREDIT_CARD", number)))
    assert iban.is_valid(fake("IBAN_CODE", "GB82 WEST 1234 5698 7654 32"), check_country=False)
    assert fake("PERSON", "JANE DOE").title() == fake("PERSON", "Jane Doe")
    assert fake("EMAIL_ADDRESS", "Jane@Example.com") == fake("EMAIL_ADDRESS", "jane@example.com")


@pytest.mark.parametrize("text", ["call the desk", "oddvalue", "1-800-FLOWERS", "n/a", "x1", "üöä"])
def test_a_stand_in_for_a_phone_leaves_no_words(text: str) -> None:
    """A rule with `always` meets more than numbers: what is none does not stay as it was."""
    fake = ACTION.validate_python("pseudonym").bind("PHONE_NUMBER", KEYS)(text, "")
    assert fake != text
    assert not any(word in fake for word in re.findall(r"[^\W\d_]{3,}", text))
