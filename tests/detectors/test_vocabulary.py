"""Keys in short, in one word, misspelt, and in other languages mean what the plain key means."""

from __future__ import annotations

import functools

import pytest

from maskgate_detectors.fields import vocabulary
from maskgate_detectors.fields.context import KeyHints
from maskgate_detectors.model import registry


@functools.cache
def hints() -> KeyHints:
    """The hints of all rules."""
    return KeyHints(registry.load())


def entities(*keys: str) -> set[str]:
    """What a value under these keys is taken for by the keys alone."""
    return {rule.entity for rule in hints().for_keys(keys).deciders}


@pytest.mark.parametrize(
    ("key", "entity"),
    [
        ("PAX_TEL_NBR", "PHONE_NUMBER"),
        ("RCPNT_BRTH_DT", "DATE_TIME"),
        ("EMP_LST_NM", "PERSON"),
        ("billtostreet", "LOCATION"),
        ("guestphoneno", "PHONE_NUMBER"),
        ("payeeiban", "IBAN_CODE"),
        ("sendersurname", "PERSON"),
        ("pasport_number", "PASSPORT"),
        ("surnmae", "PERSON"),
        ("recepient_name", "PERSON"),
        ("celular_vendedor", "PHONE_NUMBER"),
        ("indirizzo_del_cliente", "LOCATION"),
        ("cognome_paziente", "PERSON"),
        ("telefonBeruflich", "PHONE_NUMBER"),
        ("nama_penerima", "PERSON"),
        ("số_điện_thoại", "PHONE_NUMBER"),
        ("дата_рождения_клиента", "DATE_TIME"),
        ("שם_משפחה", "PERSON"),
        ("जन्म तिथि", "DATE_TIME"),
        ("收件人手机号码", "PHONE_NUMBER"),
        ("고객전화번호", "PHONE_NUMBER"),
        ("เบอร์โทรศัพท์", "PHONE_NUMBER"),
    ],
)
def test_other_words_for_a_key(key: str, entity: str) -> None:
    """The key decides as the plain English key does."""
    assert entity in entities(key)


@pytest.mark.parametrize(
    "key",
    [
        "export", "support", "portal", "postage", "filename", "host_name", "typeName", "adresse_typ", "telefon_status",
        "email_count", "ville_id", "mid", "ttl", "sec", "shipment", "portnumber", "phonetype", "mobileapp", "homepage",
        "상품이름", "product_nm", "node_nm", "tbl_nm", "accountability", "streetwear", "prd_cd", "ord_nbr",
    ],
)  # fmt: skip
def test_look_alikes(key: str) -> None:
    """Words that only look like it decide nothing."""
    assert not entities(key)


def test_bare_names_need_a_person() -> None:
    """``nama`` may be a product's: only a person around it makes it a person's name."""
    assert "PERSON" in entities("karyawan", "nama")
    assert not entities("produk", "nama")
    assert "PERSON" in entities("Dbtr", "Nm")
    assert not entities("Article", "Nm")


def test_plain_words_are_left_alone() -> None:
    """Nothing is said of words that are plain already."""
    assert vocabulary.plain(["first", "name"]) is None
    assert vocabulary.plain(["cust", "phone"]) == ["customer", "phone"]


def test_every_phrase_means_the_key_of_a_rule() -> None:
    """No list of phrases stands for a key that no rule has."""
    known = {"".join(key.split()) for rule in registry.load() for key in rule.keys}
    assert {key.replace(" ", "") for key in vocabulary.same_as()} <= known
