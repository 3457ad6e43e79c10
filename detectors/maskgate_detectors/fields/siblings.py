"""What members of one object say about each other.

``{"type": "phone", "value": "…"}``: the text of the one is the key of the other. ``{"nombre": "…", "apellidos": "…"}``:
a bare name is a person's where a first name, an address or a birthday stands beside it. ``{"ssn1": …, "ssn2": …,
"ssn3": …}``: none is a value, together they are (``splits.py``).
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from maskgate_detectors.fields import arguments, heads, layouts, splits
from maskgate_detectors.fields.context import KeyHints, KeyInfo, split_key
from maskgate_detectors.fields.heads import Whose
from maskgate_detectors.fields.keywords import NAME_WORDS
from maskgate_detectors.fields.parts import FIRST_NAME, LAST_NAME, NAME_PART, place_in_subject
from maskgate_detectors.reader.lexer import CONTAINER, LITERAL, NUMBER, STRING, Leaf, decode

_KIND_KEYS: frozenset[bytes] = frozenset(
    b"type kind system name key label field attribute property header code Type Kind Name Key Label Field".split()
)
_VALUE_KEYS: frozenset[bytes] = frozenset(b"value val content data answer Value Val Content Data".split())
_CHANGE_KINDS: frozenset[bytes] = frozenset(b"field attribute property column fieldName field_name".split())
_CHANGE_KEYS: frozenset[bytes] = frozenset(
    b"old new from to before after oldValue newValue old_value new_value previous current".split()
)
_PART_KEYS: dict[bytes, str] = {b"fn": "first name", b"ln": "last name", b"FN": "first name", b"LN": "last name"}
_NAME_KEYS: frozenset[bytes] = frozenset(
    [form for word in NAME_WORDS for form in (word.encode(), word.capitalize().encode(), word.upper().encode())]
    + b"display_name displayName DisplayName displayname display Display full_name fullName FullName".split()
)
_DISPLAY_KEYS: frozenset[bytes] = frozenset(b"display Display displayName display_name".split())
_CODE_KEYS: frozenset[bytes] = frozenset(b"code system Code System codeSystem".split())
_TYPE_KEYS: frozenset[bytes] = frozenset(  # what kind of thing the object is
    b"type Type @type _type kind Kind objectType object_type entityType entity_type resourceType resource_type "
    b"targetType target_type actorType actor_type principalType principal_type userType user_type memberType "
    b"accountType object reference recordType record_type subjectType".split()
)
_ACCOUNT_KEYS: frozenset[bytes] = frozenset(b"userName user_name username UserName Username".split())
_SAID = (Whose.PERSON, Whose.THING)
_HEADS: frozenset[bytes] = frozenset(
    b"columns headers header fields cols keys names columnNames column_names fieldNames field_names colnames".split()
)
TABLE = re.compile(rb'"(?:' + b"|".join(sorted(_HEADS)) + rb')"[ \t\n\r]*+:[ \t\n\r]*+\[[ \t\n\r]*+"')
_HEAD_PATH = re.compile(rf"(.*)/(?:{b'|'.join(sorted(_HEADS)).decode()})/(\d{{1,6}})")
_CELL_PATH = re.compile(r"(.*)/(?:rows|data|values|records|results)/\d{1,7}/(\d{1,6})")
_ROW_PATH = re.compile(
    r"(.*)/(values|row|data|cells|record|tuple|payload|columnValues|column_values|fieldValues|field_values|vals)"
    r"/(\d{1,6})"
)
_TELLING = _VALUE_KEYS | _NAME_KEYS | _CHANGE_KINDS | _ACCOUNT_KEYS | _PART_KEYS.keys()
PERSONAL = frozenset(
    "PERSON EMAIL_ADDRESS PHONE_NUMBER DATE_OF_BIRTH US_SSN NATIONAL_ID BR_CPF ES_NIF ES_NIE IT_FISCAL_CODE PL_PESEL "
    "NL_BSN SE_PERSONNUMMER UK_NHS UK_NINO IN_AADHAAR CL_RUT MX_CURP RO_CNP".split()
)
_KIND = re.compile(r"[^\W\d_][\w .\-]{1,40}")
_TELLS, _HEADS_TABLE = 1 << layouts.FLAG_BITS, 2 << layouts.FLAG_BITS  # above the flags of layouts
_SPLITS = layouts.FLAG_BITS + 2  # bits below the flags of splits


class Budget(Protocol):
    """The time that the record has left."""

    def check(self) -> None:
        """Raise when it is used up."""


class Siblings(NamedTuple):
    """Other infos for some leaves (by index), and whether they depend on values, not on keys alone."""

    infos: dict[int, KeyInfo]
    by_value: bool


_NONE = Siblings({}, False)


class Whole(NamedTuple):
    """What is known of a record of which only some leaves are looked at."""

    flags: int  # of all its keys
    of_person: Callable[[], bool]  # it holds a person


def find(
    record: bytes,
    leaves: Sequence[Leaf],
    hints: KeyHints,
    whole: Whole | None = None,
    budget: Budget | None = None,
) -> Siblings:
    """What the members of each object say about their siblings.

    With ``whole`` they are those of some objects of a record without tables: the others tell nothing.
    """
    known: dict[bytes, int] = hints.remembered.setdefault("flags", {})
    flags = 0
    marked: list[tuple[str, int]] = []
    boxes: list[str] = []
    named: list[int] = []
    for at, leaf in enumerate(leaves):
        start = leaf[4]
        if start >= 0:
            key = record[start : leaf[5]]
            flag = known.get(key)
            if flag is None:
                if budget is not None:
                    budget.check()
                flag = _flags(key, known, hints)
            if flag:
                flags |= flag
                if flag & layouts.NAME:
                    named.append(at)
                if flag >> _SPLITS:
                    marked.append((leaf[3], flag >> _SPLITS))
            if leaf[0] == CONTAINER and splits.is_box(leaf, record, hints):
                boxes.append(leaf[3])
    infos: dict[int, KeyInfo] = {}
    by_value = False
    tables = whole is None
    if whole is not None:
        flags = whole.flags
    asked = flags >> _SPLITS
    if boxes or asked & splits.ASK or asked & splits.PLACES == splits.PLACES:
        by_value = splits.Split(record, leaves, hints, infos).find(marked, boxes)
    if tables and flags & _HEADS_TABLE and TABLE.search(record) is not None:
        by_value = True
        _cells(record, leaves, hints, infos)
    if tables and arguments.find(record, leaves, hints, infos):
        by_value = True
    if flags & _TELLS:
        by_value = _told(record, leaves, hints, infos) or by_value
    by_value = layouts.find(record, leaves, hints, infos, flags, named, whole and whole.of_person) or by_value
    return Siblings(infos, by_value) if infos or by_value else _NONE


def need_whole(data: bytes, flags: Sequence[int], ends: Sequence[int]) -> Iterator[int]:
    """The records of a batch of which all leaves have to be seen at once; ``ends`` are those of the records."""
    rows, speaking = layouts.may_have_rows(data, 0), arguments.may_be_said(data)
    heads_rows = _HEADS_TABLE | layouts.FIELDS
    start = 0
    for at, (flag, end) in enumerate(zip(flags, ends, strict=True)):
        if rows or speaking or flag & heads_rows:
            record = data[start:end]
            if (
                (flag & _HEADS_TABLE and TABLE.search(record) is not None)
                or layouts.may_have_rows(record, flag)
                or arguments.may_stand(record)
            ):
                yield at
        start = end


def may_tell(record: bytes, outer: Leaf | None, leaves: Sequence[Leaf], hints: KeyHints) -> dict[int, KeyInfo] | None:
    """What an object with these members at this place tells of them (by index), whatever stands in it and around it.

    None where that depends on the values or on the record; ``outer`` is the leaf of the object itself.
    """
    flags = [flags_of(record[leaf.key_start : leaf.key_end], hints) for leaf in leaves]
    every = functools.reduce(operator.or_, flags, 0)
    asked = every >> _SPLITS
    if outer is not None and splits.is_box(outer, record, hints):
        return None
    if asked & splits.ASK or asked & splits.PLACES == splits.PLACES:
        return None
    infos: dict[int, KeyInfo] = {}
    if every & _TELLS and _told(record, leaves, hints, infos):
        return None
    named = [at for at, flag in enumerate(flags) if flag & layouts.NAME]
    all_told = dict(infos)
    alone = layouts.asked_alone(every)
    if layouts.find(record, leaves, hints, all_told, alone & ~layouts.OF_RECORD, named, lambda: True):
        return None
    if layouts.may_ask_record(every):
        more = dict(all_told)
        if layouts.find(record, leaves, hints, more, alone, named, lambda: True) or len(more) > len(all_told):
            return None
    return all_told


def says_nothing(flags: int) -> bool:
    """Members whose keys have these flags tell nothing of each other, whatever stands in them."""
    asked = flags >> _SPLITS
    parts = asked & splits.ASK or asked & splits.PLACES == splits.PLACES
    return not (parts or flags & _TELLS) and layouts.says_nothing(flags)


def flags_of(key: bytes, hints: KeyHints) -> int:
    """What a record may be asked for because of a key."""
    return _flags(key, hints.remembered.setdefault("flags", {}), hints)


def _flags(key: bytes, known: dict[bytes, int], hints: KeyHints) -> int:
    flag = known.get(key)
    if flag is not None:
        return flag
    if hints.check is not None:
        hints.check()
    text = decode(key)
    flag = splits.key_flags(text, hints) << _SPLITS | layouts.key_flags(text)
    flag |= (_TELLS if key in _TELLING else 0) | (_HEADS_TABLE if key in _HEADS else 0)
    if len(known) >= 50_000:
        known.clear()
    if len(key) <= 64:
        known[key] = flag
    return flag


def _told(record: bytes, leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo]) -> bool:
    objects: dict[str, list[int]] = {}
    for at, leaf in enumerate(leaves):
        if leaf.key_start >= 0 and leaf.kind <= LITERAL:
            objects.setdefault(leaf.path.rpartition("/")[0], []).append(at)
    by_value = False
    for parent, members in objects.items():
        seen = _Object(record, leaves, hints, parent, members)
        by_value = seen.value_of_a_kind(infos) or by_value
        by_value = seen.change_of_a_field(infos) or by_value
        seen.parts_of_a_name(infos)
        by_value = seen.bare_names(infos) or by_value
        by_value = seen.accounts(infos) or by_value
    return by_value


class _Object:
    """The scalar members of one object, and what they tell of each other; what a value tells is true of one record."""

    def __init__(
        self, record: bytes, leaves: Sequence[Leaf], hints: KeyHints, parent: str, members: Sequence[int]
    ) -> None:
        self._record = record
        self._leaves = leaves
        self._hints = hints
        self._parent = parent
        self._members = members
        self._keys = {at: record[leaves[at].key_start : leaves[at].key_end] for at in members}

    def _under(self, keys: frozenset[bytes], kinds: tuple[int, ...] = (STRING,)) -> list[int]:
        return [at for at, key in self._keys.items() if key in keys and self._leaves[at].kind in kinds]

    def _text(self, at: int) -> str:
        return decode(self._record[self._leaves[at].start : self._leaves[at].end])

    def value_of_a_kind(self, infos: dict[int, KeyInfo]) -> bool:
        """``{"type": "phone", "value": …}``"""
        values, kinds = self._under(_VALUE_KEYS, (STRING, NUMBER)), self._under(_KIND_KEYS)
        if len(values) != 1 or not kinds:
            return False
        for at in kinds:
            info = _named(self._parent, self._text(at), self._hints)
            if info is not None:
                infos[values[0]] = info
                break
        return True  # another record of this layout may name another kind

    def change_of_a_field(self, infos: dict[int, KeyInfo]) -> bool:
        """``{"field": "phone", "old": …, "new": …}``"""
        changed, fields = self._under(_CHANGE_KEYS, (STRING, NUMBER)), self._under(_CHANGE_KINDS)
        if not changed or len(fields) != 1:
            return False
        info = _named(self._parent, self._text(fields[0]), self._hints)
        if info is not None:
            infos.update(dict.fromkeys(changed, info))
        return True

    def parts_of_a_name(self, infos: dict[int, KeyInfo]) -> None:
        """``{"fn": …, "ln": …}`` beside something of a person, or in the object of one."""
        for at, key in self._keys.items():
            if key in _PART_KEYS and (
                _personal(self._leaves, self._members, self._hints)
                or _are_a_persons(self._hints.for_pointer(self._leaves[at].path), self._keys)
            ):
                infos[at] = self._hints.for_keys([*_keys(self._parent), _PART_KEYS[key]])

    def bare_names(self, infos: dict[int, KeyInfo]) -> bool:
        """Names whose key does not say whose they are: the kind of the object, a code, or something of a person does.

        ``{"displayName": …, "type": "User"}``, ``{"code": …, "display": …}``, ``{"name": …, "birthday": …}``
        """
        by_value = False
        for at in self._under(_NAME_KEYS):
            info = self._hints.for_pointer(self._leaves[at].path)
            if info.whose in (Whose.NO_NAME, Whose.THING):
                continue
            kinds = self._under(_TYPE_KEYS)
            by_value = by_value or bool(kinds)
            said = next((said for kind in kinds if (said := heads.of_kind(self._text(kind))) in _SAID), Whose.UNSAID)
            if said is Whose.UNSAID and self._keys[at] in _DISPLAY_KEYS and self._under(_CODE_KEYS):
                said = Whose.THING
            if said is Whose.PERSON:
                infos[at] = self._hints.for_keys(["person", "full name"])
            elif said is Whose.THING:
                infos[at] = self._hints.for_keys(["instance", "name"])
            elif self._is_a_persons(info):
                rest = _rest_of_name(self._leaves, self._members, self._hints)
                infos[at] = self._hints.for_keys([*_keys(self._parent), rest])
        return by_value

    def accounts(self, infos: dict[int, KeyInfo]) -> bool:
        """``{"type": "Role", "userName": …}`` is nobody's account."""
        accounts, kinds = self._under(_ACCOUNT_KEYS), self._under(_TYPE_KEYS)
        if not accounts or not kinds:
            return False
        if any(heads.of_kind(self._text(kind)) is Whose.THING for kind in kinds):
            infos.update(dict.fromkeys(accounts, self._hints.for_keys(["instance", "name"])))
        return True

    def _is_a_persons(self, info: KeyInfo) -> bool:
        if not _is_bare(info) or layouts.of_business(self._parent):
            return False
        return _personal(self._leaves, self._members, self._hints)


def _cells(record: bytes, leaves: Sequence[Leaf], hints: KeyHints, infos: dict[int, KeyInfo]) -> None:
    """What the heads of a table say of its cells: ``{"columns": ["id", "last_name"], "rows": [[1, "…"]]}``."""
    heads: dict[tuple[str, str], KeyInfo | None] = {}
    for leaf in leaves:
        if leaf.key_start < 0 and leaf.kind == STRING and (match := _HEAD_PATH.fullmatch(leaf.path)) is not None:
            heads[match[1], match[2]] = _named(match[1], decode(record[leaf.start : leaf.end]), hints)
    tables: dict[str, bool] = {}
    for (parent, _), info in heads.items():
        tables[parent] = tables.get(parent, False) or (
            info is not None and any(rule.entity in PERSONAL for rule in info.deciders)
        )
    for at, parent, column in (*_in_rows(leaves), *_beside_heads(leaves, heads)):
        info = heads.get((parent, column))
        if info is not None:
            infos[at] = info
            if tables[parent] and _is_bare(info) and info.words.split()[-1] in NAME_WORDS:
                infos[at] = hints.for_keys([*_keys(parent), "full name"])


def _in_rows(leaves: Sequence[Leaf]) -> Iterator[tuple[int, str, str]]:
    """(leaf, table, column) of cells in rows: ``{"columns": […], "rows": [[…], […]]}``."""
    for at, leaf in enumerate(leaves):
        if leaf.key_start < 0 and leaf.kind in (STRING, NUMBER):
            match = _CELL_PATH.fullmatch(leaf.path)
            if match is not None:
                yield at, match[1], match[2]


def _beside_heads(
    leaves: Sequence[Leaf], heads: Mapping[tuple[str, str], KeyInfo | None]
) -> Iterator[tuple[int, str, str]]:
    """The same of a single row of as many values as there are heads: ``{"columns": […], "values": […]}``."""
    width: dict[str, int] = {}
    for parent, _ in heads:
        width[parent] = width.get(parent, 0) + 1
    rows: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for at, leaf in enumerate(leaves):
        if leaf.key_start < 0 and leaf.kind <= LITERAL:
            match = _ROW_PATH.fullmatch(leaf.path)
            if match is not None and match[1] in width:
                rows.setdefault((match[1], match[2]), []).append((at, match[3]))
    for (parent, _), cells in rows.items():
        if len(cells) == width[parent]:
            yield from ((at, parent, column) for at, column in cells if leaves[at].kind in (STRING, NUMBER))


def _named(parent: str, text: str, hints: KeyHints) -> KeyInfo | None:
    if not _KIND.fullmatch(text) or len(split_key(text)) > 4:
        return None
    info = hints.for_keys([*_keys(parent), text])
    return info if info.asked else None


def _are_a_persons(info: KeyInfo, keys: dict[int, bytes]) -> bool:
    """First and last name stand side by side in the object of a person."""
    return info.person and len({_PART_KEYS[key] for key in keys.values() if key in _PART_KEYS}) > 1


def _rest_of_name(leaves: Sequence[Leaf], members: Sequence[int], hints: KeyHints) -> str:
    """What ``name`` is beside parts of the name: ``nom`` the last one beside ``prénom``, ``nombre`` the first one."""
    places = {
        place_in_subject(leaves[at].path, NAME_PART)
        for at in members
        if any(rule.id == NAME_PART for rule in hints.for_pointer(leaves[at].path).deciders)
    }
    if LAST_NAME in places:
        return "full name" if FIRST_NAME in places else "first name"
    return "last name" if FIRST_NAME in places else "full name"


def _is_bare(info: KeyInfo) -> bool:
    bare = not info.deciders and not info.veto and len(info.words.split()) <= 2
    return bare and info.whose is not Whose.THING


def _personal(leaves: Sequence[Leaf], members: Sequence[int], hints: KeyHints) -> bool:
    return any(rule.entity in PERSONAL for at in members for rule in hints.for_pointer(leaves[at].path).deciders)


def _keys(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
