"""Addresses that no word for a street gives away: by a postcode and a town behind, by quarters, by what has a town."""
# ruff: noqa: E501  (words and patterns read best in full lines)

from __future__ import annotations

import re

from maskgate_detectors.freetext.listed import is_dictionary_word
from maskgate_detectors.freetext.smallwords import SMALL_WORDS
from maskgate_detectors.model.rule import Rule, detector

_WORD = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_NO_STREETS = frozenset(
    "order orders ticket invoice version release build chapter section page table figure article case item part flight room "
    "bestellung auftrag rechnung ticketnummer artikel seite kapitel abschnitt absatz vorgang kunde kundennummer commande "
    "facture article chapitre page pedido factura capítulo página ordine fattura pagina bestelling factuur zamówienie "
    "faktura strona bestilling ordre ordrenummer side rumsnummer sivu tilaus objednávka számla comanda narudžba sipariş "
    "januar februar märz april mai juni juli august september oktober november dezember january february march may june "
    "july october december janvier février mars avril juin juillet août septembre octobre novembre décembre jan feb mar "
    "apr jun jul aug sep oct okt nov dec dez monday tuesday wednesday thursday friday saturday sunday montag dienstag "
    "mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche error code port".split()
)


def _with_postcode(text: str) -> bool:
    """Whether street and town are no month, order or chapter, and what stands between is no year."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return (
        bool(words)
        and _NO_STREETS.isdisjoint(words)
        and _YEAR.search(text.rsplit("\n", maxsplit=1)[-1].rsplit(",", maxsplit=1)[-1]) is None
    )


def _town(text: str) -> bool:
    """Whether it is no word of a dictionary: «University of Technology», «City of Angels»."""
    words = _WORD.findall(text)
    return not any(is_dictionary_word(word) or word.casefold() in SMALL_WORDS for word in words)


@detector
def line_with_postcode() -> Rule:
    """https://www.upu.int/en/postal-solutions/programmes-services/addressing-solutions"""
    return Rule(
        id="address-line-postcode",
        entity="LOCATION",
        label="Name, number, postcode and town: an address whatever its street is called",
        pattern=(
            r"(?:^|[^\p{L}\p{N}#./-])(?:(?i:address|adresse|adressen|adress|adres|anschrift|adresa|indirizzo|dirección|endereço|herr|frau)[: ]{1,2}(?:(?i:is|ist|est|er|är|lautet) )?)?(?P<value>\p{Lu}[\p{L}\p{M}.'’-]{1,25}(?: (?:\p{Lu}[\p{L}\p{M}.'’-]{0,25}|der|dem|den|des|die|das|de|la|le|les|du|van|von|het|af|the|del|della|do|da|und|og|och|och|en)){0,3} \d{1,4}(?: ?[A-Za-z])?(?:[/-]\d{1,4})?"
            r"(?:,? ?\r?\n? ?(?:c/o|Whg\.|Wohnung|Apt\.?|App\.|Top|Stiege|Etage|OG|EG|lgh|st\. ?t[vh]\.?|tv|th|bte|bus|boîte) ?\d{0,4})?"
            r"(?:, ?|\r?\n *| - )(?:[A-Z]{1,2}[- ])?(?:\d{5}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}(?: [A-Z]{2})?) \p{Lu}[\p{L}\p{M}'’-]{2,30}(?:[ -]\p{Lu}[\p{L}\p{M}'’-]{2,30}){0,2})"
        ),
        triggers=(
            r"\d(?: ?[A-Za-z])?(?:, ?|\n *| - )(?:[A-Z]{1,2}[- ])?\d[\d -]{2,5}(?:[A-Z]{2} )?[^\x00-@\[-\x7f]|\d \d{2} [A-Z]",
        ),
        validate=_with_postcode,
        valid_score=0.8,
        matches=(
            "Adresse: ⟦Hinterm Deich 14, 25821 Bredstedt⟧",
            "bor på ⟦Nørrevang 14, 9800 Hjørring⟧",
            "⟦Lilla Torget 3\n411 18 Göteborg⟧",
            "⟦Am Anger 7a, A-4020 Linz⟧",
        ),
        ignores=(
            "Order 12, 2024 January",
            "Version 3, 2024 Edition",
            "Chapter 7, 10115 Words",
            "Table 9, 12345 Rows of Section",
            "Flight 12, 9800 Miles on Ticket",
        ),
    )


@detector
def turkish_address() -> Rule:
    """https://www.ptt.gov.tr/"""
    return Rule(
        id="address-turkish",
        entity="LOCATION",
        label="Turkish address from the quarter or street to the number, with its town",
        pattern=(
            r"(?P<value>(?:\p{Lu}[\p{L}.]{1,20} ){1,3}(?:(?:Mahallesi|Mah|Mh)\.?,? (?:(?:\p{Lu}[\p{L}.]{1,20}|\d{1,4}\.?) ){0,3}(?:(?:Sokağı|Sokak|Sok|Sk|Caddesi|Cad|Cd|Bulvarı|Blv)\.?,? ?)?|(?:Sokağı|Sokak|Sok|Sk|Caddesi|Cad|Cd|Bulvarı|Blv)\.?,? ?)"
            r"(?:No|Numara)[:. ]{0,3}\d{1,4}(?: ?[/-] ?\d{1,4}| ?[A-Z]\b)?(?:,? (?:Daire|Kat|D|K)[:. ]{0,2}\d{1,3}){0,2}(?:,? (?:\d{5} )?\p{Lu}[\p{L}]{2,20}(?: ?/ ?\p{Lu}\p{L}{2,20})?)?)"
        ),
        triggers=(r"(?:No|Numara)[:. ]{1,3}\d",),
        near=("mah", "sok", "cad", "sk.", "mh.", "bulvar", "blv"),
        score=0.92,
        countries=("TR",),
        matches=(
            "adresim ⟦Yenişehir Mah. Lale Cad. No: 41/2, Mersin⟧",
            "⟦Atatürk Caddesi No:12 Daire 4⟧ adresine",
        ),
        ignores=("Sipariş No: 12", "mahkeme No: 7", "Sokak lambası No 3"),
    )


@detector
def town_of() -> Rule:
    """https://schema.org/addressLocality"""
    return Rule(
        id="town-of",
        entity="LOCATION",
        label="Town behind what has a town: a university, a city, a branch",
        pattern=(
            r"(?:^|[^\p{L}])(?:(?:University|City|Town|Port|Municipality|Diocese|Archdiocese|outskirts|suburbs|Universität|Stadt|Gemeinde|Universidad|Universidade|Ciudad|ciudad|Cidade|cidade|Université|ville|Ville|Università|Comune|comune|città) "
            r"(?:of|von|de|di|do|da|d'|del) ?|(?:universitetet|Universitetet|universitet) i |kommune i )(?P<value>\p{Lu}[\p{Ll}\p{M}]{2,20}(?:[- ]\p{Lu}[\p{Ll}\p{M}]{2,20})?)(?:$|[^\p{L}])"
        ),
        triggers=(
            r"(?:University|City|Town|Port|Municipality|iocese|outskirts|suburbs|Universit[^ ]{1,3}t?|Stadt|Gemeinde|Universidade?|[Cc]iudad|[Cc]idade|[Vv]ille|[Cc]omune|citt[^ ]{1,2}) (?:of|von|de|di|do|da|d'|del) ?[^\x00-@\[-\x7f]",
            r"(?:niversitetet?|kommune) i [^\x00-@\[-\x7f]",
        ),
        validate=_town,
        valid_score=0.7,
        matches=(
            "she studied at the University of ⟦Ljubljana⟧",
            "vive en la ciudad de ⟦Zaragoza⟧",
            "an der Universität von ⟦Tromsø⟧",
        ),
        ignores=("the University of Technology", "City of Angels", "the port of entry", "Stadt von morgen"),
    )
