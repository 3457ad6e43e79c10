"""What the layout of a record says of its values, beyond the keys above them.

``{"question": "What is your full name?", "answer": …}``, ``{"key": "user.email", "value": {"stringValue": …}}``,
``[["name", "city"], ["…", "…"]]``, ``[["Authorization", "…"]]``, a latitude beside a longitude in a record of a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial

from maskgate_detectors.fields import heads
from maskgate_detectors.fields.context import KeyHints, KeyInfo, key_words, split_key
from maskgate_detectors.fields.keywords import NAME_WORDS
from maskgate_detectors.model.words import normalise
from maskgate_detectors.reader.lexer import LITERAL, NUMBER, STRING, Leaf, decode

_ASKS = frozenset("question label prompt title questiontext questionlabel fieldlabel fieldtitle caption".split())
_NAMES = frozenset(
    "key name id k field fieldname fieldid attribute attributename attr property code slug ref type variable param "
    "parameter column columnname columnid header datatype identifier customfield tag fid n".split()
)
_ANSWERS = frozenset("answer response reply text answertext value val displayvalue input entry data content".split())
_VALUES = frozenset(
    "value val v stringvalue fieldvalue attributevalue data content values string stringvalue newvalue answer".split()
)
_UNIONS = frozenset("stringvalue intvalue doublevalue string s n long int text str valuestring simplevalue v".split())
_INNER = frozenset("ref key name title slug label id question".split())
_FORM = re.compile(
    r".*/(?:[a-z_]*fields?|[a-z_]*attributes?|inputs?|answers?|questions?|responses?|form[a-z_]*|properties"
    r"|param(?:eter)?s|traits|claims|meta_?data|elements|controls|merge_?vars|variables|[a-z_]*data)/\d+",
    re.IGNORECASE,
)
_STRONG = frozenset(  # they name a field wherever they stand; the others only in a list of fields
    "question prompt label questiontext questionlabel fieldlabel fieldname attributename key name field attribute "
    "field.ref field.key field.name field.title field.slug field.label field.question".split()
)
_INNER_HOLDERS = frozenset(("field", "question", "attribute", "property", "label", "column"))
_ROWS = re.compile(rb'\[\s{0,40}\[\s{0,40}"')
_ROW = re.compile(r"(.*)/(\d{1,6})/(\d{1,3})")
_HEAD_OBJECT = re.compile(
    r"(.*?)/(?:schema/|metadata/|meta/)?(?:fields|columns|cols|headers)/(\d{1,3})/(?:name|label|title|key"
    r"|columnName|id)"
)
_BODY = re.compile(
    r"(.*)/(?:rows|data|values|records|results|dataRows|resultSet)/\d{1,6}(?:/(?:f|values|cells"
    r"|row))?/(\d{1,3})(?:/(?:v|value))?"
)
_PAIRS_KEY = re.compile(
    r"(?i)(?:headers?|cookies?|params?|query|form|fields?|attributes?|properties|tags|entries|metadata|env)"
)
_LAT = frozenset("lat latitude lt latitud latitudine breitengrad breite szerokosc leveysaste".split())
_LON = frozenset(
    "lon lng long longitude lg longitud longitudine laengengrad langengrad laenge lange dlugosc ln".split()
)
_POINTS = frozenset(
    "coordinates coords latlng latlong latlon lnglat lonlat geo geopoint gps gpslocation startlatlng endlatlng "
    "position "
    "geoposition geolocation lastlocation point location loc".split()
)
_NO_PERSONS_PLACE = frozenset(
    "store stores shop shops branch branches warehouse station stations sensor sensors venue venues restaurant hotel "
    "airport hub office site sites facility merchant vendor poi pois tower antenna depot terminal atm event "
    "events map "
    "center centre region viewport bounds bbox bounding stop stops port ports machine asset assets camera cell city "
    "country epicenter storm weather camp project building property charger supplier company brewery museum "
    "school".split()
)
_PERSONAL = frozenset(("PERSON", "DATE_TIME", "USERNAME", "US_SSN", "NATIONAL_ID", "EMAIL_ADDRESS", "PHONE_NUMBER"))
_PAGES = frozenset(
    "page pages pageinfo pagination paging range ranges cursor cursors link links info meta window".split()
)
_PARTNERS = (
    ("first", "last"), ("given", "family"), ("gn", "sn"), ("givenname", "sn"), ("f", "l"), ("first", "second"),
    ("nombre", "apellido"), ("vor", "nach"), ("kereszt", "vezetek"), ("forename", "surname"), ("givennames", "surname"),
    ("first", "lastinitial"), ("prenume", "nume"), ("keresztnev", "csaladnev"), ("name1", "name2"), ("nom", "prenom"),
    ("cn", "sn"), ("forename", "family"), ("sei", "mei"),
)  # fmt: skip
_FIRSTS, _SECONDS = (frozenset(names) for names in zip(*_PARTNERS, strict=True))
_WEAK = (_ASKS | _NAMES) - _STRONG
_LEAD = re.compile(
    r"(?:(?:what|which)(?:'s| is| are| was)?|please|kindly|enter|provide|confirm|type|state|give(?: us)?|tell us"
    r"|fill in|your|the|a|an|full legal|wie (?:lautet|ist|heisst)|bitte|geben sie|ihre?n?|deine?n?|quel(?:le)? est"
    r"|votre|ton|ta"
    r"|veuillez (?:saisir|indiquer)|saisissez|indiquez|cual es|su|tu|introduzca|indique|escriba|qual e|il (?:tuo|suo)"
    r"|la (?:tua|sua)|inserisci|o seu|a sua|seu|sua|informe|digite|wat is|uw|je|vul|jakie jest|podaj|twoje|twoj|vad ar"
    r"|ditt|din|ange|hvad er|dit|hva er|wpisz|inserez|nhap) +"
)
_YOURS = re.compile(r"\b(?:your|ihre?|deine?|votre|ton|su|tu|tuo|suo|seu|uw|je|twoje|ditt|din|dit)\b")
_MEANT = {
    "where do you live": "home address", "when were you born": "date of birth", "how old are you": "age",
    "how can we reach you": "phone number", "how should we call you": "full name", "who are you": "full name",
    "wie heissen sie": "full name", "wo wohnen sie": "home address", "wann sind sie geboren": "date of birth",
    "comment vous appelez vous": "full name", "ou habitez vous": "home address", "como te llamas": "full name",
    "como se llama": "full name", "donde vive": "home address", "what do we call you": "full name",
    "who should we contact in an emergency": "emergency contact name", "hoe heet je": "full name",
}  # fmt: skip


def find(
    record: bytes, leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo], flags: int, named: Sequence[int],
    of_person: Callable[[], bool] | None = None,
) -> bool:  # fmt: skip
    """Add to ``infos`` what the layout says of leaves without one; whether values had a say.

    ``flags`` are the :func:`key_flags` of all keys together, ``named`` the leaves whose key has the flag ``NAME``;
    ``of_person`` tells whether the record holds a person where ``leaves`` are not all of it; then it has no tables.
    """
    by_value = False
    tables = of_person is None
    of_person = of_person or partial(_of_person, leaves, hints)
    if (
        (flags & _ASKER and flags & _ANSWER)
        or (flags & _NAMER and flags & _VALUE)
        or (flags & _TYPE and flags & _NUMBER)
        or flags & _ASKED_ELSE
    ):
        by_value = _asked(record, leaves, hints, infos)
    if tables and (_ROWS.search(record) is not None or (flags & FIELDS and _HEADS_ABOVE.search(record) is not None)):
        by_value = _rows(record, leaves, hints, infos) or by_value
    if flags & _FIRST and flags & _SECOND:
        by_value = _partners(record, leaves, hints, infos, of_person) or by_value
    if named:
        _named(leaves, named, hints, infos)
    if flags & _POINT or (flags & _LATITUDE and flags & _LONGITUDE):
        _places(leaves, hints, infos, of_person)
    return by_value


def may_have_rows(text: bytes, flags: int) -> bool:
    """There may be a table in a record whose keys have these flags, or in one of several."""
    return _ROWS.search(text) is not None or (flags & FIELDS != 0 and _HEADS_ABOVE.search(text) is not None)


def signs_of_rows(text: bytes) -> tuple[bool, bool]:
    """Rows in rows, and heads above them."""
    return _ROWS.search(text) is not None, _HEADS_ABOVE.search(text) is not None


def may_ask_record(flags: int) -> bool:
    """With keys of these flags it may depend on the record: whether it holds a person."""
    return bool((flags & _FIRST and flags & _SECOND) or flags & _POINT or (flags & _LATITUDE and flags & _LONGITUDE))


def asked_alone(flags: int) -> int:
    """The flags under which an object with keys of ``flags`` is asked, whatever else stands in its record."""
    return flags | (_ANSWER if flags & _ASKER else 0)  # the answer to a question may have any key


def says_nothing(flags: int) -> bool:
    """Keys of these flags tell nothing of each other, whatever stands under them."""
    asks = _ASKER | _ASKED_ELSE | NAME
    pairs = (_NAMER | _VALUE, _TYPE | _NUMBER)
    return not (flags & asks or any(flags & pair == pair for pair in pairs) or may_ask_record(flags))


def is_point(pointer: str) -> bool:
    """The elements of an array at ``pointer`` are coordinates."""
    return _plain(_last(pointer)[1]) in _POINTS


def may_feed(parent: str) -> bool:
    """Some object at ``parent`` may say what an object around it is asked or answers."""
    outer = _last(parent)[1]
    return outer in _INNER_HOLDERS or _plain(outer) in _VALUES or "/type/coding/" in parent


def feeds(parent: str, leaves: Sequence[Leaf]) -> bool:
    """An array (without ``leaves``) or the members of an object say what an object around it is asked or answers."""
    outer = _last(parent)[1]
    if not leaves:
        return outer in ("values", "value", "answers")
    if not may_feed(parent):
        return False
    for leaf in leaves:
        key = _last(leaf.path)[1]
        name = _plain(key)
        if name in _UNIONS and _plain(outer) in _VALUES:
            return True
        if name in _INNER and outer in _INNER_HOLDERS:
            return True
        if key == "code" and leaf.kind == STRING and _CODING.fullmatch(leaf.path) is not None:
            return True
    return False


_ASKER, _ANSWER, _NAMER, _VALUE, _TYPE, _NUMBER, _ASKED_ELSE = 1, 2, 4, 8, 16, 32, 64
FIELDS, _POINT, _LATITUDE, _LONGITUDE, _FIRST, _SECOND, NAME = 128, 256, 512, 1024, 2048, 4096, 8192
FLAG_BITS = 14
OF_RECORD = _POINT | _LATITUDE | _LONGITUDE | _FIRST | _SECOND  # whether the record holds a person has a say


def key_flags(key: str) -> int:
    """What the record may be asked for because of a key: ``FLAG_BITS`` bits."""
    words = key_words(key)
    name = "".join(words)
    if not name:
        return 0
    flags = _ASKER if name in _ASKS else 0
    flags |= _ANSWER if name in _ANSWERS else 0
    flags |= _NAMER if name in _NAMES else 0
    flags |= _VALUE if name in _VALUES else 0
    flags |= _TYPE if name.endswith("type") else 0
    flags |= _NUMBER if name in _NUMBERS else 0
    flags |= _ASKED_ELSE if name in ("coding", "op") or key in _INNER_HOLDERS else 0
    flags |= FIELDS if name in ("fields", "columns", "cols", "headers") else 0
    flags |= _POINT if name in _POINTS else 0
    flags |= _LATITUDE if words[-1] in _LAT else 0
    flags |= _LONGITUDE if words[-1] in _LON else 0
    flags |= (_FIRST if name in _FIRSTS else 0) | (_SECOND if name in _SECONDS else 0)
    return flags | (NAME if _may_name(words) else 0)


_HEADS_ABOVE = re.compile(rb'"(?:fields|columns|cols|headers)"\s{0,40}:\s{0,40}\[\s{0,40}\{', re.IGNORECASE)


@lru_cache(maxsize=50_000)
def _plain(key: str) -> str:
    return "".join(split_key(key))


def _last(path: str) -> tuple[str, str]:
    parent, _, key = path.rpartition("/")
    return parent, key


# questions and their answers, names and their values


def _asked(record: bytes, leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo]) -> bool:
    objects: dict[str, dict[str, int]] = {}
    for at, leaf in enumerate(leaves):
        if leaf.kind not in (STRING, NUMBER):
            continue
        parent, key = _last(leaf.path)
        if leaf.key_start < 0:
            above, outer = _last(parent)
            if key == "0" and outer in ("values", "value", "answers"):
                objects.setdefault(above, {}).setdefault(outer, at)
            continue
        name = _plain(key)
        objects.setdefault(parent, {}).setdefault(name, at)
        above, outer = _last(parent)
        if name in _UNIONS and _plain(outer) in _VALUES:
            objects.setdefault(above, {}).setdefault(_plain(outer), at)
        elif name in _INNER and outer in _INNER_HOLDERS:
            objects.setdefault(above, {}).setdefault("field." + name, at)
    by_value = _coded(record, leaves, objects, hints, infos)
    for parent, named in objects.items():
        form = _FORM.fullmatch(parent) is not None
        weak = _WEAK if not form else frozenset[str]()
        members = {name: at for name, at in named.items() if name not in weak}
        asks = [at for name, at in members.items() if name in _ASKS or name.startswith("field.")]
        names = [at for name, at in members.items() if name in _NAMES]
        answers = [at for name, at in members.items() if name in _ANSWERS and at not in asks and at not in names]
        values = [at for name, at in members.items() if name in _VALUES and at not in asks and at not in names]
        if asks and not answers and len(members) - len(asks) <= 2:  # {"type": "date", "date": …, "field": {…}}
            answers = [at for name, at in members.items() if at not in asks and name not in ("type", "id")]
        if "op" in named and "path" in named and "value" in named:  # https://www.rfc-editor.org/rfc/rfc6902
            names, values = [named["path"]], [named["value"]]
        types = [at for name, at in named.items() if name.endswith("type")]
        numbers = [at for name, at in named.items() if name in _NUMBERS]
        for tellers, told in ((asks, answers), (names, values), (types, numbers)):
            if not tellers or len(told) != 1:
                continue
            by_value = True
            if told[0] in infos:
                continue
            for teller in tellers:
                if leaves[teller].kind == STRING:
                    info = asked_of(parent, decode(record[leaves[teller].start : leaves[teller].end]), hints)
                    if info is not None:
                        infos[told[0]] = info
                        break
    return by_value


_CODING = re.compile(r"(.*)/type/coding/\d{1,2}/code")
_CODES = {  # http://terminology.hl7.org/CodeSystem/v2-0203
    "MR": "medical record number", "SS": "ssn", "SB": "ssn", "DL": "driver license", "PPN": "passport number",
    "NI": "national id", "MB": "member id", "TAX": "tax id", "NPI": "npi", "MC": "medicare number", "HC": "national id",
    "PI": "patient id", "PT": "patient id", "SN": "subscriber id", "MA": "medicaid number", "NNXXX": "national id",
}  # fmt: skip


def _coded(
    record: bytes, leaves: Sequence[Leaf], objects: dict[str, dict[str, int]], hints: KeyHints,
    infos: dict[int, KeyInfo],
) -> bool:  # fmt: skip
    """The kind of a FHIR identifier by its code."""
    told = False
    for leaf in leaves:
        match = _CODING.fullmatch(leaf.path) if leaf.kind == STRING and leaf.path.endswith("/code") else None
        at = objects.get(match[1], {}).get("value") if match is not None else None
        if match is None or at is None:
            continue
        told = True
        meant = _CODES.get(decode(record[leaf.start : leaf.end]))
        if meant is not None and at not in infos:
            infos[at] = hints.for_keys([meant])
    return told


_NUMBERS = frozenset("number no nr num identificationid identificationnumber documentid idvalue".split())


def asked_of(parent: str, text: str, hints: KeyHints) -> KeyInfo | None:
    """What the text of a question or of a label asks for; None when it asks for nothing that is known."""
    if text.startswith("/") and 2 <= len(text) <= 200:
        info = hints.for_pointer(text)
        return info if info.asked else None
    if not 2 <= len(text) <= 80 or "=" in text:
        return None
    plain = normalise(text).strip(" ?:*.!¿")
    meant = _MEANT.get(" ".join(split_key(plain)))
    if meant is None:
        yours = _YOURS.search(plain) is not None
        while (lead := _LEAD.match(plain)) is not None:
            plain = plain[lead.end() :]
        words = split_key(plain)
        if not 1 <= len(words) <= 5:
            return None
        meant = "full name" if yours and len(words) == 1 and words[0] in NAME_WORDS else plain
        if plain == normalise(text):
            meant = text  # as it is written: ``firstName`` is two words
    info = hints.for_keys([*_keys(parent), meant])
    return info if info.asked else None


# tables


def _rows(record: bytes, leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo]) -> bool:
    tables: dict[str, dict[tuple[int, int], int]] = {}
    heads: dict[tuple[str, str], str] = {}
    for at, leaf in enumerate(leaves):
        if leaf.kind not in (STRING, NUMBER):
            continue
        if leaf.key_start >= 0:
            match = _HEAD_OBJECT.fullmatch(leaf.path) if leaf.kind == STRING else None
            if match is not None:
                heads.setdefault((match[1], match[2]), decode(record[leaf.start : leaf.end]))
            continue
        match = _ROW.fullmatch(leaf.path)
        if match is not None:
            tables.setdefault(match[1], {})[int(match[2]), int(match[3])] = at
    told = {place: info for place, text in heads.items() if (info := asked_of(place[0], text, hints)) is not None}
    if told:
        for at, leaf in enumerate(leaves):
            match = _BODY.fullmatch(leaf.path) if leaf.kind in (STRING, NUMBER) else None
            if match is not None and at not in infos and (info := told.get((match[1], match[2]))) is not None:
                infos[at] = info
    for path, cells in tables.items():
        _table(path, cells, record, leaves, hints, infos)
    return bool(tables) or bool(heads)


def _table(
    path: str, cells: dict[tuple[int, int], int], record: bytes, leaves: Sequence[Leaf], hints: KeyHints,
    infos: dict[int, KeyInfo],
) -> None:  # fmt: skip
    width = max(column for _, column in cells) + 1
    if width == 2 and _PAIRS_KEY.fullmatch(_last(path)[1]):
        for (row, column), at in cells.items():
            name = cells.get((row, 0))
            if column == 1 and at not in infos and name is not None and leaves[name].kind == STRING:
                info = asked_of(path, decode(record[leaves[name].start : leaves[name].end]), hints)
                if info is not None:
                    infos[at] = info
        return
    first = [cells.get((0, column)) for column in range(width)]
    if any(at is None or leaves[at].kind != STRING for at in first):
        return
    asked = [asked_of(path, decode(record[leaves[at].start : leaves[at].end]), hints) for at in first if at is not None]
    if sum(info is not None and bool(info.deciders) for info in asked) < 2:
        return
    for (row, column), at in cells.items():
        info = asked[column]
        if row > 0 and info is not None and at not in infos:
            infos[at] = info


# places and names in a record of a person


def _places(leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo], of_person: Callable[[], bool]) -> None:
    points = list(_points(leaves))
    if not points:
        return
    told = any(rule.entity in _PERSONAL for info in infos.values() for rule in info.deciders)
    if not told and not of_person():
        return
    for at, info in ((at, hints.for_keys(["home", axis])) for at, axis in points):
        if at not in infos and not hints.for_pointer(leaves[at].path).deciders:
            infos[at] = info


def _points(leaves: Sequence[Leaf]) -> Iterator[tuple[int, str]]:
    """The leaves that are coordinates by their keys, with the axis."""
    found: dict[str, list[tuple[int, str]]] = {}
    for at, leaf in enumerate(leaves):
        if leaf.kind not in (STRING, NUMBER):
            continue
        parent, key = _last(leaf.path)
        if leaf.key_start < 0:
            outer = _last(parent)[1]
            if key in ("0", "1") and _plain(outer) in _POINTS:
                found.setdefault(parent, []).append((at, "latitude"))
            continue
        words = key_words(key)
        if not words:
            continue
        if words[-1] in _LAT:
            found.setdefault(parent + "//" + " ".join(words[:-1]), []).append((at, "latitude"))
        elif words[-1] in _LON:
            found.setdefault(parent + "//" + " ".join(words[:-1]), []).append((at, "longitude"))
        elif "".join(words) in _POINTS and leaf.kind == STRING:
            found.setdefault(leaf.path, []).extend([(at, "gps"), (at, "gps")])
    for path, members in found.items():
        if len(members) == 2 and _NO_PERSONS_PLACE.isdisjoint(word for part in _keys(path) for word in split_key(part)):
            yield from members


def of_person(info: KeyInfo) -> bool:
    """The key is that of a name, an account, a date or an address of a person."""
    return any(rule.entity in _PERSONAL for rule in info.deciders)


def _of_person(leaves: Sequence[Leaf], hints: KeyHints) -> bool:
    """The record holds a person: a key in it decides for a name, an account, an address of a person."""
    known: dict[str, bool] = hints.remembered.setdefault("of a person", {})
    for leaf in leaves:
        if leaf.kind not in (STRING, NUMBER):
            continue
        told = known.get(leaf.path)
        if told is None:
            told = of_person(hints.for_pointer(leaf.path))
            if len(known) >= 50_000:
                known.clear()
            if len(leaf.path) <= 256:
                known[leaf.path] = told
        if told:
            return True
    return False


_HALF = re.compile(r"[^\W\d_a-z][^\W\d_]{1,25}(?:['’ -][^\W\d_]{1,25}){0,2}")
_HALVES = frozenset(("first", "given", "forename"))


def _partners(
    record: bytes, leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo], of_person: Callable[[], bool]
) -> bool:
    """``{"first": …, "last": …}`` beside something of a person, in an object that is a person or a name, or by value.

    True where the values had a say: two capitalised words are a name where nothing else says what they are.
    """
    by_value = False
    objects: dict[str, dict[str, int]] = {}
    known: dict[str, str | None] = hints.remembered.setdefault("partners", {})
    for at, leaf in enumerate(leaves):
        if leaf.kind != STRING or leaf.key_start < 0:
            continue
        path = leaf.path
        if path in known:
            name = known[path]
        else:
            name = _plain(_last(path)[1])
            name = name if name in _PARTNER_NAMES else None
            if len(known) >= 50_000:
                known.clear()
            if len(path) <= 256:
                known[path] = name
        if name is not None:
            objects.setdefault(_last(path)[0], {})[name] = at
    for parent, members in objects.items():
        if len(members) < 2:
            continue
        pair = next((pair for pair in _PARTNERS if pair[0] in members and pair[1] in members), None)
        if pair is None:
            continue
        words = [word for part in _keys(parent) for word in split_key(part)]
        near = bool(words) and (words[-1] in NAME_WORDS or words[-1] in ("nm", "names"))
        if not _PAGES.isdisjoint(words):
            continue
        if not near and ("f" in pair or not (hints.for_keys(_keys(parent)).person or of_person())):
            if pair[0] not in _HALVES:
                continue
            by_value = True
            halves = [leaves[members[name]] for name in pair]
            if not all(_HALF.fullmatch(decode(record[half.start : half.end])) for half in halves):
                continue
        first = "full name" if pair[0] == "cn" else "first name"
        for name, kind in zip(pair, (first, "last name"), strict=True):
            if members[name] not in infos:
                infos[members[name]] = hints.for_keys([kind])
    return by_value


_NAME_ENDS = ("者名", "人名", "様名", "员名", "자명", "인명", "님명", "客名", "户名")
_NAME_HEADS = ("اسم", "ชื่อ", "שם", "nama", "naam", "nom", "nome", "nombre", "nume", "ten", "jmeno", "imie")
_OF_PERSONS = frozenset(("PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "DATE_TIME", "US_SSN", "NATIONAL_ID", "USERNAME"))


_BUSINESS = frozenset(  # they have mailboxes and telephones, too
    "company firma empresa entreprise societe azienda perusahaan bank banco banque school escuela ecole sekolah hotel "
    "store shop toko tienda loja negozio branch cabang sucursal department departemen organization organisation org "
    "merchant vendor supplier restaurant venue clinic hospital pharmacy office carrier airline brand manufacturer "
    "seller service app application team group agency dealer broker insurer institution property business "
    "practice".split()
)


def _named(leaves: Sequence[Leaf], named: Sequence[int], hints: KeyHints, infos: dict[int, KeyInfo]) -> None:
    """``namaNasabah`` and bare names in an object with two other things of a person: whatever the other word says."""
    known: dict[str, bool] = hints.remembered.setdefault("names", {})
    objects: dict[str, list[int]] = {}
    for at in named:
        if leaves[at].kind != STRING:
            continue
        path = leaves[at].path
        told = known.get(path)
        if told is None:
            told = _is_name(_last(path)[1], path, hints)
            if len(known) >= 50_000:
                known.clear()
            if len(path) <= 256:
                known[path] = told
        if told and at not in infos:
            objects.setdefault(_last(path)[0], []).append(at)
    if not objects:
        return
    kinds: dict[str, set[str]] = {parent: set() for parent in objects}
    for leaf in leaves:
        parent = _last(leaf.path)[0]
        if parent in kinds and leaf.kind <= LITERAL:
            kinds[parent] |= {rule.entity for rule in hints.for_pointer(leaf.path).deciders[:1]} & _OF_PERSONS
    info = hints.for_keys(["full name"])
    for parent, members in objects.items():
        if len(kinds[parent]) >= 2:
            infos.update(dict.fromkeys(members, info))


def of_business(pointer: str) -> bool:
    """The object at ``pointer`` is a company, a shop, a department: its name is no person's."""
    words = [word for part in _keys(pointer)[-2:] for word in split_key(part)]
    return not _BUSINESS.isdisjoint(words) or not _BUSINESS.isdisjoint(word.removesuffix("s") for word in words)


def _is_name(key: str, path: str, hints: KeyHints) -> bool:
    words = split_key(key)
    if not words:
        return False
    if not (
        words[-1] in NAME_WORDS or words[0] in _NAME_HEADS or words[-1].endswith(_ENDS) or words[0].startswith(_HEADS)
    ):
        return False
    if of_business(_last(path)[0]):
        return False
    if not heads.THINGS.isdisjoint(map(heads.singular, words)):
        return False
    info = hints.for_pointer(path)
    return not info.deciders and not info.veto and info.whose is not heads.Whose.THING


def _may_name(words: Sequence[str]) -> bool:
    """The key may be that of a name."""
    if not words:
        return False
    last, first = words[-1], words[0]
    return last in NAME_WORDS or first in _NAME_HEADS or last.endswith(_ENDS) or first.startswith(_HEADS)


_ENDS = tuple(normalise(end) for end in _NAME_ENDS)
_HEADS = tuple(normalise(head) for head in _NAME_HEADS[:3])
_PARTNER_NAMES = frozenset(name for pair in _PARTNERS for name in pair)


def _keys(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
