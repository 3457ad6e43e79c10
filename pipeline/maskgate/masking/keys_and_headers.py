"""Record keys and headers as documents, so that one batch of the engine serves them with the values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from maskgate.base.document import escape
from maskgate.base.errors import RecordError
from maskgate.base.records import Record
from maskgate.masking.foreign import may_hold
from maskgate_detectors import Scan

# What only we say: a producer who could write these would speak to readers and dead letter tools in our name.
OWN_HEADERS = ("maskgate.", "__connect.errors.")
_KEPT = 20_000
_SHORT = 1_024


class Around:
    """Scans of the keys and headers that were seen; ``blind``: the engine finds nothing, so none is needed."""

    def __init__(self, blind: bool) -> None:
        self.blind = blind
        self.clean_keys: set[bytes] = set()
        self._short: dict[bytes, Scan] = {}
        self._long: dict[bytes, Scan] = {}  # of this batch only: their size has no bound but the broker's

    def wanted(self, records: Sequence[Record]) -> dict[bytes, bytes | None]:
        """Documents that were not scanned yet, each with its record key if it is one."""
        out: dict[bytes, bytes | None] = {}
        if self.blind:
            return out
        if len(self._short) > _KEPT:
            self._short.clear()
        self._long.clear()
        for record in records:
            if record.key and record.key not in self.clean_keys:
                document = key_document(record.key)
                if document is not None and document not in self._short:
                    out[document] = record.key
            for name, value in record.headers:
                document = header_document(name, value)
                if document is not None and document not in self._short:
                    out.setdefault(document, None)
        return out

    def remember(self, wanted: Mapping[bytes, bytes | None], scans: Sequence[Scan]) -> None:
        """Keep the scans of the documents."""
        if len(self.clean_keys) > _KEPT:
            self.clean_keys.clear()
        for (document, key), scan in zip(wanted.items(), scans, strict=True):
            short = len(document) <= _SHORT
            if key is not None and short and not scan.findings and scan.error is None and not may_hold(document):
                self.clean_keys.add(key)
            (self._short if short else self._long)[document] = scan

    def scan(self, document: bytes) -> Scan:
        """What was found in a key or header.

        Raises:
            RecordError: it was not looked at (``mask_failed``).
        """
        found = self._short.get(document) or self._long.get(document)
        if found is None:
            if not self.blind:
                raise RecordError("mask_failed", "a key or header was not scanned")
            return Scan()
        return found

    def is_clean(self, key: bytes | None) -> bool:
        """Whether nothing is in the key, for sure."""
        return not key or key in self.clean_keys or (self.blind and not may_hold(key))


def key_document(key: bytes) -> bytes | None:
    """A JSON document that stands for a record key: the key itself where it is an object or array; None: not UTF-8."""
    try:
        text = key.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if key[:1] in (b"{", b"["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            return key
    return b'"' + escape(text) + b'"'


def header_document(name: str, value: bytes | None) -> bytes | None:
    """A JSON document that stands for a header, its name as the key; None: nothing to look at, or not UTF-8."""
    if not value or name.startswith(OWN_HEADERS):
        return None
    try:
        return b'{"' + escape(name) + b'":"' + escape(value.decode("utf-8")) + b'"}'
    except UnicodeDecodeError:
        return None
