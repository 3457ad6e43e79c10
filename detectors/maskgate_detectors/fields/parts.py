"""Keys of parts: ``card_number_3`` is the third part of ``card number``, ``dob_year`` the year of ``dob``.

Nothing here looks at a value. A value that is split over several fields is called by the pointer under which it would
stand as a whole (:func:`subject_of`): ``/card1`` … ``/card4`` are ``/card``, ``/user/first_name`` is ``/user/name``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from maskgate_detectors.model.words import normalise, words

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]|\d+")
MOST_PARTS = 20  # of one value
_LONGEST, _LONGEST_PATH = 128, 512  # what is remembered and asked of keys and paths
_PIECES = frozenset(
    "part parts piece pieces segment segments seg section sections chunk chunks fragment fragments frag block blocks "
    "bloc blocs bloque bloques blok blocco group groups grp grupo grupos gruppe gruppen gruppo grupa groupe groupes "
    "teil teile abschnitt parte partes parti partie parties deel delen del delar deler czesc cast osa bolum часть "
    "digits ziffern chiffres cifras cifre cijfers half quarter split".split()
)
_GROUPS = frozenset("group gruppe grupo groupe gruppo grupa".split())
_ONE_VALUE = _PIECES - frozenset("group groups grp section sections".split())
_ORDER = (
    "first 1st one start front head pre prefix left high erste erster erstes premier premiere primero primera primo "
    "prima vorne anfang debut inicio inizio country area series serie seria serija серия bin iin header|"
    "second 2nd two middle mid center body zweite zweiter zweites deuxieme segundo segunda secondo seconda mitte "
    "milieu medio mezzo check payload|"
    "third 3rd three dritte dritter drittes troisieme tercero tercera terzo terza bank blz sort code signature|"
    "fourth 4th four vierte vierter viertes quatrieme cuarto cuarta quarto quarta branch|"
    "fifth 5th five funfte cinquieme quinto quinta account konto kontonummer bban|sixth 6th six|"
    "serial number suffix post back rear tail end last right low номер letzte letzter letztes dernier derniere ultimo "
    "ultima hinten ende fin fine numero nummer "
    "numer letra letter lettre buchstabe dv verificador control"
)
_RANK = {word: rank for rank, group in enumerate(_ORDER.split("|"), 1) for word in group.split()}
_INNER = frozenset(
    "country series serie seria serija серия номер bin iin check bank blz sort code branch account konto kontonummer "
    "bban number center body header payload signature numero nummer numer letra letter lettre buchstabe dv verificador "
    "control "
    "one end".split()
)
_NUMBER = frozenset("number num no nr numero nummer numer nbr".split())
_LETTERS = "abcdefgh"


class PartKey(NamedTuple):
    """A key that names a part of a value."""

    stem: str  # the key without what names the part, as it is written; "": the object around it is the value
    rank: int  # order among the parts
    said: bool  # it says that it is a part, and not one of several values
    inner: bool  # a part only within an object that is the value
    counted: bool  # a number or a letter says which part; "first" and "last" may be those of a range


def part_of(key: str) -> PartKey | None:
    """What a key says that ends with a number, a letter, or a word for a part."""
    return _part_of(key) if len(key) <= _LONGEST else None


@lru_cache(maxsize=20_000)
def _words(key: str) -> list[tuple[str, int, int]]:
    """The words of a key, with where they begin and end."""
    return [(normalise(match[0]), match.start(), match.end()) for match in _WORD.finditer(key)]


def _part_of(key: str) -> PartKey | None:
    found = _words(key)
    at, rank, said, inner, counted, ordered = len(found), 0, False, False, False, False
    while at:
        word = found[at - 1][0]
        if word.isdigit() and not counted and len(word) <= 2 and int(word) <= MOST_PARTS:
            counted, rank = True, rank or int(word)
        elif word == "cc" and at == 1 == len(found):  # the country of an IBAN, where the object is one
            rank = rank or 1
        elif len(word) == 1 and word in _LETTERS and not counted:
            counted, said, rank = True, True, rank or _LETTERS.index(word) + 1
        elif word in _PIECES:
            said = said or word in _ONE_VALUE
            rank = rank or (2 if word in _GROUPS else 0)  # of a social security number: area, group, serial
        elif word in _INNER and not counted and not ordered:
            rank, inner = _RANK[word], True
        elif word in _RANK and word not in _INNER and not ordered and not inner:
            rank, ordered = _RANK[word], True
        else:
            break
        at -= 1
    if at == len(found):
        return None
    if at == 1 and (len(found[0][0]) == 1 or found[0][0] in _NUMBER):  # p1, c2, number3
        at = 0
    return PartKey(key[: found[at - 1][2]] if at else "", rank, said, inner and at > 0, counted)


def _joined(text: str) -> frozenset[str]:
    return frozenset(word.replace(" ", "") for word in words(text))


_COUNTRY_CODE = _joined(
    "country code, country dial code, dial code, dialing code, dialling code, calling code, country calling code, "
    "country prefix, phone country, isd, isd code, idd, idd code, ddi, intl code, international code, international "
    "prefix, indicatif, indicatif pays, indicatif international, landesvorwahl, landervorwahl, codigo pais, codigo de "
    "pais, prefijo pais, prefijo internacional, prefisso internazionale, codigo do pais, landcode, landnummer, "
    "landsnummer, landskod, ulke kodu, kod kraju, 国家代码, 国番号, 국가번호, код страны"
)
_AREA_CODE = _joined(
    "area code, vorwahl, ortsvorwahl, ortsnetzkennzahl, ddd, npa, city code, std code, trunk code, netznummer, "
    "riktnummer, netnummer, kengetal, codigo area, codigo de area, indicativo, lada, kierunkowy, nr kierunkowy, alan "
    "kodu, predvolba, retningsnummer, 区号, 市外局番, 지역번호"
)
_INSIDE_PHONE = _joined("cc, country, code, prefix, prefijo, prefisso, prefixo, prefixe")
_INSIDE_AREA = _joined("area, region, city")
_EXCHANGE = _joined("exchange, exchange code, nxx, central office, central office code, co code")
_LINE = _joined(
    "line, line number, station, suffix, subscriber, subscriber number, local, local number, nsn, national number, "
    "national significant number, number, num, no, nr, numero, nummer, numer, rufnummer, anschluss, digits, main, "
    "番号, 号码"
)
_PHONE = frozenset(
    "phone telephone tel telefon telefono telefone telefoon puhelin mobile mobil mobiel movil cell cellphone cellular "
    "celular cellulare fax handy gsm msisdn tlf fono whatsapp sms landline portable".split()
)
_LOCAL = _joined(
    "local, local part, localpart, user, username, user name, name, mailbox, box, prefix, lokal, lokalteil, benutzer, "
    "benutzername, usuario, utente, utilisateur, nom, nombre, gebruiker, anvandare, uzytkownik, kullanici"
)
_DOMAIN = _joined(
    "domain, domain name, host, hostname, server, suffix, dominio, domaine, domane, domein, doman, domena, alan adi"
)
MAIL_WORDS = frozenset("email mail mailbox mailaddress correo courriel epost posta eposta".split())
_DAY = frozenset("d dd day tag jour dia giorno dag dzien pv gun den paiva nap ziua 日".split())
_MONTH = frozenset(
    "m mm mon month monat mois mes mese maand miesiac maned manad ay mesic kuukausi honap luna 月".split()
)
_YEAR = frozenset("y yy yyyy year jahr annee ano anio anno jaar rok ar yil vuosi ev an 年".split())
_OF = frozenset("of de del di da do der des du den van am the".split())

COUNTRY_CODE, INSIDE_PHONE, AREA_CODE, INSIDE_AREA, EXCHANGE, LINE = PHONE_ORDER = (
    "country code", "inside", "area code", "inside area", "exchange", "line",
)  # fmt: skip
LOCAL, DOMAIN = "local", "domain"
DAY, MONTH, YEAR = "day", "month", "year"
_PHONE_ROLES = (
    (COUNTRY_CODE, _COUNTRY_CODE), (AREA_CODE, _AREA_CODE), (EXCHANGE, _EXCHANGE), (LINE, _LINE),
    (INSIDE_PHONE, _INSIDE_PHONE), (INSIDE_AREA, _INSIDE_AREA),
)  # fmt: skip


class Role(NamedTuple):
    """What a key says of its part: ``kind`` of the value, ``role`` in it, ``stem`` as it is written."""

    kind: str  # "phone", "email", "birth"
    role: str
    stem: str


def roles_of(key: str) -> tuple[Role, ...]:
    """What a key can mean as a part of a phone number, of a mail address, of a date of birth."""
    return _roles_of(key) if len(key) <= _LONGEST else ()


@lru_cache(maxsize=20_000)
def _roles_of(key: str) -> tuple[Role, ...]:
    found = _words(key)
    names = [word for word, _, _ in found]
    endings = _endings(names)
    out: list[Role] = []
    for name, keys in _PHONE_ROLES:
        at = _ending(endings, keys)
        if at is not None and (keys not in (_INSIDE_PHONE, _INSIDE_AREA) or at == 0 or names[at - 1] in _PHONE):
            role = name
            if at and keys in (_INSIDE_PHONE, _INSIDE_AREA):  # phone_cc
                role = COUNTRY_CODE if keys is _INSIDE_PHONE else AREA_CODE
            while at and names[at - 1] in _PHONE:
                at -= 1
            out.append(Role("phone", role, key[: found[at - 1][2]] if at else ""))
            break
    for role, keys in ((LOCAL, _LOCAL), (DOMAIN, _DOMAIN)):
        at = _ending(endings, keys)
        if at is not None:
            out.append(Role("email", role, key[: found[at - 1][2]] if at else ""))
    out += _birth(key, found)
    return tuple(out)


def _endings(names: list[str]) -> list[tuple[int, str]]:
    """The last words written as one, from the last four to the last one, with where they begin."""
    return [(at, "".join(names[at:])) for at in range(max(0, len(names) - 4), len(names))]


def _ending(endings: list[tuple[int, str]], keys: frozenset[str]) -> int | None:
    """Where the longest ending begins that is one of ``keys``."""
    for at, joined in endings:
        if joined in keys:
            return at
    return None


def _birth(key: str, found: list[tuple[str, int, int]]) -> list[Role]:
    if not found or len(found) > 5:
        return []
    for role, names in ((DAY, _DAY), (MONTH, _MONTH), (YEAR, _YEAR)):
        if found[-1][0] in names:
            return [Role("birth", role, key[: found[-2][2]] if len(found) > 1 else "")]
        if found[0][0] in names and len(found[0][0]) > 1:
            at = 1
            while at < len(found) - 1 and found[at][0] in _OF:
                at += 1
            return [Role("birth", role, key[found[at][1] :])]
    return []


_NAME_TAILS = _joined(
    "given, family, first, last, middle, first name, last name, middle name, given name, given names, family name, "
    "fname, lname, mname, fn, ln, forename, surname, name, nm, initial, middle initial, initials, maiden name, "
    "second name, second surname, first surname, vorname, nachname, familienname, rufname, zuname, prenom, nom, nom de "
    "famille, nombre, apellido, apellidos, primer nombre, segundo nombre, primer apellido, segundo apellido, nome, "
    "cognome, sobrenome, apelido, primeiro nome, ultimo nome, voornaam, achternaam, tussenvoegsel, naam, imie, "
    "nazwisko, fornamn, efternamn, fornavn, etternavn, efternavn, mellomnavn, namn, navn, etunimi, sukunimi, nimi, "
    "jmeno, prijmeni, meno, priezvisko, keresztnev, vezeteknev, utonev, prenume, nume, ad, soyad, soyadi, isim, ime, "
    "prezime, priimek, vards, uzvards, vardas, pavarde, eesnimi, perekonnanimi, patronymic, имя, фамилия, отчество, "
    "姓, 名"
)
_LAST = frozenset(
    "last family surname lname ln nachname familienname zuname nom famille apellido apellidos cognome sobrenome "
    "apelido achternaam nazwisko efternamn etternavn efternavn sukunimi prijmeni priezvisko vezeteknev nume soyad "
    "soyadi prezime priimek uzvards pavarde perekonnanimi maiden фамилия 姓".split()
)
_MIDDLE = frozenset("middle mname initial initials segundo tussenvoegsel mellomnavn patronymic отчество".split())
ADDRESS_WORDS = frozenset(
    "address addr addresses adresse adressen anschrift direccion domicilio indirizzo endereco morada adres adress "
    "osoite adresa cim lakcim location residence street strasse str rue calle via rua straat ulica gata vej gade utca "
    "strada sokak line lines zeile ligne linea linha house building apartment apt unit floor number no nr num numero "
    "nummer hausnummer huisnummer huisnr civico numer domu mieszkania lokalu city town ort stadt ville ciudad citta "
    "cidade plaats stad miasto by poststed postort locality municipality zip zipcode postal postcode post code plz cp "
    "cap cep postnummer postnr state region province county country one two name full".split()
)
_ADDRESS_RULES = frozenset("street-address address-key city-key postal-code".split())
NAME_PART = "person-name-part"
FIRST_NAME, MIDDLE_NAME, LAST_NAME = range(3)
PART = "-part"  # ends the ids of rules for parts


def phone_stem(key: str) -> str:
    """Whose or which telephone the key says: ``home`` of ``home_phone_no`` and of ``homePhone``."""
    stem = next((role.stem for role in roles_of(key) if role.kind == "phone"), None)
    if stem is None:
        found = _words(key[:_LONGEST])
        size = next((n for n, (word, _, _) in enumerate(found) if word in _PHONE), len(found))
        stem = key[: found[size - 1][2]] if 0 < size < len(found) else ""
    return stem


def is_part(detector: str) -> bool:
    """The finding is a part of a value and means little without the others; names count as values of their own."""
    return detector.endswith(PART) and detector != NAME_PART


def subject_of(path: str, detector: str) -> str:
    """The pointer of the whole value of which the finding at ``path`` is a part; "" where it is a value itself."""
    if not detector.endswith(PART) and detector not in _ADDRESS_RULES:
        return ""
    return _subject_of(path, detector) if len(path) <= _LONGEST_PATH else _subject_of.__wrapped__(path, detector)


@lru_cache(maxsize=50_000)
def _subject_of(path: str, detector: str) -> str:
    if detector in _ADDRESS_RULES:
        return _address(path)
    parent, _, last = path.rpartition("/")
    key = unescaped(last)
    if detector == NAME_PART:
        return _beside(parent, key, _NAME_TAILS, "name")
    if key.isdigit():
        return parent or "/"
    if detector.startswith("phone-"):
        return _named(parent, phone_stem(key), "phone", _PHONE)
    if detector.startswith(("email", "date-of-birth")):
        kind = "email" if detector.startswith("email") else "birth"
        stem = next((role.stem for role in roles_of(key) if role.kind == kind), key)
        return f"{parent}/{_escaped(stem)}" if stem else parent or "/"
    part = part_of(key)
    if part is None or not part.stem:
        return parent or "/"
    return f"{parent}/{_escaped(part.stem)}"


def place_in_subject(path: str, detector: str) -> int:
    """The order of a part among the parts of its value."""
    key = unescaped(path.rpartition("/")[2])
    if detector == NAME_PART:
        names = {normalise(match[0]) for match in _WORD.finditer(key[:_LONGEST])}
        return MIDDLE_NAME if names & _MIDDLE else LAST_NAME if names & _LAST else FIRST_NAME
    if key.isdigit():
        return int(key) if len(key) < 6 else 0
    for role in roles_of(key):
        if role.kind == "phone" and detector.startswith("phone-"):
            return PHONE_ORDER.index(role.role)
        if role.kind == "email" and detector.startswith("email"):
            return (LOCAL, DOMAIN).index(role.role)
        if role.kind == "birth" and detector.startswith("date-of-birth"):
            return (YEAR, MONTH, DAY).index(role.role)
    if detector.startswith("phone-"):
        return 9  # the number itself, under a key of its own
    part = part_of(key)
    return part.rank if part is not None else 0


def filled(entity: str, texts: Sequence[str]) -> Sequence[str]:
    """The parts with the zeros that a JSON number cannot begin with, where the value has parts of known widths."""
    widths: Sequence[int] = ()
    if entity == "CREDIT_CARD" and len(texts) in (3, 4):
        widths = (4, 4, 4, 4) if len(texts) == 4 else (4, 6, 5 if texts[0][:2] in ("34", "37") else 4)
    elif entity == "US_SSN" and len(texts) == 3:
        widths = (3, 2, 4)
    if not widths or any(not 0 <= width - len(text) <= 1 for text, width in zip(texts, widths, strict=True)):
        return texts
    return [text.zfill(width) for text, width in zip(texts, widths, strict=True)]


def _address(path: str) -> str:
    parent, _, last = path.rpartition("/")
    key = unescaped(last)
    if key.isdigit():  # an element: the array is the address
        return parent or "/"
    if not _is_address(parent):
        return _beside(parent, key, ADDRESS_WORDS, "address")
    while _is_address(parent.rpartition("/")[0]):
        parent = parent.rpartition("/")[0]
    return parent


def _is_address(pointer: str) -> bool:
    names = [normalise(match[0]) for match in _WORD.finditer(unescaped(pointer.rpartition("/")[2])[:_LONGEST])]
    return bool(names) and all(name in ADDRESS_WORDS or name.isdigit() for name in names[-1:])


def _beside(parent: str, key: str, tails: frozenset[str], name: str) -> str:
    """The value beside whose parts no whole stands: what the key says before its part, and ``name``."""
    found = [(normalise(match[0]), match.end()) for match in _WORD.finditer(key[:_LONGEST])]
    while found and found[-1][0].isdigit():
        found.pop()
    names = [word for word, _ in found]
    at = _ending(_endings(names), tails)
    if tails is ADDRESS_WORDS:
        at = len(names)
        while at and names[at - 1] in tails:
            at -= 1
    before = key[: found[at - 1][1]] if at else ""
    own = [normalise(match[0]) for match in _WORD.finditer(unescaped(parent.rpartition("/")[2])[:_LONGEST])]
    if not before and own and own[-1] in ("name", "fullname", "names"):
        return parent
    return f"{parent}/{_escaped(before + '_' if before else '')}{name}"


def _named(parent: str, stem: str, name: str, words_of: frozenset[str]) -> str:
    own = [normalise(match[0]) for match in _WORD.finditer(unescaped(parent.rpartition("/")[2])[:_LONGEST])]
    if not stem and own and own[-1] in words_of:
        return parent
    return f"{parent}/{_escaped(stem + '_' if stem else '')}{name}"


def unescaped(segment: str) -> str:
    return segment.replace("~1", "/").replace("~0", "~") if "~" in segment else segment


def _escaped(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1")
