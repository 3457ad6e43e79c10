"""What members of one object say about each other.

``{"type": "phone", "value": "…"}``: the text of the one is the key of the other. ``{"nombre": "…", "apellidos": "…"}``:
a bare name is a person's where a first name, an address or a birthday stands beside it. ``{"ssn1": …, "ssn2": …,
"ssn3": …}``: none is a value, together they are (``splits.py``).
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from maskgate_detectors.fields import layouts, splits
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
    + [b"display_name", b"displayName", b"DisplayName"]
)
_HEADS: frozenset[bytes] = frozenset(b"columns headers header fields cols".split())
_TABLE = re.compile(rb'"(?:' + b"|".join(sorted(_HEADS)) + rb')"[ \t\n\r]*+:[ \t\n\r]*+\[[ \t\n\r]*+"')
_HEAD_PATH = re.compile(r"(.*)/(?:columns|headers|header|fields|cols)/(\d{1,6})")
_CELL_PATH = re.compile(r"(.*)/(?:rows|data|values|records|results)/\d{1,7}/(\d{1,6})")
_TELLING = _VALUE_KEYS | _NAME_KEYS | _CHANGE_KINDS | _PART_KEYS.keys()
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
    if tables and flags & _HEADS_TABLE and _TABLE.search(record) is not None:
        by_value = True
        _cells(record, leaves, hints, infos)
    if flags & _TELLS:
        by_value = _told(record, leaves, hints, infos) or by_value
    by_value = layouts.find(record, leaves, hints, infos, flags, named, whole and whole.of_person) or by_value
    return Siblings(infos, by_value) if infos or by_value else _NONE


def need_whole(data: bytes, flags: Sequence[int], ends: Sequence[int]) -> Iterator[int]:
    """The records of a batch of which all leaves have to be seen at once; ``ends`` are those of the records."""
    tables = _TABLE.search(data) is not None or layouts.may_have_rows(data)
    start = 0
    for at, (flag, end) in enumerate(zip(flags, ends, strict=True)):
        if tables:
            record = data[start:end]
            if (flag & _HEADS_TABLE and _TABLE.search(record) is not None) or layouts.may_have_rows(record):
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
        keys = {at: record[leaves[at].key_start : leaves[at].key_end] for at in members}
        values = [at for at, key in keys.items() if key in _VALUE_KEYS and leaves[at].kind in (STRING, NUMBER)]
        kinds = [at for at, key in keys.items() if key in _KIND_KEYS and leaves[at].kind == STRING]
        if len(values) == 1 and kinds:
            by_value = True  # another record of this layout may name another kind
            for at in kinds:
                text = decode(record[leaves[at].start : leaves[at].end])
                info = _named(parent, text, hints)
                if info is not None:
                    infos[values[0]] = info
                    break
        changed = [at for at, key in keys.items() if key in _CHANGE_KEYS and leaves[at].kind in (STRING, NUMBER)]
        fields = [at for at, key in keys.items() if key in _CHANGE_KINDS and leaves[at].kind == STRING]
        if changed and len(fields) == 1:
            by_value = True
            info = _named(parent, decode(record[leaves[fields[0]].start : leaves[fields[0]].end]), hints)
            if info is not None:
                infos.update(dict.fromkeys(changed, info))
        for at, key in keys.items():
            if key in _PART_KEYS and (
                _personal(leaves, members, hints) or _are_a_persons(hints.for_pointer(leaves[at].path), keys)
            ):
                infos[at] = hints.for_keys([*_keys(parent), _PART_KEYS[key]])
            if (
                key in _NAME_KEYS
                and _is_bare(hints.for_pointer(leaves[at].path))
                and not layouts.of_business(parent)
                and _personal(leaves, members, hints)
            ):
                infos[at] = hints.for_keys([*_keys(parent), _rest_of_name(leaves, members, hints)])
    return by_value


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
    for at, leaf in enumerate(leaves):
        if leaf.key_start < 0 and leaf.kind in (STRING, NUMBER):
            match = _CELL_PATH.fullmatch(leaf.path)
            info = heads.get((match[1], match[2])) if match is not None else None
            if info is not None and match is not None:
                infos[at] = info
                if tables[match[1]] and _is_bare(info) and info.words.split()[-1] in NAME_WORDS:
                    infos[at] = hints.for_keys([*_keys(match[1]), "full name"])


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
