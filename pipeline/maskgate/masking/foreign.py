"""Texts that look like our tokens and do not open: the form alone is no proof, so they count as secrets.

Detection never looks into our tokens. Without this check, a value written in the form of a token would pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from maskgate.base.document import decode, nodes
from maskgate.base.errors import MaskgateError
from maskgate.crypto.keyring import Keyring
from maskgate.operators.tokenize import open_token
from maskgate_detectors import Finding
from maskgate_detectors.model.finding import LeafKind, Where

_LOOKS = re.compile(r"mg1\.[A-Za-z0-9_=.-]+")
_RAW = re.compile(rb"mg1\.[A-Za-z0-9_=.-]+")
_SPELT = re.compile(rb"\\u00(?:6[dD7]|31|2[eE])")  # m, g, 1 and the dot
_CACHED = 20_000
DETECTOR = "foreign-token"


def opener(keyring: Keyring) -> Callable[[str], bool]:
    """Whether a text is a token that opens under this keyring, whichever run or host it is of."""
    known: dict[str, bool] = {}

    def opens(token: str) -> bool:
        found = known.get(token)
        if found is None:
            if len(known) >= _CACHED:
                known.clear()
            found = known[token] = _opens(token)
        return found

    def _opens(token: str) -> bool:
        try:
            open_token(token, keyring)
        except MaskgateError:
            return False
        return True

    return opens


def foreign_tokens(raw: bytes, findings: Sequence[Finding], opens: Callable[[str], bool]) -> Sequence[Finding]:
    """The findings, and with them every false token of the record, in document order."""
    if not _is_spelt_out(raw) and _all_open(raw, opens):
        return findings
    extra: list[Finding] = []
    for node in nodes(raw):
        if node.in_object:
            extra += _in_leaf(raw, node.path, "key", "key", node.key_start, node.key_end, opens)
        if node.kind == "string":
            extra += _in_leaf(raw, node.path, "value", "string", node.start + 1, node.end - 1, opens)
    taken: dict[int, list[Finding]] = {}
    for finding in findings:
        taken.setdefault(finding.leaf_start, []).append(finding)
    fresh = [
        e for e in extra
        if not any(f.where == "whole" or (f.start < e.end and e.start < f.end) for f in taken.get(e.leaf_start, ()))
    ]  # fmt: skip
    return sorted([*findings, *fresh], key=lambda f: (f.leaf_start, f.start)) if fresh else findings


def own_tokens(data: bytes, opens: Callable[[str], bool]) -> list[tuple[int, int]]:
    """Where tokens that open lie in these bytes; every other text that looks like one stays text."""
    if b"mg1" not in data:
        return []
    out = []
    for match in _RAW.finditer(data):
        token = _trimmed(match[0].decode("ascii"))
        if _one_opens(token, opens):
            out.append((match.start(), match.start() + len(token)))
    return out


def _trimmed(token: str) -> str:
    """The token without the punctuation of the sentence that it ends."""
    return token.rstrip(".=-") if not re.fullmatch(r"mg1\.[^.]+\.[A-Za-z0-9_-]+", token) else token


def may_hold(raw: bytes) -> bool:
    """Whether a record is worth a look; cheap, and never false for one that holds a text like a token."""
    return b"mg1" in raw or b"\\u00" in raw


def _is_spelt_out(raw: bytes) -> bool:
    """Whether a letter of a token's form is written as an escape."""
    return b"\\u00" in raw and _SPELT.search(raw) is not None


def _all_open(raw: bytes, opens: Callable[[str], bool]) -> bool:
    found = _RAW.findall(raw)
    return all(_one_opens(t.decode("ascii"), opens) for t in found)


def _one_opens(token: str, opens: Callable[[str], bool]) -> bool:
    parts = _trimmed(token).split(".")
    return len(parts) == 3 and opens(".".join(parts))


def _in_leaf(
    raw: bytes, path: str, where: Where, kind: LeafKind, start: int, end: int, opens: Callable[[str], bool]
) -> list[Finding]:
    out = []
    for match in _LOOKS.finditer(decode(raw[start:end])):
        if not _one_opens(match[0], opens):
            last = match.start() + len(_trimmed(match[0]))
            out.append(Finding(path, match.start(), last, "SECRET", 1.0, DETECTOR, where, kind, start, end))
    return out
