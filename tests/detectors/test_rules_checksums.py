"""The checks of numbers: published examples pass, one wrong digit does not."""

from __future__ import annotations

import importlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskgate_detectors.checks import checksums
from maskgate_detectors.checks import national as national_checks
from maskgate_detectors.checks import secrets as secret_checks

GOOD = [
    (checksums.payment_card, "4111 1111 1111 1111"),
    (checksums.payment_card, "378282246310005"),
    (checksums.iban, "GB82 WEST 1234 5698 7654 32"),
    (checksums.iban, "NO9386011117947"),
    (checksums.us_npi, "1234567893"),
    (checksums.aba_routing, "021000021"),
    (checksums.imei, "490154203237518"),
    (checksums.vin, "1M8GDM9AXKP042788"),
    (checksums.nhs, "943 476 5919"),
    (checksums.dea_number, "AP5836727"),
    (checksums.bech32, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
    (checksums.base58check, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    (national_checks.singapore_nric, "S1234567D"),
    (national_checks.hong_kong_id, "A123456(3)"),
    (national_checks.taiwanese_id, "A123456789"),
    (national_checks.polish_id_card, "ABA300000"),
    (national_checks.german_pension_number, "15070649C103"),
    (national_checks.german_health_number, "A123456780"),
    (national_checks.russian_snils, "112-233-445 95"),
    (national_checks.hungarian_taj, "111 111 110"),
]


@pytest.mark.parametrize(("check", "number"), GOOD, ids=lambda value: getattr(value, "__name__", value))
def test_published_number_passes_and_a_neighbour_fails(check: object, number: str) -> None:
    """The number of the documentation is right, and with its last letter or digit changed it is wrong."""
    assert callable(check)
    assert check(number)
    at = max(i for i, c in enumerate(number) if c.isalnum())
    swapped = "".join(("1" if c != "1" else "2") if i == at else c for i, c in enumerate(number))
    assert not check(swapped)


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("es.nif", "54362315K"), ("es.nie", "x-2482300w"), ("pl.pesel", "44051401359"), ("de.idnr", "36 574 261 809"),
        ("fr.nir", "2 95 10 99 126 111 93"), ("it.codicefiscale", "RCCMNL83S18D969H"), ("nl.bsn", "1112.22.333"),
        ("be.nn", "85 07 30 033 28"), ("dk.cpr", "211062-5629"), ("fi.hetu", "131052-308T"),
        ("se.personnummer", "880320-0016"), ("no.fodselsnummer", "15108695088"), ("ie.pps", "6433435F"),
        ("pt.nif", "501 964 843"), ("ro.cnp", "1630615123457"), ("br.cpf", "390.533.447-05"),
        ("in_.aadhaar", "2341 2341 2346"), ("au.tfn", "123 456 782"), ("ca.sin", "123-456-782"),
        ("cn.ric", "360426199101010071"), ("tr.tckimlik", "17291716060"), ("za.idnr", "7503305044089"),
    ],
)  # fmt: skip
def test_stdnum_examples_pass_through_our_wrapper(module: str, number: str) -> None:
    """The wrapper agrees with python-stdnum on the number its documentation shows."""
    assert importlib.import_module("stdnum." + module).is_valid(number)
    assert checksums.stdnum(module)(number)
    assert not checksums.stdnum(module)("not a number")


def test_medicare_check_digit_is_the_ninth() -> None:
    """The tenth digit counts cards and is free; the ninth is not."""
    assert national_checks.australian_medicare("2123 45670 1")
    assert national_checks.australian_medicare("2123 45670 2")
    assert not national_checks.australian_medicare("2123 45671 1")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_checks_never_raise(text: str) -> None:
    """Whatever text a pattern lets through, a check answers true or false."""
    for check, _ in GOOD:
        assert check(text) in (True, False)
    for module in ("es.nif", "fi.hetu", "cn.ric", "il.idnr", "mx.curp", "br.cnpj", "de.stnr", "ve.rif"):
        assert checksums.stdnum(module)(text) in (True, False)
    for other in (checksums.ip_address, checksums.email, checksums.international_phone, secret_checks.real,
                  secret_checks.assigned, secret_checks.password, secret_checks.basic_credentials):  # fmt: skip
        assert other(text) in (True, False)


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "0.0.0.0", "10.0.0.0", "255.255.255.0", "::1", "a::b", "999.1.1.1", "8.8.8.8", "10.2.0.4"]
)
def test_addresses_that_name_no_host_are_refused(text: str) -> None:
    """Loopback, networks, netmasks and scope operators are no personal data."""
    assert not checksums.ip_address(text)


@pytest.mark.parametrize("text", ["+1 212 555 0123", "+49 30 901820", "0044 20 7946 0958", "+5511912345678"])
def test_international_numbers_are_accepted(text: str) -> None:
    """A number with a country code and a length of that country passes."""
    assert checksums.international_phone(text)


@pytest.mark.parametrize(
    "text", ["password", "my-secret", "${TOKEN}", "os.environ", "aaaaaaaaaaaa", "STRIPE_SECRET_KEY"]
)
def test_words_where_a_secret_could_stand_are_refused(text: str) -> None:
    """Names of variables, code and plain words are not credentials."""
    assert not secret_checks.assigned(text)
