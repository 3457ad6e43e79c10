"""A policy's own tests, explanations, and what a change of policy would change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maskgate.base.document import decode, nodes, pointer_part
from maskgate.base.records import Held, Masked, Outcome, Quarantined, Record
from maskgate.masking.masker import Masker
from maskgate.policy.compiled import CompiledPolicy
from maskgate.policy.model import Case


@dataclass(frozen=True)
class Verdict:
    """The result of one case: the reasons it failed, empty where it passed."""

    name: str
    reasons: tuple[str, ...]


def cases(policy: CompiledPolicy) -> Iterator[Case]:
    """The policy's own tests."""
    yield from policy.policy.tests


def record_of(case: Case) -> Record:
    """The record of a case."""
    text = case.json_text if case.json_text is not None else json.dumps(case.event, ensure_ascii=False)
    headers = tuple((name, value.encode()) for name, value in case.headers.items())
    return Record(case.topic, 0, 0, text.encode(), case.key.encode() if case.key is not None else None, headers)


def run_case(case: Case, masker: Masker) -> Verdict:
    """Mask the event and compare."""
    outcome = masker.batch([record_of(case)])[0]
    return Verdict(case.name, tuple(_reasons(case, outcome)))


def kind_of(outcome: Outcome) -> str:
    """The name of an outcome, as policies write it."""
    return {Masked: "masked", Held: "held", Quarantined: "quarantined"}[type(outcome)]


def _reasons(case: Case, outcome: Outcome) -> Iterator[str]:
    kind = kind_of(outcome)
    if kind != case.outcome:
        code = f" ({outcome.code})" if isinstance(outcome, Quarantined) else ""
        yield f"outcome is {kind}{code}, not {case.outcome}"
        return
    if isinstance(outcome, Quarantined):
        if case.code is not None and outcome.code != case.code:
            yield f"code is {outcome.code}, not {case.code}"
        return
    if isinstance(outcome, Held) and case.destination not in (None, outcome.export["destination"]):
        yield f"destination is {outcome.export['destination']}, not {case.destination}"
    value = outcome.value or b""
    if "masked" in case.model_fields_set and json.loads(value) != case.masked:
        yield from _differences(json.loads(value), case.masked)
    found = leaves(value)
    for path, wanted in case.paths.items():
        if path not in found:
            yield f"{path} is not there"
        elif found[path] != wanted:
            yield f"{path} is {_said(found[path])}, not {_said(wanted)}"
    used: dict[str, list[str]] = {}
    for use in outcome.fields:
        used.setdefault(use.path, []).append(use.operator)
    for path, operator in case.operators.items():
        if operator not in used.get(path, ()):
            yield f"{path} was masked by {' and '.join(dict.fromkeys(used.get(path, ['nothing'])))}, not {operator}"
    for number, text in enumerate(case.absent, 1):
        if places := list(_places(text, outcome, found)):
            yield f"text {number} of absent stands in {', '.join(places)}"


def _places(text: str, outcome: Masked | Held, found: Mapping[str, Any]) -> Iterator[str]:
    """Where a text stands in what is passed on."""
    plain = [path for path, value in found.items() if text in str(value)]
    yield from (path or "the value" for path in plain)
    if not plain and text.encode() in (outcome.value or b""):
        yield "a key or the spelling of the event"
    if text.encode() in (outcome.key or b""):
        yield "#key"
    yield from (f"#header/{name}" for name, value in outcome.headers if text.encode() in (value or b""))


_MOST = 12  # differences that are told


def _differences(is_: Any, should: Any) -> Iterator[str]:
    """Where two documents differ."""
    for told, line in enumerate(_differing(is_, should, "")):
        if told >= _MOST:
            yield "… and more"
            return
        yield line


def _differing(is_: Any, should: Any, path: str) -> Iterator[str]:
    if isinstance(is_, dict) and isinstance(should, dict):
        for key in dict.fromkeys([*should, *is_]):
            inner = f"{path}/{pointer_part(key)}"
            if key not in is_:
                yield f"{inner} is not there"
            elif key not in should:
                yield f"{inner} is {_said(is_[key])}, and is not expected"
            else:
                yield from _differing(is_[key], should[key], inner)
    elif isinstance(is_, list) and isinstance(should, list) and len(is_) == len(should):
        for at, (one, other) in enumerate(zip(is_, should, strict=True)):
            yield from _differing(one, other, f"{path}/{at}")
    elif is_ != should:
        yield f"{path or 'the event'} is {_said(is_)}, not {_said(should)}"


def _said(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


def leaves(document: bytes) -> dict[str, Any]:
    """Pointer → value of every scalar of a document."""
    out: dict[str, Any] = {}
    for node in nodes(document):
        if node.kind == "string":
            out[node.path] = decode(document[node.start + 1 : node.end - 1])
        elif node.kind not in ("object", "array"):
            out[node.path] = json.loads(document[node.start : node.end])
    return out


@dataclass(frozen=True)
class Change:
    """What another policy does differently to one sample event."""

    line: int
    old: str
    new: str
    paths: tuple[tuple[str, str, str], ...]  # (path, operator before, operator after)


def compare(old: Sequence[Outcome], new: Sequence[Outcome]) -> list[Change]:
    """The sample events whose outcome, operator at some path, or result differs."""
    out = []
    for i, (before, after) in enumerate(zip(old, new, strict=True), 1):
        moved = tuple(_moved(_operators(before), _operators(after)) or _results(before, after))
        if moved or kind_of(before) != kind_of(after):
            out.append(Change(i, kind_of(before), kind_of(after), moved))
    return out


def _operators(outcome: Outcome) -> dict[str, str]:
    if isinstance(outcome, Quarantined):
        return {"": outcome.code}
    out: dict[str, str] = {}
    for use in outcome.fields:
        out[use.path] = " + ".join(filter(None, (out.get(use.path), use.operator)))
    return out


def _moved(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str, str]]:
    return [
        (path, before.get(path, "-"), after.get(path, "-"))
        for path in dict.fromkeys([*before, *after])
        if before.get(path) != after.get(path)
    ]


def _results(before: Outcome, after: Outcome) -> Iterator[tuple[str, str, str]]:
    """Paths where the same operators give something else: other arguments."""
    if isinstance(before, Quarantined) or isinstance(after, Quarantined):
        return
    was, now = leaves(before.value or b"null"), leaves(after.value or b"null")
    for path, operators in _operators(before).items():
        if was.get(path) != now.get(path) and "encrypt" not in operators:  # which differs every time
            yield path, operators, operators
