"""An engine of a few patterns: enough to test what is done with findings, without the real detectors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from maskgate.base.document import decode, nodes
from maskgate.base.errors import RecordError
from maskgate_detectors import Finding, Scan

TOKEN = re.compile(r"mg1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{22,}")
PATTERNS = {
    "EMAIL_ADDRESS": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "CREDIT_CARD": re.compile(r"\b\d{16}\b"),
    "US_SSN": re.compile(r"\b\d{3}-\d{2}-\d{4}\b"),
    "PERSON": re.compile(r"\b(?:Jane|Bob|Zoë) [A-Z]\w+|Иван \w+"),
    "SECRET": re.compile(r"\bsk_[A-Za-z0-9]{8,}"),
    "DATE_TIME": re.compile(r"\b\d{4}-\d{2}-\d{2}\b"),
}
ENCODED = re.compile(r"[\w.+-]+%40[\w.-]+")
NESTED = re.compile(r'(?<=\\")[\w.+-]+@[\w.]+(?=\\")|(?<=")[\w.+-]+@[\w.]+(?=")')


def _spans(text: str) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
    """Where something is in a text; parts of tokens are left alone."""
    shadow = TOKEN.sub(lambda m: " " * len(m[0]), text)
    for match in ENCODED.finditer(shadow):
        yield *match.span(), "EMAIL_ADDRESS", ("percent",)
        shadow = shadow[: match.start()] + " " * len(match[0]) + shadow[match.end() :]
    for entity, pattern in PATTERNS.items():
        for match in pattern.finditer(shadow):
            layers = ("json",) if text[:1] in "{[" and '"' in text else ()
            yield *match.span(), entity, layers
            shadow = shadow[: match.start()] + " " * len(match[0]) + shadow[match.end() :]


class SmallEngine:
    """Finds what the patterns above match, in values and keys."""

    digest = "small"

    def __init__(self, max_record_bytes: int = 1 << 20) -> None:
        self.max_record_bytes = max_record_bytes
        self.calls = 0

    def batch(self, records: Sequence[bytes], language: str | None = None) -> list[Scan]:
        self.calls += 1
        return [self._scan(record) for record in records]

    def scan_text(self, text: str, key: str | None = None) -> list[Finding]:
        size = len(text.encode())
        return [Finding("", s, e, n, 0.9, n.lower(), "value", "string", 0, size) for s, e, n, _ in sorted(_spans(text))]

    def _scan(self, record: bytes) -> Scan:
        if len(record) > self.max_record_bytes:
            return Scan(error="too_large", detail="limit")
        try:
            json.loads(record)
            tree = nodes(record)
        except (ValueError, RecursionError, RecordError):
            return Scan(error="not_json", detail="at some byte")
        out: list[Finding] = []
        names: dict[int, set[bytes]] = {}
        twice = False
        for node in tree:
            if node.in_object:
                key = record[node.key_start : node.key_end]
                twice = twice or key in names.setdefault(node.parent, set())
                names[node.parent].add(key)
                for start, end, entity, layers in sorted(_spans(decode(key))):
                    out.append(
                        Finding(
                            node.path, start, end, entity, 0.9, entity.lower().replace("_", "-"), "key", "key",
                            node.key_start, node.key_end, layers,
                        )
                    )  # fmt: skip
            if node.kind not in ("string", "number"):
                continue
            quote = node.kind == "string"
            start_byte, end_byte = node.start + quote, node.end - quote
            for start, end, entity, layers in sorted(_spans(decode(record[start_byte:end_byte]))):
                out.append(
                    Finding(
                        node.path, start, end, entity, 0.9, entity.lower().replace("_", "-"), "value",
                        "string" if quote else "number", start_byte, end_byte, layers,
                    )
                )  # fmt: skip
        return Scan(tuple(out), duplicate_keys=twice)
