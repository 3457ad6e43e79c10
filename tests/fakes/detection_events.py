"""Random JSON events for detection: samples of every rule under fitting and unfitting keys, wrapped and split."""

from __future__ import annotations

import base64
import gzip
import json
import random
import urllib.parse
from collections.abc import Sequence
from typing import Any

from maskgate_detectors.model.rule import Rule
from maskgate_detectors.model.samples import read

KEYS = (
    "id note text value name email phone address city data payload message order_id trace token password first_name "
    "lastName customer user product items card ssn dob iban ip zip comment details kundenname prenom q.x Größe 1"
).split()
FILLERS = (
    "", " ", "ok", "PENDING", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "2026-05-05T12:13:14Z", "1.2.3", "n/a", "***",
    "mg1.abc.def", "<EMAIL_ADDRESS>", "hello there world", "a=b&c=d", "https://example.org/x/y?z=1", "\u200b", "é",
    "Call Anna Berg in Lisbon tomorrow, please.", "d41d8cd98f00b204e9800998ecf8427e", "\\", '"',
    '{"a": 1}', "[1, 2]", "%41%zz", "&amp;&#64;", "name: Bob", "password=hunter2 user=ann", "😀", "\x00", "tel: 12",
)  # fmt: skip


class Events:
    """A source of events with the samples of ``rules``."""

    def __init__(self, rules: Sequence[Rule], seed: int) -> None:
        self.rng = random.Random(seed)
        self.samples = [read(sample, seed=seed) for rule in rules for sample in (*rule.matches, *rule.ignores)]
        self.keys = [*KEYS, *(rule.keys[0].lstrip("!").replace(" ", "_") for rule in rules if rule.keys)]

    def text(self) -> str:
        """A sample, a filler, or several of both, maybe encoded."""
        rng = self.rng
        parts = [rng.choice(self.samples).text if rng.random() < 0.6 else rng.choice(FILLERS) for _ in range(
            rng.choice((1, 1, 1, 2, 3))
        )]  # fmt: skip
        text = rng.choice((" ", ", ", "\n", "|", " and ")).join(parts)
        wrap = rng.randrange(14)
        if wrap == 0:
            return urllib.parse.quote(text, safe="")
        if wrap == 1:
            return base64.b64encode(text.encode("utf-8", "replace")).decode()
        if wrap == 2:
            return json.dumps({rng.choice(self.keys): text, "n": rng.randrange(10**16)})
        if wrap == 3:
            return text.translate({ord(digit): ord("０") + int(digit) for digit in "0123456789"})
        if wrap == 4:
            return base64.urlsafe_b64encode(gzip.compress(text.encode("utf-8", "replace"))).decode().rstrip("=")
        if wrap == 5:
            return f"log {rng.choice(self.keys)}={text} end"
        if wrap == 6:
            return text.replace("@", "&#64;").replace(" ", "\u00a0")
        return text

    def scalar(self) -> Any:
        """A text, a number, a literal."""
        kind = self.rng.randrange(10)
        if kind == 0:
            return self.rng.choice((0, -1, 4111111111111111, 1.5e300, 2**64, 123456789, 49301234567, True, None))
        if kind == 1:
            digits = "".join(char for char in self.rng.choice(self.samples).text if char.isdigit())
            return int(digits) if digits else False
        return self.text()

    def value(self, depth: int = 0) -> Any:
        """A scalar or a container."""
        rng = self.rng
        if depth < 3 and rng.random() < 0.25:
            if rng.random() < 0.5:
                return [self.value(depth + 1) for _ in range(rng.randrange(4))]
            return self.object(depth + 1)
        return self.scalar()

    def object(self, depth: int = 0) -> dict[str, Any]:
        """An object; now and then a sample is its key."""
        rng = self.rng
        found: dict[str, Any] = {}
        for _ in range(rng.randrange(1, 7)):
            key = rng.choice(self.keys) if rng.random() < 0.95 else self.text()
            sample = rng.choice(self.samples)
            if sample.key and rng.random() < 0.3:
                found[sample.key] = sample.text
            found[key] = self.value(depth)
        return found

    def record(self) -> bytes:
        """An event as bytes, in one of the usual spellings."""
        rng = self.rng
        event = self.object()
        return json.dumps(
            event, ensure_ascii=rng.random() < 0.5, separators=rng.choice(((",", ":"), (", ", ": "))),
            indent=rng.choice((None, None, None, 1)),
        ).encode().replace(b"hello", rng.choice((b"hello", b"\\ud800", b"\\ud83d\\ude00", b"\\u0040")))  # fmt: skip
