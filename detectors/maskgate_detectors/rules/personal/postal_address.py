"""Postal addresses: by key name, and streets with a house number in prose."""

# ruff: noqa: E501  (words read best in full lines)

from __future__ import annotations

from maskgate_detectors.freetext.famous import VENDORS
from maskgate_detectors.freetext.listed import is_dictionary_word
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import TYPE_WORDS, words


@detector
def street_address() -> Rule:
    """https://schema.org/PostalAddress"""
    return Rule(
        id="street-address",
        entity="LOCATION",
        label="Street address",
        pattern=(
            r"(?:^|[^\p{L}\p{N}#./-])(?P<value>"
            # 742 Evergreen Terrace, Apt 4, Springfield, IL 62704
            r"\d{1,5}[A-Za-z]?(?:[ -]\d{1,4})? (?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.? )?"
            r"(?:\p{Lu}[\p{L}'’.-]{1,25} |\d{1,3}(?:st|nd|rd|th) ){1,4}"
            r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq"
            r"|Terrace|Ter|Way"
            r"|Close|Crescent|Cres|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Trail|Trl|Grove|Gardens|Mews|Row|Hill"
            r"|Alley|Plaza"
            r"|Loop|Walk)\b\.?(?: (?:N|S|E|W|NE|NW|SE|SW)\b)?"
            r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|#)\.? ?[\dA-Za-z-]{1,6})?"
            r"(?:,? \p{Lu}[\p{L}'’.-]{1,25}(?: \p{Lu}[\p{L}'’.-]{1,25}){0,2},? (?:[A-Z]{2,3} )?"
            r"(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4}))?"
            r"|\d{1,4}[A-Za-z]? (?:Baker|Main|High|Church|Park|Oak|Elm|Maple|Cedar|Pine) (?:Street|St|Road|Rd"
            r"|Ave|Avenue)\b"
            # Hauptstraße 12, 10115 Berlin
            r"|\p{Lu}[\p{L}.'’-]{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|damm|ufer|ring|straat"
            r"|laan|plein|gracht|dijk"
            r"|kade|baan|steeg|gatan|vägen|gränd|stigen|gade|vej|veien|gata|katu|tie|utca| út| utca| tér)\.? "
            r"\d{1,4}(?: ?[a-zA-Z]\b)?"
            r"(?:/\d{1,4})?(?:,? (?:[A-Z]{1,2}-)?\d{4,5}(?: [A-Z]{2})?,? \p{Lu}[\p{L}.-]{2,30})?"
            # 12 bis, rue de la Paix, 75002 Paris
            r"|(?:\d{1,4}(?: ?(?:bis|ter))?,? )(?:rue|avenue|boulevard|chemin|allée|impasse|quai|place|cours) "
            r"(?:de la |de l'|de |du |des |d')?\p{L}[\p{L}'’.-]{1,30}(?: (?:de |la |le |du |des "
            r")?\p{Lu}[\p{L}'’.-]{0,25}){0,3}"
            r"(?:,? \d{5} \p{Lu}[\p{L}-]{2,30})?"
            # Calle de Alcalá 45, 28014 Madrid
            r"|(?:Calle|C/|Avenida|Avda\.?|Plaza|Paseo|Via|Viale|Piazza|Corso|Rua|Travessa|Largo|Alameda|ul\."
            r"|ulica|al\.|Aleja|Rue|Avenue) "
            r"(?:de la |de los |de las |de |del |da |do |dos |das |della |dei |delle |di )?\p{Lu}[\p{L}.'’-]{1,30}"
            r"(?: (?:de |del |y |e |da |do )?\p{Lu}[\p{L}.'’-]{1,30}){0,3},? (?:n[º°.]? "
            r"?)?(?:\d{1,4}[A-Za-z]?(?:/\d{1,4})?|S/N|s/n)"
            r"(?:,? (?:\d{5}|\d{4}-\d{3}|\d{2}-\d{3}) \p{Lu}[\p{L}-]{2,30})?"
            r")"
        ),
        triggers=(
            r"\d{1,5}[A-Za-z]?(?:[ -]\d{1,4})? (?:[NSEW]{1,2}\.? |North |South |East |West "
            r")?(?:[^\x00-@\[-\x7f][^ \",\d]{1,60} |\d{1,3}[snrt][tdh] )",
            r"(?:straße|strasse|str\.|weg|platz|allee|gasse|damm|ufer|ring|straat|laan|plein|gracht"
            r"|dijk|kade|baan|steeg|gatan)\.? \d",
            r"(?:vägen|gränd|stigen|gade|vej|veien|gata|katu|tie|utca| út| tér)\.? \d",
            r"\d(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|chemin|allée|impasse|quai|place|cours) [^\x00-@\[-`{-\x7f]",
            r"(?:Calle|C/|Avenida|Avda\.?|Plaza|Paseo|Via|Viale|Piazza|Corso|Rua|Travessa|Largo|Alameda|ul\."
            r"|ulica|al\.|Aleja|Rue|Avenue) [^\x00-@\[-\x7f]",
        ),
        score=0.7,
        context=words(
            "address, live, lives, living, resident, ship, deliver, delivery, home, moved, wohnt, adresse",
            "dirección, indirizzo, endereço, adres",
        ),
        keys=words(
            "street, street address, street name, street line, address line, addressline",
            "home address, postal address, mailing address, shipping address, billing address",
            "delivery address, residential address, work address, address full",
            "full address, address street, house number, street number, building number",
            "apartment, apt number, addr line, ship address, bill address, permanent address",
            "current address, formatted address, address text, place of birth, birth place, birthplace",
            "strasse, hausnummer, anschrift, wohnort, strasse hausnummer, lieferadresse",
            "rechnungsadresse, geburtsort, adresse postale, lieu de naissance, adresse de livraison",
            "calle, domicilio, direccion postal, lugar de nacimiento, indirizzo, indirizzo via, via piazza",
            "luogo di nascita, morada, rua, logradouro, bairro, straat, straatnaam, huisnummer",
            "woonplaats, woonadres, ulica, adres zamieszkania, miejsce urodzenia, gatuadress",
            "gata, vej, gade, katuulice, bydliste, utca, lakcim, cim, strada, sokak",
            "улица, 住所, addr street, street no, str, address one, address two, building, house no, house nr",
            "apt, unit number, landmark",
            "neighborhood, neighbourhood, street number, streetname, streetaddress, calle numero",
            "wohnanschrift, place of residence",
        ),
        key_decides=True,
        key_pattern=r"[\p{L}\p{M}\p{N}\s,.;'’`#/()&°ºª\x{2013}+-]{1,220}",
        key_score=0.9,
        numbers=True,
        matches=(
            "street: ⟦Baker Street 221b⟧",
            "address_line1: ⟦742 Evergreen Terrace⟧",
            "I live at ⟦742 Evergreen Terrace⟧ now",
            "wohnt in der ⟦Hauptstraße 12⟧ seit",
            "⟦12 rue de la Paix⟧ à Paris",
            "shippingAddress: ⟦Flat 4, 10 High Road, London⟧",
        ),
        ignores=(
            "address: 0x7ffee4:12",
            "address: tcp://node:9092",
            "12 Angry Men",
            "5 Star Rating",
            "Plaza Hotel",
        ),
    )


def _of_a_place(text: str) -> bool:
    """Whether several words stand there, or one that is no word of a dictionary, no state and no service."""
    if not text.replace("-", "").replace("'", "").replace("’", "").isalpha() or not text.isascii():
        return True
    low = text.casefold()
    return not is_dictionary_word(text) and low not in VENDORS and low not in _STATES and low not in _NO_TOWNS


_NO_TOWNS = frozenset("localhost loopback hostname ethernet bitcoin ethereum solana testnet mainnet multicast".split())


@detector
def address_by_key() -> Rule:
    """https://schema.org/PostalAddress"""
    return Rule(
        id="address-key",
        entity="LOCATION",
        label="Address of several words, by a key that may also name a machine's address",
        pattern=(
            r"(?i)\b(?:home|postal|shipping|billing|mailing) address(?: is|:)? (?P<value>\d{1,5} [\p{L} "
            r"]{3,60}\d{0,6})"
        ),
        triggers=(r"(?i)(?:home|postal|shipping|billing|mailing) address(?: is|:)? \d{1,5} [A-Z]",),
        score=0.7,
        keys=words(
            "address, addr, residence, residential, adresse, direccion, residenza, endereco, adres, adress",
            "osoite, adresa",
            "адрес, 地址, 주소, διεύθυνση, العنوان, כתובת, rue, anschrift",
            *(
                f"!{of} {word}"
                for of in "ip mac email mail web url memory server host bind listen contract wallet "
                "remote peer socket network internet".split()
                for word in ("address", "addr", "adresse")
            ),
        ),
        key_decides=True,
        key_pattern=(
            r"[\p{L}\p{M}\p{N}.'’#/()&°ºª\x{2013}+-]+,?[\s]+[\p{L}\p{M}\p{N}\s,.;'’`#/()&°ºª\x{2013}+-]{1,220}"
            r"|\p{Lu}[\p{Ll}\p{M}]{2,30}(?:[-'’]\p{L}[\p{Ll}\p{M}]{1,20}){0,2}"
            r"|[\p{N}-]{0,20}[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}][\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}\p{N}-]{3,59}"
        ),
        key_check=_of_a_place,
        key_score=0.9,
        matches=(
            "address: ⟦742 Evergreen Terrace, Springfield⟧",
            "addr: ⟦Bredstedt⟧",
            "Adresse: ⟦Hauptstraße 12, 10115 Berlin⟧",
            "home address is ⟦12 High Road⟧.",
        ),
        ignores=(
            "address: 0x7ffee4",
            "memory_address: 0x00ff",
            "address: tcp://node:9092",
            "address: node-1",
            "addr: Billing",
            "address: Redis",
            "address: Verified",
        ),
    )


def _no_type(text: str) -> bool:
    """Whether the value does not begin with the word of a signature or of a help text."""
    return text.split(maxsplit=1)[0].casefold().strip(".,;") not in TYPE_WORDS


_STATES = frozenset(
    "succeeded success successful failed failure failing error negative positive neutral active inactive enabled "
    "disabled pending running stopped stopping starting started available unavailable completed complete cancelled "
    "canceled open opened closed resolved draft published archived deleted deleting creating created updating updated "
    "healthy unhealthy ready provisioning provisioned verified unverified valid invalid expired suspended "
    "blocked allowed denied approved rejected queued processing processed paused idle online offline connected "
    "disconnected present absent attached detached associated insufficient ok alarm new old normal abnormal high low "
    "medium locked unlocked in_use terminated terminating rebooting passed passing skipped warning critical "
    "unassigned assigned submitted accepted matched unmatched".split()
)


def _no_state(text: str) -> bool:
    """Whether the word is none of those that say how something stands: ``address.state: "SUCCEEDED"``."""
    return text.casefold().replace("-", "_").replace(" ", "_") not in _STATES


def _a_town(text: str) -> bool:
    return _no_type(text) and _no_state(text)


@detector
def city() -> Rule:
    """https://schema.org/addressLocality"""
    return Rule(
        id="city-key",
        entity="LOCATION",
        label="Town, by its key",
        pattern=(
            r"(?i)\b(?:city|town|stadt|ville|ciudad|citt[àa]|cidade|plaats"
            r"|miasto)\s?[:=]\s?(?P<value>\p{L}[\p{L}\p{M}.'’ -]{1,60})"
        ),
        triggers=(r"(?i)(?:city|town|stadt|ville|ciudad|citt[^\x00-@\[-`{-\x7f]{1,2}|cidade|plaats|miasto)\s?[:=]",),
        score=0.6,
        validate=_a_town,
        valid_score=0.6,
        keys=words(
            "cty, city nm, city town name,",
            "city, town, locality, address city, home city, birth city, city name, suburb, village",
            "municipality, county, district name, hometown, home town, current city, work city",
            "residence city, city town, town city",
            "address state, home state, billing state, shipping state, address province, address region",
            "birth country, birth state",
            "stadt, ort, gemeinde, ville, commune, ciudad, localidad, poblacion, municipio, citta, comune",
            "cidade, localidade, plaats, stad, gemeente",
            "miasto, miejscowosc, ort namn, postort, by navn, poststed, kaupunki, paikkakunta",
            "postitoimipaikka, mesto, obec, varos, telepules, oras, sehir, ilce, город, 市区町村, 城市, 도시",
        ),
        key_decides=True,
        key_pattern=r"[\p{L}\p{M}][\p{L}\p{M}\p{N}.'’ ,()/-]{1,80}",
        key_check=_no_state,
        key_score=0.8,
        matches=("city: ⟦Springfield⟧", "address.city: ⟦São Paulo⟧", "Ort: ⟦Bad Homburg⟧"),
        ignores=("capacity: high", "velocity: Rome", "city: 12", "the city: optional, free", "city: NEGATIVE"),
    )


@detector
def postal_code() -> Rule:
    """https://www.upu.int/en/postal-solutions/programmes-services/addressing-solutions"""
    return Rule(
        id="postal-code",
        entity="LOCATION",
        label="Postal code, by its key",
        pattern=(
            r"(?i)\b(?:zip(?: ?code)?|postal ?code|post ?code|plz|code postal|cap|cep|postcode|kod pocztowy"
            r"|postnummer)(?: is| lautet|)\s?[:=]?\s(?P<value>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{5}(?:-\d{3,4})?|\d{2}-\d{3}"
            r"|\d{4} ?[A-Z]{2}|\d{4})\b"
        ),
        triggers=(
            r"(?i)(?:zip(?: ?code)?|postal ?code|post ?code|plz|code postal|cap|cep|postcode|kod pocztowy|postnummer)"
            r"(?: is| lautet|)\s?[:=]?\s[A-Z\d]",
        ),
        score=0.6,
        keys=words(
            "zip cd, postal cd, post cd, pin no, zip postal code, postcode zip, kodpocztowy,",
            "zip, zip code, zipcode, postal code, postalcode, post code, postcode, postal, zip4, zip5, plz",
            "postleitzahl, code postal, codigo postal, cod postal",
            "codice postale, cep, codigo de enderecamento postal, postnummer, postnr, kod pocztowy",
            "postinumero, psc, iranyitoszam, cod postal, posta kodu, pin code, pincode, индекс, 郵便番号, 邮编",
            "우편번호",
        ),
        key_decides=True,
        key_pattern=(
            r"(?i)(?:\p{L}{1,3}[ -]?)?\d{3,8}|(?:\p{L}{1,3}[ -]?)?\d{3}[ -]\d{2,4}|\d{4,5}-\d{3,4}"
            r"|\d{2}-\d{3}|〒?\d{3}-\d{4}"
            r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z][ -]?\d[A-Z]\d|\d{4} ?[A-Z]{2}|[A-Z]\d{2} "
            r"?[A-Z\d]{4}|[A-Z]{3} ?\d{4}"
        ),
        key_score=0.85,
        numbers=True,
        matches=(
            "zip: ⟦90210⟧",
            "Springfield, Zip ⟦90210⟧.",
            "postal_code: ⟦SW1A 1AA⟧",
            "PLZ: ⟦10115⟧",
            "kod_pocztowy: ⟦00-950⟧",
        ),
        ignores=("zip: archive.zip", "a zip file 12345", "zip: true", "error code 90210"),
    )


@detector
def uk_postcode() -> Rule:
    """https://www.gov.uk/government/publications/bulk-data-transfer-for-sponsors-xml-schema"""
    form = r"(?:[A-PR-UWYZ]\d|[A-PR-UWYZ]\d\d|[A-PR-UWYZ][A-HK-Y]\d|[A-PR-UWYZ][A-HK-Y]\d\d|[A-PR-UWYZ]\d[A-HJKPSTUW]|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY]|GIR) ?\d[ABD-HJLNP-UW-Z]{2}"
    return Rule(
        id="uk-postcode",
        entity="LOCATION",
        label="British postcode beside its word, or alone",
        pattern=rf"(?:^|[^\w.+$/-])(?P<value>{form})(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        needs_context=True,
        context=words("postcode, post code, postal code, postal address, address"),
        context_score=0.6,  # below a whole address that it ends
        alone=form.replace(" ?", " "),
        countries=("GB",),
        matches=("the postcode is ⟦SW1A 1AA⟧", "f3: ⟦DN55 1PT⟧", "⟦M1 1AE⟧ is my post code"),
        ignores=("order SW1A 1AA", "A1 1AB seats"),
    )
