"""What a scan of one record yields: findings that say where and what kind, never the text itself."""

from __future__ import annotations

from typing import Literal, NamedTuple

from maskgate_detectors.fields.parts import subject_of

Where = Literal["value", "key", "whole"]
LeafKind = Literal["string", "number", "key"]


class Finding(NamedTuple):
    """One span of one leaf that holds personal data or a secret.

    ``start`` and ``end`` are code-point offsets in the decoded string of the leaf (for a number: in its
    source text). ``leaf_start`` and ``leaf_end`` are byte offsets in the record: of the content of the string
    between its quotes, or of the number's text. ``layers`` names the encodings between the leaf's decoded
    string and the text in which the value was seen, outermost first (``"json"``, ``"percent"``, ``"html"``,
    ``"base64"``, ``"base64url"``, ``"gzip"``, ``"hex"``, ``"mime"``, ``"fold"``); for a layer without a position of
    its own inside the leaf (base64, gzip, hex, mime) the span is the whole encoded run.
    """

    path: str  # JSON Pointer (RFC 6901) in the source document; for "key" the path of the member
    start: int
    end: int
    entity: str
    score: float
    detector: str  # id of the rule, kebab-case and permanent
    where: Where
    kind: LeafKind
    leaf_start: int
    leaf_end: int
    layers: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The pointer of the value of which this is a part; "" where it is a value by itself.

        Findings of one record with one subject are one value: ``/card`` for ``/card1`` … ``/card4``, ``/user/name``
        for ``/user/first_name`` and ``/user/last_name``. It says where the whole value would stand.
        """
        return subject_of(self.path, self.detector) if self.where == "value" else ""


SEEN = "seen-elsewhere"
SEEN_FORM = "seen-elsewhere-form"  # with hyphens, in small letters, digits alone


class Twin(NamedTuple):
    """A place where a sure value of the record stands again: its detector is ``SEEN``, or ``SEEN_FORM``."""

    finding: Finding
    source: Finding


class Scan(NamedTuple):
    """The result for one record: findings in document order, or the code of the reason it cannot be trusted.

    With ``error`` set, ``findings`` is empty and the record must not pass (fail closed). Codes: ``not_json``,
    ``not_utf8``, ``too_deep``, ``too_large``, ``too_many_nodes``, ``too_many_twins``, ``timeout``, ``detector_failed``.
    ``detail`` never holds a byte of the record: a position, a limit, a rule id.
    """

    findings: tuple[Finding, ...] = ()
    error: str | None = None
    detail: str = ""
    duplicate_keys: bool = False
    twins: tuple[Twin, ...] = ()  # beside the findings, in document order, over none of them
