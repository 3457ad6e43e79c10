"""Which rules are worth trying: the triggers of all rules in one linear pass over bytes.

Hyperscan (or Vectorscan) where its wheel is installed, a set of RE2 programs elsewhere; both give the same rules or
more, and the rules decide. Besides rules there are marks: a text that needs decoding, or one that may hold pairs of
a telling key and a value.
"""

from __future__ import annotations

import hashlib
import platform
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from maskgate_detectors.fields import vocabulary
from maskgate_detectors.fields.context import words_of
from maskgate_detectors.fields.keywords import NAME_WORDS
from maskgate_detectors.model.config import DetectorError
from maskgate_detectors.model.registry import UNANCHORED, Compiled, compile_re2
from maskgate_detectors.model.rule import Rule
from maskgate_detectors.text import base64trigger, dbcache

PERCENT, ENTITY, BASE64, PAIR = -1, -2, -3, -4  # marks in place of rule indexes
_PAIR_END = r"""[0-9]?(?:["']?\]?\s?[=:]|>[^<>])"""
_MARKS: tuple[tuple[str, int], ...] = (
    (r"%[0-9A-Fa-f]{2}", PERCENT),
    (r"&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]{1,31});", ENTITY),
    (base64trigger.pattern(), BASE64),
    (r"(?:[2-7][0-9A-Fa-f]){12}", BASE64),  # readable text in hexadecimal digits
    (r"(?i)values\s*\(", PAIR),  # SQL: the names of the columns stand before
    (r"[^\x00-\x7f][A-Za-z]{1,12}" + _PAIR_END, PAIR),
    (r"[^\x00-\x7f][\"']?\s?[=:]", PAIR),  # keys in other alphabets
    (r"[A-Za-z0-9]@[A-Za-z0-9-]{1,40}\.[A-Za-z]", PAIR),  # names that are a part of a mailbox beside them
    (r"(?i)</(?:dt|th|td|label|b|strong|span|div|p)>[: ]{0,3}<(?:dd|td|span|div|p|b|strong)", PAIR),  # labels in HTML
    (r"[A-Za-z0-9\"'\x60\])]\s{0,40}(?::{2,3}=|\?{1,2}=|\|{2}=|[.+!]=|==|<-)", PAIR),  # signs of programs
    (r"[A-Za-z0-9\"'\x60\])][ \t]{2,40}[=:]", PAIR),  # signs in columns
    (r"[A-Za-z0-9]`[ \t]{0,4}[=:]", PAIR),
    (r"[A-Za-z0-9\"'\])]\s{0,2}\|\|\s{0,2}[\"'\x60]", PAIR),  # what stands for a value that is not set
    (r"(?i)[A-Za-z0-9](?:\[[0-9]{0,4}\]|\s(?:as )?(?:string|\[\]byte|securestring|text|varchar)\??)\s{0,3}=", PAIR),
    (r"[A-Za-z0-9]\??:\s{0,3}[A-Za-z&*'][\w.<>\[\]&'| ]{0,60}[?!]?\s{0,3}=", PAIR),  # a type before the sign
    (r"[A-Za-z0-9]\{[\"']", PAIR),
    (r"(?i)(?:name|key|id)=[\"'][\w.:-]{1,80}[\"'][^<>\n]{0,160}>", PAIR),
    (r"<[A-Za-z][\w:.-]{0,60}(?:\s[^<>\n]{1,160})?>(?:[^<]|<!\[CDATA)", PAIR),
    (r"=\?[\w-]{2,20}\?[BbQq]\?", ENTITY),  # encoded words of mail headers
)
_SHORT_WORD = 2  # letters of a word that has to stand by itself
_TELLING_WORD = 4  # letters of a word at the end of a key that is worth a look without the word before it
_BETWEEN = r"[\x00-@\[-`{-\x7f]{0,2}"  # two words of a key
_SET_SIZE = 250  # triggers in one set of RE2 programs: its automaton stays small
_ASCII_RUN = re.compile(r"[\x20-\x7e]{3,}")
_SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$/#])")


def pair_keys(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Patterns of which one fits the end of every ASCII key that may decide in ``key=value`` inside a text.

    The end is a word that decides alone, or the last two words of a key: ``ref`` alone is asked of no rule that
    ``patient_ref`` is asked of. Words of two letters are whole words: ``ip=`` and ``clientIp=``, not ``zip=``.
    """
    keys = [
        words
        for rule in rules
        if rule.key_decides
        for key in rule.keys
        if not key.startswith("!") and (words := words_of(key)) and "".join(words).isascii()
    ]
    phrases = (phrase for group in vocabulary.same_as().values() for phrase in group)
    keys += [words for phrase in phrases if (words := words_of(phrase)) and "".join(words).isascii()]
    alone = {words[0] for words in keys if len(words) == 1} | {word for word in NAME_WORDS if word.isascii()}
    alone |= {words[-1] for words in keys if len(words[-1]) >= _TELLING_WORD}
    long = {word for word in alone if len(word) > _SHORT_WORD}
    long = {word for word in long if not any(word[at:] in long for at in range(1, len(word)))}
    found = {f"(?i:{word})" for word in long}
    for word in alone:
        if len(word) <= _SHORT_WORD:
            first, rest = word[0], word[1:]
            found.add(f"(?:(?:^|[^A-Za-z])(?i:{word})|[A-Za-z]{first.upper()}(?i:{rest}))")
    for words in keys:
        if words[-1] not in alone:
            found.add(f"(?i:{words[-2]}){_BETWEEN}(?i:{words[-1]})")
    return tuple(sorted(found))


def pair_ends(rules: Iterable[Rule]) -> Callable[[str], bool]:
    """Whether the end of a key fits one of :func:`pair_keys`; a digit may follow."""
    pattern = rb"(?:%b)[0-9]?\z" % "|".join(pair_keys(rules)).encode("ascii")
    match = compile_re2(pattern, "keys in a text")._regexp.Match

    def fits(key: str) -> bool:
        data = key.encode("utf-8", "replace")
        return bool(match(UNANCHORED, data, 0, len(data))[0][0] >= 0)

    return fits


def trigger_patterns(rules: Sequence[Compiled]) -> dict[str, tuple[int, ...]]:
    """Every trigger with the rules (or marks) that it asks for."""
    found: dict[str, list[int]] = {}
    for item in rules:
        for trigger in item.rule.triggers or _context_triggers(item.rule.context):
            found.setdefault(trigger, []).append(item.index)
        if item.rule.alone is not None:
            found.setdefault(rf"(?:^|\n)(?:{item.rule.alone})(?:\n|$)", []).append(item.index)
    for pattern, mark in _MARKS:
        found.setdefault(pattern, []).append(mark)
    for key in pair_keys(item.rule for item in rules):
        found.setdefault(key + _PAIR_END, []).append(PAIR)
    return {trigger: tuple(ids) for trigger, ids in found.items()}


def _context_triggers(words: Sequence[str]) -> tuple[str, ...]:
    """Patterns for context words: the longest ASCII part in any case, else the word in three cases."""
    triggers = []
    for word in words:
        runs = _ASCII_RUN.findall(word)
        part = max(runs, key=len) if runs else word
        if part.isascii():
            triggers.append("(?i)" + _SPECIAL.sub(r"\\\1", part))
        else:  # hyperscan compares letters of other alphabets as they are
            triggers += [_SPECIAL.sub(r"\\\1", form) for form in (part, part.upper(), part.capitalize())]
    return tuple(dict.fromkeys(triggers))


class Prefilter(Protocol):
    """One pass over bytes of UTF-8."""

    name: str
    joins: bool  # ``hits`` may be given many texts joined by newlines

    def hits(self, data: bytes) -> list[tuple[tuple[int, ...], int]]:
        """(rules and marks, offset of the end of the trigger) for every trigger in ``data``."""

    def rules(self, data: bytes) -> set[int]:
        """The rules and marks that ``data`` asks for."""


class HyperscanPrefilter:
    """Triggers as hyperscan databases: those with literals, and those of digits."""

    name = "hyperscan"
    joins = True

    def __init__(self, triggers: dict[str, tuple[int, ...]], cache_dir: str | None = None) -> None:
        import hyperscan

        self._targets = list(triggers.values())
        numbers = [(at, text) for at, text in enumerate(triggers) if _is_numeric(text)]
        others = [(at, text) for at, text in enumerate(triggers) if not _is_numeric(text)]
        self._databases = [_database(hyperscan, group, cache_dir) for group in (others, numbers) if group]
        self._scans: list[Callable[..., Any]] = [database.scan for database in self._databases]
        self._lock = threading.Lock()  # a database has one scratch space: one scan at a time

    def hits(self, data: bytes) -> list[tuple[tuple[int, ...], int]]:
        """(rules and marks, end offset) of every trigger, not in order."""
        targets = self._targets
        found: list[tuple[tuple[int, ...], int]] = []
        add = found.append

        def on_match(which: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            add((targets[which], end))

        with self._lock:
            for scan in self._scans:
                scan(data, match_event_handler=on_match)
        return found

    def rules(self, data: bytes) -> set[int]:
        """The rules and marks that ``data`` asks for."""
        found: set[int] = set()
        update, targets = found.update, self._targets

        def on_match(which: int, _start: int, _end: int, _flags: int, _context: Any) -> None:
            update(targets[which])

        with self._lock:
            for scan in self._scans:
                scan(data, match_event_handler=on_match)
        return found


class Re2Prefilter:
    """Triggers as one set of RE2 programs: no offsets, so every text is asked by itself."""

    name = "re2"
    joins = False

    def __init__(self, triggers: dict[str, tuple[int, ...]]) -> None:
        import re2

        self._everything = frozenset(target for targets in triggers.values() for target in targets)
        self._sets: list[tuple[Any, list[tuple[int, ...]]]] = []
        # as in hyperscan, a pattern of ASCII characters is one of bytes, another one of characters
        for bytewise in (True, False):
            options = re2.Options()
            options.max_mem = 64 << 20
            options.log_errors = False
            if bytewise:
                options.encoding = re2.Options.Encoding.LATIN1
            items = [item for item in triggers.items() if item[0].isascii() == bytewise]
            for at in range(0, len(items), _SET_SIZE):
                self._sets.append(_re2_set(re2, items[at : at + _SET_SIZE], options))

    def hits(self, data: bytes) -> list[tuple[tuple[int, ...], int]]:
        """(rules and marks, end of ``data``) of every trigger that is somewhere in ``data``."""
        return [(tuple(self.rules(data)), len(data))]

    def rules(self, data: bytes) -> set[int]:
        """The rules and marks that ``data`` asks for; all of them where a set fails, so that nothing is missed."""
        found: set[int] = set()
        for made, targets in self._sets:
            matched = made.Match(data)
            if not matched or len(targets) not in matched:
                return set(self._everything)
            for which in matched:
                if which < len(targets):
                    found.update(targets[which])
        return found


def _re2_set(re2: Any, group: Sequence[tuple[str, tuple[int, ...]]], options: Any) -> tuple[Any, list[tuple[int, ...]]]:
    made = re2.Set.SearchSet(options)
    for text, _ in group:
        try:
            made.Add(text)
        except re2.error as error:
            raise DetectorError(f"RE2 refuses the trigger {text[:80]!r}: {error}") from None
    made.Add("")  # always matches: its absence says that the set ran out of memory
    made.Compile()
    return made, [targets for _, targets in group]


def _is_numeric(trigger: str) -> bool:
    """The trigger is made of digit classes rather than letters."""
    bare = re.sub(r"\\[a-zA-Z]|\(\?[a-z]+[:)]|\[[^\]]*\]|\{[^}]*\}", "", trigger)
    return not any(char.isalpha() or char in "@%&" for char in bare)


def _database(hyperscan: Any, group: Sequence[tuple[int, str]], cache_dir: str | None) -> Any:
    """The database of these triggers, from the cache where it is there: compiling takes seconds."""
    flags = [hyperscan.HS_FLAG_DOTALL | (0 if text.isascii() else hyperscan.HS_FLAG_UTF8) for _, text in group]
    digest = hashlib.sha256(repr((hyperscan.__version__, platform.machine(), platform.processor(), group)).encode())
    name = f"triggers-{digest.hexdigest()[:40]}.hsdb"
    stored = dbcache.load(cache_dir, name)
    if stored is not None:
        try:
            database = hyperscan.loadb(stored, hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
            return database
        except (hyperscan.HyperscanError, ValueError, TypeError):
            pass  # of another processor or version: it is made again
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(expressions=[text.encode() for _, text in group], ids=[at for at, _ in group], flags=flags)
    except hyperscan.HyperscanError as error:
        raise DetectorError(f"hyperscan refuses the triggers: {_blame(hyperscan, group)}{error}") from None
    dbcache.store(cache_dir, name, hyperscan.dumpb(database))
    return database


def _blame(hyperscan: Any, group: Sequence[tuple[int, str]]) -> str:
    for _, text in group:
        try:
            hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(expressions=[text.encode()], ids=[0], flags=[0])
        except hyperscan.HyperscanError:
            return f"{text[:80]!r}: "
    return ""


def make(kind: str, triggers: dict[str, tuple[int, ...]], cache_dir: str | None = None) -> Prefilter:
    """The prefilter of that kind; ``auto``: hyperscan where it can be imported."""
    if kind == "re2":
        return Re2Prefilter(triggers)
    try:
        return HyperscanPrefilter(triggers, cache_dir)
    except ImportError:
        if kind == "hyperscan":
            raise DetectorError("hyperscan is not installed; set prefilter to re2 or auto") from None
        return Re2Prefilter(triggers)
