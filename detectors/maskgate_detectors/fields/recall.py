"""What siblings said, remembered by what they read.

What the members of an object say depends on their keys and kinds and on a few of their values: the ``type`` of a
``value``, the head of a column. Which values, is noted as they are read. Members of the same form whose values are the
same in those places are told the same, whatever stands in the others. Values are held as keyed digests.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from maskgate_detectors.fields import layouts, siblings
from maskgate_detectors.fields.context import KeyHints, KeyInfo
from maskgate_detectors.reader.columns import Columns
from maskgate_detectors.reader.lexer import CONTAINER, LITERAL

_FORMS, _ANSWERS = 4096, 64  # that are remembered, and of each
Infos = dict[int, KeyInfo]  # by the place among the rows


class _Noting(bytes):
    """The text of a record that notes which parts of it were read."""

    read: set[int]

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            self.read.add(place.start)
        return super().__getitem__(place)


class _Form:
    """Members of one form: which of their values were ever read, and what was said by these."""

    def __init__(self) -> None:
        self.read: tuple[int, ...] = ()
        self.person = False  # whether the record holds a person was asked
        self.answers: dict[bytes, Infos] = {}


class Recall:
    """:func:`siblings.find` for rows of columns."""

    def __init__(self, hints: KeyHints) -> None:
        self._hints = hints
        self._secret = secrets.token_bytes(32)
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._forms: dict[bytes, _Form] = {}

    def find(
        self, columns: Columns, record: int, rows: Sequence[int], flags: int, of_person: Callable[[], bool] | None
    ) -> Infos:
        """What is said of these rows of a record; without ``of_person`` they are all of it."""
        name = self._name(columns, record, rows, flags, of_person is None)
        form = self._forms.get(name)
        if form is None:
            if len(self._forms) >= _FORMS:
                self._forms.clear()
            form = self._forms[name] = _Form()
        known = form.answers.get(self._values(columns, rows, form, of_person))
        if known is not None:
            return known
        asked: list[bool] = []
        whole = None if of_person is None else siblings.Whole(flags, lambda: asked.append(True) or of_person())  # type: ignore[func-returns-value]
        text = _Noting(columns.record_text(record))
        text.read = set()
        leaves = [columns.leaf(row) for row in rows]
        infos = siblings.find(text, leaves, self._hints, whole).infos
        read = {at for at, leaf in enumerate(leaves) if leaf.kind < LITERAL and leaf.start in text.read}
        if not read.issubset(form.read) or len(form.answers) >= _ANSWERS or (asked and not form.person):
            form.read, form.person = tuple(sorted(read.union(form.read))), form.person or bool(asked)
            form.answers.clear()
        form.answers[self._values(columns, rows, form, of_person)] = infos
        return infos

    def _name(self, columns: Columns, record: int, rows: Sequence[int], flags: int, whole: bool) -> bytes:
        """A digest of all that is no value: pointers and kinds of the rows."""
        at = np.array(rows, np.int64)
        kinds = np.where(columns.kind[at] == CONTAINER, columns.bytes[columns.start[at] - 1], columns.kind[at])
        total = blake2b(kinds.tobytes(), digest_size=16)
        if whole:
            text = columns.record_text(record)
            total.update(repr((siblings.TABLE.search(text) is None, layouts.signs_of_rows(text))).encode())
            total.update(columns.key[at].tobytes() + b"|" + columns.marks_of(record))
        else:
            total.update(repr((flags, [columns.pointer(row) for row in rows])).encode("utf-8", "replace"))
        return total.digest()

    def _values(
        self, columns: Columns, rows: Sequence[int], form: _Form, of_person: Callable[[], bool] | None
    ) -> bytes:
        total = blake2b(digest_size=16, key=self._secret)
        for at in form.read:
            raw = columns.data[columns.start[rows[at]] : columns.end[rows[at]]]
            total.update(b"%d:" % len(raw) + raw)
        if form.person and of_person is not None:
            total.update(b"person" if of_person() else b"none")
        return total.digest()
