"""What the place of a value says: the words of its key and of the objects around it.

A key is split at case changes, ``_``, ``-``, ``.``, spaces and digits, put in lower case and freed of diacritics:
``firstName``, ``first_name`` and ``First-Name2`` are all ``first name``. Array indexes are dropped. A rule's key
fits when the words of the path end with it, also when they are written as one (``firstname``), with trailing
qualifiers (``email.value``, ``phone_home``) left out.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple

from maskgate_detectors.fields import heads, vocabulary
from maskgate_detectors.fields.heads import Whose
from maskgate_detectors.fields.keywords import BARE_NAMES, NAME_WORDS, OF_PERSON, PERSON_WORDS, QUALIFIERS
from maskgate_detectors.model.rule import Rule
from maskgate_detectors.model.words import normalise
from maskgate_detectors.reader.names import UUID

_MARKS = r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a"
_MARKS += r"\u0e47-\u0e4e\u3099"
_SPLIT = re.compile(rf"[A-Z]+(?![a-z])|[A-Z]?(?:[^\W\d_A-Z]|[{_MARKS}])+|[A-Z]|\d+")
_LABEL = re.compile(r"<[A-Z][A-Z_]{1,40}(?:#[0-9]{1,3})?>|mg1\.")

_HEADS = {  # in many languages what it is comes before whose or which it is: ``telefono_cliente``
    word: line.partition(":")[0]
    for line in (
        "phone: telefono telefone telefon telefoon telephone tel telp telepon movil celular cellulare handphone "
        "portable "
        "mobil mobile puhelin tfno telf телефон тел мобильный هاتف جوال טלפון โทรศัพท์ เบอร์โทร",
        "postal code: cep plz postcode kodepos",
        "address: direccion adresse adresa adres indirizzo endereco morada alamat osoite domicilio residenza "
        "residencia "
        "адрес адреса عنوان כתובת ที่อยู่",
        "email: correo courriel email mail eposta epost surel mejl имейл البريد อีเมล",
        "city: ville ciudad citta cidade miasto mesto oras kota sehir город місто",
        "first name: prenom prenume imie fornavn fornamn etunimi vorname voornaam jmeno",
        "last name: apellido apellidos cognome sobrenome nazwisko prijmeni nachname achternaam efternamn фамилия",
        "date of birth: geburtsdatum تاريخ_ميلاد วันเกิด",
    )
    for word in line.partition(":")[2].split()
}
_TAILS = (  # in others what it is stands at the end of the word: ``hemtelefon``, ``wohnadresse``
    "telefonnummer mobilnummer handynummer telefoonnummer mobiltelefon telefon telefoon mailadresse mailadres "
    "anschrift adresse adress adres geburtsdatum geboortedatum fodelsedatum postleitzahl postnummer strasse vorname "
    "nachname familienname fornamn efternamn personnummer osoite puhelin puhelinnumero telefonszam lakcim"
).split()
_ANY_TAIL = tuple(_TAILS)
_NO_TAILS = tuple("ip mac web url internet server host speicher haupt site http domain bild".split())
_TAGS = {  # https://dicom.nema.org/medical/dicom/current/output/chtml/part06/chapter_6.html
    "00100010": "patient name", "00100020": "patient id", "00100030": "birth date", "00101000": "patient id",
    "00101040": "home address", "00102154": "phone number", "00080090": "physician name", "00081050": "physician name",
    "00081070": "operator full name", "00101005": "birth name", "00101060": "mothers birth name",
}  # fmt: skip
_NUMBERED = frozenset("phone mobile telephone tel telefon telefono fax passport".split())
_NUMBER_WORDS = frozenset("number no nr num nummer numero".split())
_NO_HEADS = frozenset(
    "sessions session users visits views clicks impressions installs traffic app apps browser device devices "
    "version os "
    "platform network operator carrier campaign page pages family model downloads requests share revenue orders "
    "type typ tipo id ids url ip mac hash status statut estado stato flag ok valid valide valido verified count nb "
    "anzahl code lang format template vorlage server servidor host domain provider betreff subject asunto objet "
    "oggetto empresa empresse societe firma firmy azienda entreprise web site sitio text body texto "
    "producto produit prodotto index pointer space book bus offset range size length sent opened clicked bounce "
    "consent opt score error kod codigo cod kode enabled "
    "disabled allowed required notifications settings preferences".split()
)
_ALIASES = {
    "name first": "first name", "name given": "first name", "name last": "last name", "name family": "last name",
    "name middle": "middle name", "name full": "full name", "name display": "full name", "name sur": "last name",
    "names first": "first name", "names last": "last name", "names given": "first name", "names family": "last name",
}  # fmt: skip
_HARD_VETO = frozenset(
    "sku asin isbn issn ean upc gtin mpn model build version commit revision rev sha hash checksum crc digest etag "
    "offset sequence lot firmware kernel timestamp ts time epoch duration elapsed latency size bytes length count "
    "total amount price cost quantity qty balance rate ratio percent score weight height width port position "
    "serial".split()
)
_HARD_NUMBERS = frozenset("part article catalog artikelnummer seriennummer".split())
_NUMBERS = frozenset("number numbers no nr num ref refs reference references parts material drawing".split())
VETO = frozenset(
    "user agent|useragent|order id|order number|order no|order nr|order ref|trace|trace id|traceparent|span|span id|"
    "parent id|request id|"
    "correlation id|message id|event id|session number|sku|asin|isbn|issn|ean|upc|gtin|mpn|part number|part no|model|"
    "model number|build|build id|build number|version|commit|commit sha|revision|rev|sha|sha1|sha256|sha512|md5|hash|"
    "checksum|crc|crc32|digest|etag|fingerprint id|offset|partition|sequence|seq|sequence number|seq no|"
    "transaction id|txn id|tx id|batch|batch id|batch number|lot|lot number|job id|task id|run id|pid|tid|thread id|"
    "process id|product id|item id|article number|article id|catalog number|tracking number|tracking id|shipment id|"
    "parcel id|ticket id|ticket number|case number|invoice id|invoice number|invoice no|receipt number|receipt id|"
    "po number|purchase order|quote id|reference id|ref id|row id|record id|object id|entity id|resource id|"
    "template id|campaign id|ad id|store id|warehouse id|cluster id|node id|pod|pod name|container id|image id|"
    "instance id|host id|zone id|region id|tenant id|project id|workspace id|org id|organization id|team id|group id|"
    "role id|category id|tag id|page id|post id|comment id|thread|channel id|guild id|chat id|video id|"
    "timestamp|ts|time|epoch|created at|updated at|modified at|deleted at|started at|finished at|duration|"
    "elapsed|latency|size|bytes|length|count|total|amount|price|cost|quantity|qty|balance|rate|ratio|percent|score|"
    "weight|height|width|port|status|status code|code|error code|exit code|return code|http status|line number|"
    "line no|lineno|column|index|idx|page|limit|position|rank|level|priority|nonce|seed|salt|counter|metric|"
    "serial|serial number|firmware|kernel|uuid|guid|ulid|ksuid|idempotency key|cursor|next token|page token|"
    "continuation token|rotation token|client token|client request token|idempotency token|lifecycle action token|"
    "sync token|"
    "resume token|pagination token|next page token|previous page token|change token|partition key|sort key|"
    "row key|cache key|routing key|primary key|foreign key|"
    "bestellnummer|auftragsnummer|rechnungsnummer|artikelnummer|sendungsnummer|seriennummer|"
    "numero de commande|numero commande|numero facture|numero de facture|numero de serie|"
    "numero de pedido|numero pedido|numero factura|numero de factura|numero ordine|numero fattura|"
    "ref|refs|reference|references|reference no|doc|doc no|document no|journal id|msg no|event seq|serial no|part|"
    "parts|order no|item no|article no|material|material no|drawing|drawing no|asset|asset tag|asset no|pallet|awb|"
    "waybill|stan|style no|mold|mould|bin no|voucher no|voucher number|load id|wave id|shipment group"
    "|container|manifest|"
    "quote no|quote number|cross ref|old part|new part|part ref|coupon|wagon|rack|meter id|lot code|gtin|gtins"
    "|eans|isbns|skus|barcode|barcodes|lsn|xid|creative|slot|terminal|terminal id|case no|"
    "ordernummer|factuurnummer|bestelnummer|numer zamowienia|numer faktury|siparis no|siparis numarasi|fatura "
    "no".split("|")
) | frozenset(  # numbers of goods and papers
    f"{what} {number}"
    for what in (
        "order item article part product parcel shipment consignment package pallet container invoice receipt "
        "ticket case "
        "batch lot voucher coupon quote delivery waybill tracking drawing model style material asset stock bin "
        "load wave "
        "manifest wagon job task run build event message request transaction txn trace journal entry sequence "
        "slot rack"
    ).split()
    for number in ("no", "nr", "num", "number", "numbers", "ref", "reference", "code")
)


def split_key(key: str) -> list[str]:
    """The normalised words of a key; digits are left out unless there is nothing else."""
    text = key if key.isascii() else unicodedata.normalize("NFC", key)
    words = [word for word in _SPLIT.findall(text) if not word[0].isdigit()]
    return [normalise(word) for word in words]


@lru_cache(maxsize=50_000)
def key_words(key: str) -> list[str]:
    """:func:`split_key` of a key in a pointer, remembered; never of a text that stands as a value."""
    return split_key(key)


@cache
def words_of(phrase: str) -> tuple[str, ...]:
    """:func:`split_key` of a phrase of the rules or of the vocabulary, remembered: never of a key of a record."""
    return tuple(split_key(phrase))


@dataclass(slots=True)
class KeyInfo:
    """What one path says about the value at its end."""

    words: str  # all words of the path, joined by a space, with a space at both ends
    deciders: tuple[Rule, ...] = ()  # rules that decide the whole value, the longest key first
    asked: tuple[Rule, ...] = ()  # rules for which the key is context
    veto: bool = False  # the key says: a number or code of no person
    hard_veto: bool = False  # and not even a misplaced value
    no_prose: bool = False  # nothing for the model
    person: bool = False  # an object around it, or the key, is a person
    whose: Whose = Whose.NO_NAME  # the key is one of a name, and says so much about whose it is
    context: dict[str, bool] = field(default_factory=dict)  # rule id → a context word stands in the path
    asked_ids: tuple[int, ...] | None = None  # indexes of ``asked`` in an engine
    ready: tuple[Any, ...] | None = None  # the deciders, made ready by an engine
    text_kind: int | None = None  # what :mod:`prose` makes of the words
    number: int = field(default_factory=itertools.count(1).__next__, compare=False)  # no other info has it


NO_KEY = KeyInfo("  ")
NO_NAME = KeyInfo("  ", no_prose=True)


_INDEX = re.compile(r"/(?!00)[0-9]++(?=/|\Z)")  # "00100010" is a tag, no place in a list
_UUID_SIZE = 36
_ID_KEY = re.compile(UUID)
_PERSON_FORMS = PERSON_WORDS | {f"{word}s" for word in PERSON_WORDS}
_FAR_INDEX = re.compile(r"/[0-9]{3,}+(?=/|\Z)")


_WRAPPERS = frozenset(  # they say what type a value is of: DynamoDB, Firestore, Avro, OTLP, protobuf
    "S N B BOOL SS NS M L stringValue intValue integerValue doubleValue floatValue longValue numberValue boolValue "
    "booleanValue timestampValue bytesValue referenceValue arrayValue listValue string_value int_value int64_value "
    "double_value number_value bool_value string int long double float bytes boolean int32 int64 uint64".split()
)
_ALIAS_ENDS = frozenset(alias.split()[-1] for alias in _ALIASES)
_IDS = frozenset("id ids uuid guid".split())
_NEVER_MUTE = _IDS | _NUMBER_WORDS | {"cap"}  # what they say depends on what stands before them
_HARD = _HARD_VETO | _HARD_NUMBERS
_BARE_IDS = (["id"], ["ids"], ["uuid"], ["guid"])
_HAVE_IDS = (  # their own id is a number of the system, no card that somebody holds
    PERSON_WORDS | {"session", "voter"}
) - {"patient", "subject", "insured", "beneficiary", "subscriber"}
_OF_PEOPLE = frozenset(("PERSON", "USERNAME"))
_WHOLE_NAMES = frozenset(("person-name", "person-name-part", "user-name"))


class KeyHints:
    """From paths to :class:`KeyInfo`, remembered per path (bounded)."""

    def __init__(self, rules: Sequence[Rule], cache: int = 50_000) -> None:
        self._rules: dict[str, list[tuple[Rule, int]]] = {}  # 1: decides, 0: context, -1: not this rule
        self._veto = {phrase.replace(" ", "") for phrase in VETO}
        self._cache: dict[str, KeyInfo] = {}
        self._parts: dict[str, _KeyPart | None] = {}
        self._limit = cache
        self._known = {*QUALIFIERS, *PERSON_WORDS, *NAME_WORDS, *(word for phrase in VETO for word in phrase.split())}
        self.rules = {rule.id: rule for rule in rules}
        self.remembered: dict[Any, Any] = {}  # by those who ask more of keys (siblings)
        self.check: Callable[[], None] | None = None  # asked at each new key; raises once the time for them is up
        for rule in rules:
            for key in rule.keys:
                words = words_of(key.removeprefix("!"))
                self._known.update(word for word in words if len(word) > 2)
                says = -1 if key.startswith("!") else int(rule.key_decides)
                self._rules.setdefault("".join(words), []).append((rule, says))
        self._same_as()
        self._ends = _endings([*self._rules, *self._veto])  # no key ends with a word that is not one of them

    def _same_as(self) -> None:
        """Let phrases of other languages mean what the key means that they stand for."""
        for key, phrases in vocabulary.same_as().items():
            meant = self._rules.get(key.replace(" ", ""), ())
            for phrase in phrases:
                parts = words_of(phrase)
                self._known.update(word for word in parts if len(word) > 2)
                known = self._rules.setdefault("".join(parts), [])
                if not any(says > 0 for _, says in known):  # else a rule says more of it
                    known += [item for item in meant if not any(item[0] is rule for rule, _ in known)]

    def for_pointer(self, path: str) -> KeyInfo:
        """What the JSON Pointer ``path`` says."""
        info = self._cache.get(path)
        if info is None:
            plain = _INDEX.sub("/0", path)
            info = self._cache.get(plain)
            if info is None:
                info = self._said([self._part(_key_of(part)) for part in plain.split("/")[1:]])
            if len(self._cache) >= self._limit:
                self._cache.clear()
            if len(plain) <= 512:
                self._cache[plain] = info
                if _FAR_INDEX.search(path) is None:  # the first elements of every list, not all of a long one
                    self._cache[path] = info
        return info

    def for_text_of(self, key: str) -> KeyInfo:
        """What to make of ``key`` read as data: a name may stand in it unless its words are those of keys."""
        words = split_key(key)
        if len(words) < 2 or " " not in key or any(word in self._known for word in words):
            return NO_NAME
        info = self.for_keys([key])
        return NO_NAME if info.asked or info.veto else NO_KEY

    def for_keys(self, keys: Sequence[str]) -> KeyInfo:
        """What the keys from the root to the value say; the last six with letters in them count."""
        return self._said([self._read(key) for key in keys])

    def for_key(self, key: str) -> KeyInfo:
        """What a key of a record says by itself; its words are remembered: never of a text that stands as a value."""
        return self._said([self._part(key)])

    def _said(self, keys: Sequence[_KeyPart | None]) -> KeyInfo:
        if self.check is not None:
            self.check()
        last = keys[-1] if len(keys) > 1 else None
        if last is not None and last.wrapper:
            info = self._said(keys[:-1])
            if info.asked and not (last.words == ["long"] and info.asked[0].entity == "LOCATION"):  # a longitude
                return info
        names = [key for key in keys if key is not None]
        parts = [key for key in names if key.words][-6:]
        if not parts:
            return NO_KEY
        text = f" {' '.join([key.text for key in parts])} "
        if names[-1].label:  # it says what it was, not what its value is
            return KeyInfo(text)
        own = parts[-1].words
        person = any(key.person for key in parts)
        best: dict[str, tuple[int, Rule, int]] = {}
        size, veto_size, whose = (0, 0, Whose.NO_NAME) if parts[-1].mute else self._ask(parts, person, best)
        veto = veto_size > size or (own in _BARE_IDS and 0 < size == veto_size) or _tells_about(parts)
        if veto or not best:
            hard = veto and (own[-1] in _NUMBERS or not _HARD.isdisjoint(own[-2:]))
            return KeyInfo(text, (), (), veto, hard, False, person, whose)
        found = sorted(
            (item for item in best.values() if item[2] >= 0),
            key=lambda item: (-item[0], -item[1].key_score, item[1].id),
        )
        deciders = tuple([rule for _, rule, says in found if says])
        return KeyInfo(text, deciders, tuple([rule for _, rule, _ in found]), False, False, False, person, whose)

    def _ask(
        self, keys: Sequence[_KeyPart], person: bool, best: dict[str, tuple[int, Rule, int]]
    ) -> tuple[int, int, Whose]:
        """Note in ``best`` what the keys ask for; the longest that asks, the longest veto, and whose name it is."""
        parts = [key.words for key in keys]
        own, above = parts[-1], parts[-2][-1] if len(parts) > 1 else ""
        words = [word for part in parts for word in part]
        size = self._of_form(words, len(own), person, best)
        veto_size = self._veto_of(words)
        if any(key.plain is not None for key in keys):
            other = [word for key in keys for word in key.plain or key.words]
            size = max(size, self._of_form(other, len(own) + len(other) - len(words), person, best))
            veto_size = max(veto_size, self._veto_of(other))
        whose = heads.whose(parts, vocabulary.plain)
        size = max(size, self._of_name(whose, best))
        if not best:
            size = self._of_head(own, best)
        if not best and own[-1] in _NUMBER_WORDS and above in _NUMBERED:
            size = self._collect([above, "number"], best)
        if not best and not veto_size and heads.says_nothing(parts):
            size = self._collect(["bare", "value"], best)
        if own in _BARE_IDS and above in _HAVE_IDS:
            veto_size = len(above) + len(own[0])
        if not veto_size and len(own) > 1 and own[-1] in _IDS:
            veto_size = len(own[-1])
        return size, veto_size, whose

    def _part(self, key: str) -> _KeyPart | None:
        """What there is to say of one key of a record, remembered."""
        part = self._parts.get(key, _UNREAD)
        if part is _UNREAD:
            part = self._read(key)
            if len(key) <= 128:
                if len(self._parts) >= self._limit:
                    self._parts.clear()
                self._parts[key] = part
        return part

    def _read(self, key: str) -> _KeyPart | None:
        """What there is to say of one key; None where it is the number of an entry, or none of the data."""
        if key[:1] == "$" or _is_id(key):
            return None
        wrapper = key in _WRAPPERS
        key = _TAGS.get(key, key)
        label = _is_label(key)
        if label or len(key) > 128:
            return _KeyPart([], "", label, wrapper, None, False, True)
        words = split_key(key)
        other = vocabulary.plain(words)
        person = not (_PERSON_FORMS.isdisjoint(words) and _PERSON_FORMS.isdisjoint(other or ()))
        mute = not words or (self._is_mute(words, words) and (other is None or self._is_mute(other, words)))
        return _KeyPart(words, " ".join(words), label, wrapper, other, person, mute)

    def _is_mute(self, form: list[str], own: list[str]) -> bool:
        """No rule and no veto asks for a key of these words, whatever stands around it: most keys say nothing."""
        last = form[-1]
        if last in _NEVER_MUTE or heads.is_of_name(form) or (len(own) > 1 and own[0] in _HEADS):
            return False
        if own[-1] in _NEVER_MUTE or heads.is_of_nothing(own) or own in _BARE_IDS:
            return False
        trimmed = _without(form, QUALIFIERS, 1)
        if trimmed[-1] in QUALIFIERS or vocabulary.tail_of(last, self._rules) or _compound(last):
            return False
        forms = (form, trimmed, _without(trimmed, OF_PERSON, 1))
        return not any(words[-1] in BARE_NAMES or words[-1] in _ALIAS_ENDS or self._may_fit(words) for words in forms)

    def _may_fit(self, words: Sequence[str]) -> bool:
        """Some key ends with the words, or they with it."""
        joined = ""
        for word in reversed(words[-5:]):
            joined = word + joined
            if not self._may_end(joined):
                return False
            if joined in self._rules or joined in self._veto:
                return True
            if joined[-1:] == "s" and (joined[:-1] in self._rules or joined[:-1] in self._veto):
                return True
        return True

    def _of_form(self, words: list[str], own_size: int, person: bool, best: dict[str, tuple[int, Rule, int]]) -> int:
        """Note in ``best`` what the words ask for; the length of the longest key."""
        size = self._collect(_alias(words), best)
        trimmed = _without(words, QUALIFIERS, 1)
        if trimmed != words:
            size = max(size, self._collect(_alias(trimmed), best))
        whose = _without(trimmed, OF_PERSON, len(words) - own_size + 1)
        if whose != trimmed:
            size = max(size, self._collect(_alias(whose), best))
        if (
            len(words) > 1
            and own_size > 1
            and words[-1] in ("first", "last", "given", "family")
            and words[-2] in _PERSON_FORMS
        ):
            size = max(size, self._collect([words[-1], "name"], best))
        if person and words[-1] == "cap":  # elsewhere a limit
            size = max(size, self._collect(["postal", "code"], best))
        tail = vocabulary.tail_of(words[-1], self._rules) or _compound(words[-1])
        if tail is not None:
            size = max(size, self._collect([tail], best))
        if whose != trimmed and whose[-1] in BARE_NAMES and not any(item[2] > 0 for item in best.values()):
            size = max(size, self._collect(["full", "name"], best))
        return size

    def _of_name(self, whose: Whose, best: dict[str, tuple[int, Rule, int]]) -> int:
        """What a key of a name asks for, as far as it says whose name it is; the length of the longest key."""
        if whose is Whose.THING:
            _drop(best, lambda size, rule: rule.entity in _OF_PEOPLE)
        if whose in (Whose.MAYBE, Whose.UNSAID):
            _drop(best, lambda size, rule: rule.id == "user-name" and size == len("handle"))
        if whose is Whose.MAYBE:
            _drop(best, lambda size, rule: rule.entity == "PERSON")
            return self._collect(["shown", "name"], best)
        if whose is Whose.PERSON and not any(rule.id in _WHOLE_NAMES for _, rule, _ in best.values()):
            return self._collect(["full", "name"], best)
        return 0

    def _of_head(self, own: list[str], best: dict[str, tuple[int, Rule, int]]) -> int:
        """What a key asks for that says first what it is, then whose: ``telefono_del_cliente``."""
        if len(own) < 2 or not _NO_HEADS.isdisjoint(own):
            return 0
        head = _HEADS.get(own[0])
        return self._collect(head.split(), best) if head is not None else 0

    def _veto_of(self, words: Sequence[str]) -> int:
        veto, size, joined = self._veto, 0, ""
        for word in reversed(words[-5:]):
            joined = word + joined
            if joined in veto or (joined[-1:] == "s" and joined[:-1] in veto):
                size = len(joined)
            elif not self._may_end(joined):
                break
        return size

    def _may_end(self, word: str) -> bool:
        """Some key ends with the word."""
        return word in self._ends or (word[-1:] == "s" and word[:-1] in self._ends)

    def _collect(self, words: Sequence[str], best: dict[str, tuple[int, Rule, int]]) -> int:
        size, joined = 0, ""
        get = self._rules.get
        for word in reversed(words[-5:]):
            joined = word + joined
            rules = get(joined)
            if rules is None:
                if not self._may_end(joined):
                    break
                if joined[-1:] == "s":
                    rules = get(joined[:-1])
            for rule, says in rules or ():
                if rule.id not in best or best[rule.id][0] < len(joined):
                    best[rule.id] = (len(joined), rule, says)
                if says >= 0:
                    size = max(size, len(joined))
        return size


_ABOUT = frozenset(
    "error errors validation validations violation violations rule rules visibility permission permissions privacy "
    "width widths placeholder placeholders mask masks masking hint hints i18n l10n translation translations locale "
    "locales label labels tooltip tooltips distinct null nulls cardinality coverage count counts histogram missing "
    "pattern patterns regex regexes regexp format formats constraint constraints sort sorting aggregations aggs "
    "facets "
    "weights completeness selectors xpath mapping mappings generator generators strategy strategies transform "
    "transforms "
    "anonymization pseudonymization redaction".split()
)
_COUNTS = frozenset("has with without distinct avg sum pct ratio total count percent".split())


def _drop(best: dict[str, tuple[int, Rule, int]], unwanted: Callable[[int, Rule], bool]) -> None:
    for rule_id in [rule_id for rule_id, (size, rule, _) in best.items() if unwanted(size, rule)]:
        del best[rule_id]


def _endings(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key[at:] for key in keys for at in range(len(key) + 1))


def _is_label(key: str) -> bool:
    """The key is a masked one."""
    return ("<" in key or "mg1." in key) and _LABEL.search(key) is not None


class _KeyPart(NamedTuple):
    """One key of a path."""

    words: list[str]  # none of a masked key, or of one that is too long
    text: str  # the same
    label: bool  # it is a masked one
    wrapper: bool  # it says what type the value is of
    plain: list[str] | None  # the words as plain ones, None where they are
    person: bool  # one of the words is a person
    mute: bool  # it asks for nothing where it is the last


_UNREAD = _KeyPart([], "", False, False, None, False, True)


def _key_of(segment: str) -> str:
    return segment.replace("~1", "/").replace("~0", "~") if "~" in segment else segment


def _is_id(key: str) -> bool:
    """The key is that of one entry of a map: a number or a UUID, and no tag of DICOM."""
    if key.isdigit():
        return key not in _TAGS
    return len(key) == _UUID_SIZE and _ID_KEY.fullmatch(key) is not None


def _tells_about(parts: Sequence[_KeyPart]) -> bool:
    """The value says something about a field, it is not one: ``errors.email``, ``labels.dob``, ``users_with_phone``."""
    own = parts[-1].words
    above = parts[-2].words if len(parts) > 1 else own
    if above is not own and above[-1] in _ABOUT and len(above) <= 2 and _PERSON_FORMS.isdisjoint(own):
        return True
    return (len(own) > 2 and own[-2] in ("with", "without", "has")) or (len(own) > 1 and own[0] in _COUNTS)


def _compound(word: str) -> str | None:
    """What a compound of a Germanic or Uralic language is at its end."""
    if len(word) < 8 or not word.isascii():
        return None
    if not word.endswith(_ANY_TAIL):
        return None
    for tail in _TAILS:
        if word.endswith(tail) and len(word) > len(tail) + 1 and not word.startswith(_NO_TAILS):
            return tail
    return None


def _without(words: list[str], ends: frozenset[str], least: int) -> list[str]:
    """``words`` without those of ``ends`` at the end; ``least`` of them stay."""
    size = len(words)
    while size > max(least, 1) and words[size - 1] in ends:
        size -= 1
    return words[:size]


def _alias(words: list[str]) -> list[str]:
    other = _ALIASES.get(" ".join(words[-2:]))
    return words[:-2] + other.split() if other else words
