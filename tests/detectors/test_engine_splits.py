"""Values that are split over the members of an object or the elements of an array are found, and are one subject."""

from __future__ import annotations

import functools
import json
import random
from typing import Any

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.engine.reference import Reference
from maskgate_detectors.fields.parts import part_of, place_in_subject

CARD = ("4539", "1488", "0343", "6467")


@functools.cache
def engines() -> tuple[Engine, Reference]:
    """The fast engine and its oracle, with all rules and no model."""
    config = EngineConfig(model="none", time_budget_s=10.0)
    return Engine(config), Reference(config)


def found(record: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Path → entity and subject; the same by the lexer, by a learnt shape and by the reference."""
    engine, reference = engines()
    raw = json.dumps(record, ensure_ascii=False).encode()
    plain = reference.scan(raw)
    for _ in range(7):
        assert engine.batch([raw])[0] == plain
    return {finding.path: (finding.entity, finding.subject) for finding in plain.findings}


def whole(entity: str, subject: str, *paths: str) -> dict[str, tuple[str, str]]:
    """What is expected of a value whose parts stand at ``paths``."""
    return dict.fromkeys(paths, (entity, subject))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (dict(zip(("card1", "card2", "card3", "card4"), CARD, strict=True)),
         whole("CREDIT_CARD", "/card", "/card1", "/card2", "/card3", "/card4")),
        ({"card4": "6467", "card2": "1488", "card1": "4539", "card3": "0343"},
         whole("CREDIT_CARD", "/card", "/card1", "/card2", "/card3", "/card4")),
        ({"cc_part_a": 4539, "cc_part_b": 1488, "cc_part_c": 343, "cc_part_d": 6467},
         whole("CREDIT_CARD", "/cc", "/cc_part_a", "/cc_part_b", "/cc_part_c", "/cc_part_d")),
        ({"pay": {"card": list(CARD)}},
         whole("CREDIT_CARD", "/pay/card", "/pay/card/0", "/pay/card/1", "/pay/card/2", "/pay/card/3")),
        ({"pan": {"p1": "3782", "p2": "822463", "p3": "10005"}},
         whole("CREDIT_CARD", "/pan", "/pan/p1", "/pan/p2", "/pan/p3")),
        ({"kreditkarte": {"teil1": "4970", "teil2": "1000", "teil3": "0000", "teil4": "0014"}},
         whole("CREDIT_CARD", "/kreditkarte", *(f"/kreditkarte/teil{n}" for n in (1, 2, 3, 4)))),
        ({"cardNumberFirst4": "1234", "cardNumberSecond4": "5678", "cardNumberThird4": "9012",
          "cardNumberLast4": "3456"},
         whole("CREDIT_CARD", "/cardNumber", "/cardNumberFirst4", "/cardNumberSecond4", "/cardNumberThird4",
               "/cardNumberLast4")),
        ({"c1": "4539", "c2": "1488", "c3": "0343", "c4": "6467", "cvv": "123"},
         whole("CREDIT_CARD", "/", "/c1", "/c2", "/c3", "/c4") | whole("SECRET", "", "/cvv")),
        ({"ssn1": "536", "ssn2": "22", "ssn3": "8726"}, whole("US_SSN", "/ssn", "/ssn1", "/ssn2", "/ssn3")),
        ({"ssn": {"area": 36, "group": 5, "serial": 8726}},
         whole("US_SSN", "/ssn", "/ssn/area", "/ssn/group", "/ssn/serial")),
        ({"cpf": ["529", "982", "247", "25"]}, whole("BR_CPF", "/cpf", "/cpf/0", "/cpf/1", "/cpf/2", "/cpf/3")),
        ({"iban": {"country": "GB", "check": "82", "bban": "WEST12345698765432"}},
         whole("IBAN_CODE", "/iban", "/iban/country", "/iban/check", "/iban/bban")),
        ({"iban_parts": ["DE89", "3704", "0044", "0532", "0130", "00"]},
         whole("IBAN_CODE", "/iban_parts", *(f"/iban_parts/{n}" for n in range(6)))),
        ({"jumin": {"front": "900101", "back": "1234567"}}, whole("KR_RRN", "/jumin", "/jumin/front", "/jumin/back")),
        ({"contact": {"country_code": "+49", "number": "1711234567"}},
         whole("PHONE_NUMBER", "/contact/phone", "/contact/country_code", "/contact/number")),
        ({"dial_code": "44", "phone_local": "7911 123456"},
         whole("PHONE_NUMBER", "/phone", "/dial_code", "/phone_local")),
        ({"area_code": "415", "exchange": "867", "line": "5309"},
         whole("PHONE_NUMBER", "/phone", "/area_code", "/exchange", "/line")),
        ({"tel": {"vorwahl": "030", "nummer": "90180000"}},
         whole("PHONE_NUMBER", "/tel", "/tel/vorwahl", "/tel/nummer")),
        ({"home_phone_cc": "+1", "home_phone_no": "2127365000"},
         whole("PHONE_NUMBER", "/home_phone", "/home_phone_cc", "/home_phone_no")),
        ({"phone": ["+44", "20", "7946", "0958"]},
         whole("PHONE_NUMBER", "/phone", "/phone/0", "/phone/1", "/phone/2", "/phone/3")),
        ({"email_user": "j.doe", "email_domain": "x.com"},
         whole("EMAIL_ADDRESS", "/email", "/email_user", "/email_domain")),
        ({"correo": {"usuario": "jgarcia", "dominio": "hotmail.es"}},
         whole("EMAIL_ADDRESS", "/correo", "/correo/usuario", "/correo/dominio")),
        ({"dob_day": 4, "dob_month": 2, "dob_year": 1980},
         whole("DATE_TIME", "/dob", "/dob_day", "/dob_month", "/dob_year")),
        ({"birth": {"y": 1980, "m": 4, "d": 2}}, whole("DATE_TIME", "/birth", "/birth/y", "/birth/m", "/birth/d")),
        ({"jour_naissance": "3", "mois_naissance": "mai", "annee_naissance": "1971"},
         whole("DATE_TIME", "/naissance", "/jour_naissance", "/mois_naissance", "/annee_naissance")),
        ({"dob": [1980, 4, 2]}, whole("DATE_TIME", "/dob", "/dob/0", "/dob/1", "/dob/2")),
        ({"line1": "12 High Street", "line2": "Flat 4", "postal_code": "LS1 4AP", "city": "Leeds"},
         whole("LOCATION", "/address", "/line1", "/line2", "/postal_code", "/city")),
        ({"direccion": {"calle": "Gran Vía", "numero": "28", "piso": "3B", "cp": "28013", "ciudad": "Madrid"}},
         whole("LOCATION", "/direccion", *(f"/direccion/{key}" for key in "calle numero piso cp ciudad".split()))),
        ({"billing_street": "Rue du Bac", "billing_city": "Paris", "shipping_city": "Lyon"},
         whole("LOCATION", "/billing_address", "/billing_street", "/billing_city")
         | whole("LOCATION", "/shipping_address", "/shipping_city")),
        ({"address": ["221B Baker Street", "London", "NW1 6XE"]},
         whole("LOCATION", "/address", "/address/0", "/address/1", "/address/2")),
        ({"user": {"first_name": "Jane", "last_name": "Doe"}},
         whole("PERSON", "/user/name", "/user/first_name", "/user/last_name")),
        ({"given": "Amelia", "middle": "Rose", "family": "Okafor"},
         whole("PERSON", "/name", "/given", "/middle", "/family")),
        ({"nom": "DUPONT", "prénom": "Chloé"}, whole("PERSON", "/name", "/nom", "/prénom")),
        ({"nombre": "Lucía", "apellido1": "García", "apellido2": "Lorca"},
         whole("PERSON", "/name", "/nombre", "/apellido1", "/apellido2")),
        ({"person": {"fn": "Björn", "ln": "Borg"}}, whole("PERSON", "/person/name", "/person/fn", "/person/ln")),
        ({"carte": {"bloc1": "4970", "bloc2": "1000", "bloc3": "0000", "bloc4": "0014"}},
         whole("CREDIT_CARD", "/carte", *(f"/carte/bloc{n}" for n in (1, 2, 3, 4)))),
        ({"mailbox": {"local": "peter_parker", "host": "web.de"}},
         whole("EMAIL_ADDRESS", "/mailbox", "/mailbox/local", "/mailbox/host")),
        ({"tarjeta": {"numero_1": "4539", "numero_2": "1488", "numero_3": "0343", "numero_4": "6467"}},
         whole("CREDIT_CARD", "/tarjeta", *(f"/tarjeta/numero_{n}" for n in (1, 2, 3, 4)))),
        ({"card": {"num1": "4539", "num2": "1488", "num3": "0343", "num4": "6467", "exp_year": 2027}},
         whole("CREDIT_CARD", "/card", *(f"/card/num{n}" for n in (1, 2, 3, 4)))),
        ({"nif": {"numero": "12345678", "letra": "Z"}}, whole("ES_NIF", "/nif", "/nif/numero", "/nif/letra")),
        ({"jwt": {"header": "eyJhbGciOiJIUzI1NiJ9", "payload": "eyJzdWIiOiJ4MTIifQ", "signature": "dozjgNryP4J3jV"}},
         whole("SECRET", "/jwt", "/jwt/header", "/jwt/payload", "/jwt/signature")),
        ({"token_a": "Xk29sLqPzR84", "token_b": "mVb7Ty31WcEd"}, whole("SECRET", "/token", "/token_a", "/token_b")),
        ({"passport": {"серия": "4509", "номер": "123456"}, "iban": {"land": "NL", "check": "91", "bank": "ABNA",
          "rekening": "0417164300"}},
         whole("PASSPORT", "/passport", "/passport/серия", "/passport/номер")
         | whole("IBAN_CODE", "/iban", *(f"/iban/{key}" for key in ("land", "check", "bank", "rekening")))),
        ({"first": "jane", "last": "doe", "email": "j@x.org"},
         whole("PERSON", "/name", "/first", "/last") | whole("EMAIL_ADDRESS", "", "/email")),
        ({"name": {"first": "Grace", "last": "Hopper"}}, whole("PERSON", "/name", "/name/first", "/name/last")),
        ({"client_secret_part_1": "9fKx02LmQz", "client_secret_part_2": "pT7vWy31Rs"},
         whole("SECRET", "/client_secret", "/client_secret_part_1", "/client_secret_part_2")),
        ({"pin": ["4", "8", "1", "7"]}, whole("SECRET", "/pin", "/pin/0", "/pin/1", "/pin/2", "/pin/3")),
    ],
    ids=lambda value: "-".join(value)[:40] if isinstance(value, dict) else "",
)  # fmt: skip
def test_parts_of_one_value(record: dict[str, Any], expected: dict[str, tuple[str, str]]) -> None:
    """Each part has the entity of the whole, and all have one subject."""
    assert found(record) == expected


@pytest.mark.parametrize(
    "record",
    [
        {"card1": "4539", "card2": "1488", "card3": "0343", "card4": "6468"},
        {"card1": "1204", "card2": "877", "card3": "93", "card4": "4420"},
        {"game": "rummy", "card1": "7H", "card2": "KD", "card3": "2C", "card4": "AS"},
        {"cards": [1204, 3311, 8877, 9210]},
        {"cc": [10, 20, 30, 40]},
        {"c1": "4539", "c2": "1488", "c3": "0343", "c4": "6467"},
        {"sku": dict(zip(("part1", "part2", "part3", "part4"), CARD, strict=True))},
        {"sku_1": "4539", "sku_2": "1488", "sku_3": "0343", "sku_4": "6467"},
        {"values": list(CARD)},
        {"camera": {"pan": ["0010", "0020", "0030"]}},
        {"card_bin": "453914", "card_last4": "6467", "card_brand": "visa"},
        {"flight": {"number": "1234", "country": "DE", "carrier": "LH"}},
        {"country_code": "DE", "number": "10115", "currency": "EUR"},
        {"country_code": "49", "number": "12"},
        {"bus": {"line": "1204", "area": "415", "exchange": "North"}},
        {"phone": ["12", "15", "17"]},
        {"line1": "import os", "line2": "import sys", "line3": "print(os.name)"},
        {"chart": {"line1": 4, "line2": 5}, "region": "emea", "state": "open"},
        {"number": 4, "state": "closed", "zip": "bundle.zip"},
        {"address": ["10.0.0.1", "10.0.0.2"]},
        {"order": {"year": 2024, "month": 3, "day": 17}},
        {"birth_rate": {"year": 2020, "month": 3}},
        {"account": {"user": "svc-backup", "domain": "CORP"}},
        {"smtp": {"user": "svc", "host": "mail.example.com"}},
        {"email": {"template": "welcome", "domain": "mail"}},
        {"tokens": ["the", "quick", "brown", "fox", "jumps", "over", "lazy", "dogs"]},
        {"token_a": "noun", "token_b": "verb"},
        {"password": {"first": "changed", "last": "2024"}},
        {"pin": [17, 27]},
        {"metric": {"family": "gauge", "given": "cpu"}},
        {"shop": {"name": "Acme", "number": "0042", "open": "9-5", "state": "closed", "lat": 1}},
        {"deck": {"card_1": 10, "card_2": 11, "card_3": 12}},
        {"cell": {"row": "4", "area": "12", "number": "99"}},
        {"smtp": {"mailbox": {"local": "on", "host": "off"}}},
        {"carte": {"bloc1": "12", "bloc2": "14"}},
        {"card": {"num1": "4539", "num2": "1488", "num3": "0343", "num4": "6468", "exp_year": 2027}},
        {"medical_record_number": {"first": "2021", "last": "2022"}},
        {"passport": {"country": "DE", "valid": True}},
    ],
    ids=lambda value: "-".join(value)[:40],
)  # fmt: skip
def test_look_alikes(record: dict[str, Any]) -> None:
    """Numbers of a game, lines of code, dates of an order and words in a list are parts of nothing."""
    assert found(record) == {}


@pytest.mark.parametrize(
    "record",
    [
        {"number": "0042", "open": "9-5", "street": "Main St 5", "city": "Reno", "zip": "89501"},
        {"state": "shipped", "total": 3, "city": "Bonn", "zip": "53111"},
        {"floor": 3, "rooms": 2, "street": "Main St", "zip": "89501", "pets": "no", "unit": "sqm"},
    ],
    ids=["number of a shop", "state of an order", "floor of an offer"],
)  # fmt: skip
def test_what_is_not_of_the_address(record: dict[str, Any]) -> None:
    """Numbers and states away from the lines of an address are those of the thing that has the address."""
    assert set(found(record)) <= {"/street", "/city", "/zip"}


def test_values_decide_anew_in_every_record_of_a_layout() -> None:
    """What were parts of a card in one record are figures in the next."""
    engine, _ = engines()
    card = json.dumps(dict(zip(("card1", "card2", "card3", "card4"), CARD, strict=True))).encode()
    figures = card.replace(b"6467", b"6468")
    for _ in range(8):
        first, second = engine.batch([card, figures])
        assert (len(first.findings), len(second.findings)) == (4, 0)


@pytest.mark.parametrize(
    "record",
    [
        {"user": {"line1": "1 High St", "zip": "90210", "city": "Reno"}},
        {"phone": "2127365000", "country_code": "1"},
        {"dob_day": 1, "dob_month": 2, "dob_year": 1999},
    ],
    ids=["address", "telephone", "birth"],
)
def test_what_keys_alone_tell_stays(record: dict[str, Any]) -> None:
    """What is told is the same each time."""
    engine = Engine(EngineConfig(model="none"))
    raw = json.dumps(record).encode()
    for _ in range(8):
        scan = engine.batch([raw])[0]
    assert len(scan.findings) == len(record) if "user" not in record else 3


def test_parts_inside_a_json_string() -> None:
    """A JSON text in a string is read as one that stands open."""
    inner = json.dumps(dict(zip(("card1", "card2", "card3", "card4"), CARD, strict=True)))
    record = {"payload": inner}
    engine, reference = engines()
    raw = json.dumps(record).encode()
    scan = engine.batch([raw])[0]
    assert [inner[f.start : f.end] for f in scan.findings] == list(CARD)
    assert scan == reference.scan(raw)


def test_parts_have_an_order() -> None:
    """The place among the parts is that of the number, letter or word in the key, not that in the record."""
    for keys in (
        ["/card1", "/card2", "/card10"], ["/ssn_a", "/ssn_b", "/ssn_c"], ["/card/0", "/card/1"],
        ["/pan_first", "/pan_second", "/pan_last"], ["/iban/country", "/iban/check", "/iban/account"],
    ):  # fmt: skip
        places = [place_in_subject(key, "credit-card-part") for key in keys]
        assert places == sorted(places)
        assert len(set(places)) == len(places)
    assert [place_in_subject(f"/{key}", "person-name-part") for key in ("first_name", "middle_name", "surname")] == [
        0, 1, 2,
    ]  # fmt: skip
    assert part_of("card") is None


_STEMS = ("card", "ssn", "cpf", "iban", "phone", "password", "count", "api_key", "pan", "email", "dob", "address")
_FORMS = ("{}{}", "{}_{}", "{}_part_{}", "{}Part{}")
_INNER = (
    ("a", "b", "c", "d"), ("p1", "p2", "p3", "p4"), ("first", "middle", "last"), ("country_code", "number"),
    ("user", "domain"), ("day", "month", "year"), ("line1", "line2", "zip", "city", "state"),
    ("area", "exchange", "line"),
)  # fmt: skip
_VALUES = ("4539", "1488", "0343", "6467", "536", "22", "8726", "x.com", "j.doe", "+49", "1711234567", 343, 7, "Leeds",
           "12 High St", "0000", "SW1A 1AA", "hunter2", "")  # fmt: skip


def _event(source: random.Random) -> dict[str, Any]:
    event: dict[str, Any] = {"n": source.randrange(9)}
    for _ in range(source.randrange(1, 4)):
        stem = source.choice(_STEMS)
        values = [source.choice(_VALUES) for _ in range(source.randrange(2, 6))]
        if source.random() < 0.3 and stem in ("card", "pan"):
            values = list(CARD)
        form = source.randrange(3)
        if form == 0:
            spelled = source.choice(_FORMS)
            event |= {spelled.format(stem, at): value for at, value in enumerate(values, 1)}
        elif form == 1:
            event[stem] = values
        else:
            inner = source.choice(_INNER)
            event[stem if source.random() < 0.7 else "box"] = dict(zip(inner, values, strict=False))
    return event


def test_the_engines_agree_on_parts() -> None:
    """Random splits, seen first and seen again: the same findings as the plain reference's."""
    engine, reference = engines()
    source = random.Random(6)
    records = [json.dumps(_event(source)).encode() for _ in range(250)]
    records += [record.replace(b"6467", b"6468") for record in records[:100]]
    plain = [reference.scan(record) for record in records]
    assert sum(f.detector.endswith("-part") for scan in plain for f in scan.findings) > 100
    for _ in range(6):
        assert engine.batch(records) == plain
