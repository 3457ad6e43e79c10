"""Numbers that states and institutions give out: behind their word, before it, and alone where their form is proof."""

# ruff: noqa: E501  (tables read best in full lines)

from __future__ import annotations

import importlib
import json
import random
from collections.abc import Iterator

import pytest
import re2

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.fields.context import NO_KEY
from maskgate_detectors.model import registry, samples
from maskgate_detectors.model.rule import Rule
from maskgate_detectors.text.nearby import context_after

RULES = {rule.id: rule for rule in registry.load()}
ALONE = [rule for rule in RULES.values() if rule.alone is not None]

# python-stdnum draws the numbers and says which are right: (its module, a form, the word in a sentence, the rule).
ORACLE = (
    ("es.dni", "########@", "mi DNI", "es-nif"), ("us.rtn", "0########", "routing number", "us-routing-number"), ("gb.nhs", "### ### ####", "NHS number", "uk-nhs"),
    ("au.abn", "## ### ### ###", "ABN", "au-abn"), ("au.tfn", "### ### ###", "tax file number", "au-tfn"), ("in_.aadhaar", "#### #### ####", "Aadhaar", "in-aadhaar"),
    ("kr.brn", "###-##-#####", "사업자등록번호", "kr-brn"), ("th.pin", "#-####-#####-##-#", "Thai ID", "th-tnin"), ("se.orgnr", "556###-####", "organisationsnummer", "se-organisationsnummer"),
    ("de.idnr", "###########", "Steuer-ID", "de-idnr"), ("tr.tckimlik", "1##########", "TC kimlik", "tr-tckimlik"), ("ca.sin", "###-###-###", "social insurance number", "ca-sin"),
    ("nl.bsn", "#########", "burgerservicenummer", "nl-bsn"), ("cl.rut", "##.###.###-#", "RUT", "cl-rut"), ("ar.cuit", "20-########-#", "CUIT", "ar-cuit"), ("il.idnr", "#########", "teudat zehut", "il-idnr"),
    ("pt.nif", "2########", "contribuinte", "pt-nif"), ("fr.siren", "#########", "SIREN", "fr-siren"), ("ch.ssn", "756.####.####.##", "AHV", "ch-ahv"), ("hr.oib", "###########", "OIB", "hr-oib"),
    ("ie.pps", "#######@", "PPS number", "ie-pps"), ("ru.inn", "############", "ИНН", "ru-inn"), ("gr.vat", "0########", "ΑΦΜ", "gr-afm"), ("jp.in_", "############", "マイナンバー", "jp-my-number"),
    ("it.iva", "0##########", "partita iva", "it-vat-plain"), ("ua.rntrc", "3#########", "РНОКПП", "ua-rntrc"), ("br.cpf", "###.###.###-##", "CPF", "br-cpf"), ("pl.nip", "##########", "NIP", "pl-nip"),
)  # fmt: skip
SAID = ("{w}: {v}", "my {w} is {v}, thanks", "{v} is my {w}", "({v} is her {w})")


@pytest.fixture(scope="module")
def engine() -> Engine:
    """All rules, no model."""
    return Engine(EngineConfig(model="none", time_budget_s=10.0))


def _drawn(module: str, form: str, count: int) -> Iterator[str]:
    r = random.Random(module)
    check = importlib.import_module(f"stdnum.{module}").is_valid
    letters = {"#": "0123456789", "@": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    while count:
        value = "".join(r.choice(letters[char]) if char in letters else char for char in form)
        if check(value) and len(set(value)) > 4:
            yield value
            count -= 1


def _covered(engine: Engine, record: object) -> set[int]:
    findings = engine.batch([json.dumps(record, ensure_ascii=False).encode()])[0].findings
    return {at for item in findings for at in range(item.start, item.end)}


@pytest.mark.parametrize(("module", "form", "word", "rule"), ORACLE, ids=str)
def test_a_number_is_known_by_its_word_on_either_side(
    engine: Engine, module: str, form: str, word: str, rule: str
) -> None:
    """The word of the rule stands before the number or says behind it what it is."""
    for said, value in zip(SAID, _drawn(module, form, len(SAID)), strict=True):
        text = said.format(w=word, v=value)
        at = text.index(value)
        assert set(range(at, at + len(value))) <= _covered(engine, {"text": text}), (rule, text)


def _lone(rule: Rule) -> str | None:
    """A value of the rule's samples that needs no word."""
    fits = re2.compile(rule.alone)
    for template in rule.matches:
        sample = samples.read(template)
        for start, end in sample.spans:
            if fits.fullmatch(sample.text[start:end].encode()):
                return sample.text[start:end]
    return None


@pytest.mark.parametrize("rule", ALONE, ids=lambda rule: rule.id)
def test_a_form_that_is_its_own_proof_needs_no_word(engine: Engine, rule: Rule) -> None:
    """Such a value alone under a key that says nothing is found, and not under the key of a thing."""
    value = _lone(rule)
    if value is None:
        pytest.skip("its samples are of other forms")
    assert _covered(engine, {"f3": value}) == set(range(len(value)))
    if rule.triggers:
        return  # known anywhere
    assert rule.id not in {
        item.detector for item in engine.batch([json.dumps({"part_no": value}).encode()])[0].findings
    }
    assert rule.id not in {item.detector for item in engine.scan_text(f"part {value} fits")}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("4242 is my hetu", True),
        ("4242 ist meine Steuer-ID.", False),
        ("4242) was her hetu", True),
        ("4242, my hetu", False),
        ("4242 and the hetu 1234", False),
        ("4242 is there. hetu follows", False),
        ("4242 hetu: 1234", False),
    ],
)
def test_a_word_behind_a_number_counts_where_it_says_what_it_is(text: str, known: bool) -> None:
    """In one sentence, with nothing but words between, and no other number that it could be of."""
    assert (context_after(RULES["fi-hetu"], text, 4) is not None) is known
    assert NO_KEY.asked == ()


@pytest.mark.parametrize(
    "record",
    [
        {"order": "order KJA-452XY"}, {"f3": "10 JAN 24"}, {"f3": "C05608153"}, {"f3": "1732876800000"}, {"f3": "4b825dc642cb6eb9"}, {"f3": "v2.13.4-rc1"}, {"f3": "300 662 426"},
        {"f3": "2024-11-29"}, {"f3": "12.345.678"}, {"sku": "AB12 CDE"}, {"f3": "HR policies 12"}, {"rfc": "section 12 of RFC 9110"}, {"rfc": "RFC 8949 section 3.4.5"}, {"sin": "0.7071"},
        {"text": "total 1 234 567 890 is my guess"}, {"f3": "ABC-123"}, {"f3": "B-52 bomber 12"}, {"part_no": "11-22-123456-12"}, {"f3": "1732876800"}, {"f3": "50A 3P 240V"},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_what_only_looks_like_such_a_number_is_left_alone(engine: Engine, record: object) -> None:
    """Orders, epochs, versions, sums and ids of chats."""
    assert _covered(engine, record) == set()


@pytest.mark.parametrize(
    "text",
    [
        "refund to my Visa card ⟦4429183305710⟧ please", "the card ⟦4429 1833 0571 0⟧ got declined", "Maestro card ⟦501837462917⟧ was refused", "JCB card ⟦213148291736403⟧ expires 09/28",
        "my credit card is ⟦3591827364509104⟧", "Kartennummer:\r\n⟦4929 3813\r\n3266 4295⟧", "カード番号は⟦4429183305710⟧です", "mi tarjeta ⟦4429183305710⟧ no funciona", "⟦4429183305710⟧ est ma carte bancaire",
    ],
)  # fmt: skip
def test_a_card_beside_its_word_may_be_of_any_issuer_and_length(engine: Engine, text: str) -> None:
    """Twelve to nineteen digits with Luhn right."""
    start, end = text.index("⟦"), text.index("⟧") - 1
    found = _covered(engine, {"text": text.replace("⟦", "").replace("⟧", "")})
    assert set(range(start, end)) <= found | {at for at in range(start, end) if text[at + 1] in "\r\n "}


SPOKEN = (
    ("27AAPFU0939F1ZV", "My GSTIN number is {v} for the invoice"), ("010594Y9021", "{v} is my hetu"), ("131052-308T", "henkilötunnus {v}"), ("198112189876", "personnummer {v}, tack"), ("046 454 286", "my SIN is {v}"),
    ("BKRPM3640K", "her PAN is {v}"), ("372720904661", "マイナンバーは {v}"), ("12345678Z", "mi NIF es {v}"), ("123456789", "o meu NIF é {v}"), ("1EG4-TE5-MK73", "Medicare MBI {v}"), ("2001:db8::1", "host at {v} answered"),
    ("fe80::1ff:fe23:4567:890a", "from {v} today"), ("0917 123 4567", "call me on {v} in Manila"), ("0532 123 45 67", "beni {v} ara"), ("B-MW 1234", "my plate is {v}"), ("KA 01 AB 1234", "license plate {v}"), ("C01X00T47", "passport number {v}"),
    ("533380006", "passport no. {v}"), ("44051401359", "PESEL {v}"), ("S1234567D", "NRIC {v}"), ("X1234567L", "NIE {v}"), ("756.9217.0769.85", "AHV-Nummer {v}"), ("85.07.30-033.28", "rijksregisternummer {v}"), ("AB123456C", "my NINO is {v}"),
)  # fmt: skip
LONE = "010594Y9021 131052-308T 198112189876 BKRPM3640K 12345678Z 1EG4-TE5-MK73 2001:db8::1 fe80::1ff:fe23:4567:890a S1234567D X1234567L 756.9217.0769.85 85.07.30-033.28 AB123456C 529.982.247-25 DE136695976".split()
NO_IDS = "010594Y9022 311352-308T 131052-308S BKRPM364K 1EG4-TE5 12:34:56 S1234567A 756.9217.0769.86 X1234567A build-20240229 v1.2.3-rc4 ABCDEF12 12345678A DE136695977 529.982.247-26".split()


@pytest.mark.parametrize(("value", "said"), SPOKEN, ids=str)
def test_identifiers_are_found_beside_their_word(engine: Engine, value: str, said: str) -> None:
    """As people write them, samples of documentation and of registers among them."""
    text = said.format(v=value)
    at = text.index(value)
    assert set(range(at, at + len(value))) <= _covered(engine, {"text": text})


@pytest.mark.parametrize("value", LONE)
def test_a_form_that_is_its_own_proof_is_found_bare(engine: Engine, value: str) -> None:
    """Letters, separators or a check sign, under a key that says nothing."""
    assert set(range(len(value))) <= _covered(engine, {"f3": value})


@pytest.mark.parametrize("value", NO_IDS)
def test_almost_such_a_form_is_nothing(engine: Engine, value: str) -> None:
    """A wrong check sign, a wrong date, a part, a time, a version."""
    assert not _covered(engine, {"f3": value})


PLATES = (
    "Nummernschild ⟦M-XY 987⟧",
    "plaque ⟦AB-123-CD⟧ devant le garage",
    "targa ⟦AB 123 CD⟧",
    "kenteken ⟦12-ABC-3⟧",
    "nummerplaat ⟦AB-123-C⟧",
    "rejestracja ⟦WX 12345⟧",
    "the car with license plate ⟦7ABC123⟧",
    "paspoort ⟦NXK3R12B4⟧",
    "pasaport numaram ⟦U12345678⟧",
    "n° sécu : ⟦1 79 01 77 033 031 76⟧, merci",
)
NO_PLATES = (
    "order AB-123-CD",
    "order 12-ABC-3 shipped",
    "registration of ISO 27001",
    "part AB 123 CD in stock",
    "WX 12345 units",
    "passport AUTHENTICATE",
    "a brass plaque of 1923",
    "targa florio 1973",
    "sku NXK3R12B4",
    "item 0(532) of the list",
    "number plate holder 4 mm",
    "kenteken onbekend",
    "code 179017703303176",
)


@pytest.mark.parametrize("said", PLATES)
def test_a_plate_a_passport_and_the_like_are_found_beside_their_word(engine: Engine, said: str) -> None:
    """Whole, in whichever language the word is."""
    before, value, behind = said.replace("⟧", "⟦").split("⟦")
    start = len(before)
    assert set(range(start, start + len(value))) <= _covered(engine, {"f3": before + value + behind})


@pytest.mark.parametrize("said", NO_PLATES)
def test_their_forms_are_nothing_without_their_word(engine: Engine, said: str) -> None:
    """Parts, standards and articles are written alike, and their words stand beside other things."""
    assert not _covered(engine, {"f3": said})
