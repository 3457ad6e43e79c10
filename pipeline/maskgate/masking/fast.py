"""The short way for the usual record: plain strings and numbers, found in document order, no inner encodings.

What a value became is remembered per place, kind and text: values repeat, and then neither operator nor MAC runs.
Anything unusual gives None, and :class:`~maskgate.masking.record.RecordMasker` does the record from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from maskgate.base.records import FieldUse
from maskgate.masking.record import bar
from maskgate_detectors import Finding

Done = tuple[bytes | None, FieldUse]
"""(bytes that stand in the place, or None: it stays; what lineage says)."""
Key = tuple[str, str, float, str, str, bytes]
Miss = Callable[[Finding, Key, Sequence[Finding], bytes], Done | None]
"""(finding, its key, all findings, the document) → what is done; None: that takes the long way."""

_LONG_LEAF = 4096  # longer leaves are sliced once by the long way, not once for each finding
REMEMBERED = 50_000
LONGEST = 256


def mask_plain(
    raw: bytes, findings: Sequence[Finding], memo: dict[Key, Done], miss: Miss
) -> tuple[bytes, list[FieldUse]] | None:
    """The masked bytes and what was done; None where the long way is needed."""
    parts: list[bytes] = []
    uses: list[FieldUse] = []
    at = 0
    for finding in findings:
        path, start, end, entity, score, detector, where, kind, leaf_start, leaf_end, layers = finding
        if where != "value" or layers:
            return None
        content = raw[leaf_start:leaf_end]
        if kind == "string":
            if leaf_end - leaf_start > _LONG_LEAF or b"\\" in content or not content.isascii():
                return None
            first, last = leaf_start + start, leaf_start + end
            text = content[start:end]
        else:
            first, last, text = leaf_start, leaf_end, content
        if first < at:
            return None
        key = (path, entity, score, detector, kind, text)
        done = memo.get(key)
        if done is None:
            done = miss(finding, key, findings, raw)
            if done is None:
                return None
        data, use = done
        if data is not None:
            if not data and kind == "string" and (start or last != leaf_end):
                data = bar(content[max(0, start - 3) : start].decode(), content[end : end + 3].decode()).encode()
            parts.append(raw[at:first])
            parts.append(data)
            at = last
        uses.append(use)
    parts.append(raw[at:])
    return b"".join(parts), uses
