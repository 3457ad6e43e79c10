"""A finding that is no personal data: the entry of the allow list that lets it pass, and the test of that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from maskgate.base.document import pointer_part
from maskgate.base.records import Quarantined, Record
from maskgate.masking.masker import Masker
from maskgate.policy.model import Case
from maskgate.policy.source import Json, Tree
from maskgate.policy_tests.cases import run_case
from maskgate_detectors import Engine
from maskgate_detectors.engine.explain import explain, record_id


@dataclass(frozen=True)
class Named:
    """A finding that was named by its id, with the record and the text that it stands in."""

    record: bytes
    path: str
    where: str
    entity: str
    text: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """What was found."""
        return self.text[self.start : self.end]

    @property
    def pattern(self) -> str:
        """The path with ``*`` for every place in a list."""
        parts = self.path.split("/")[1:]
        return "".join(f"/{'*' if part.isdigit() else part}" for part in parts)


def named(engine: Engine, records: Iterator[bytes], finding: str, language: str | None = None) -> Named | None:
    """The finding with this id in the first of the records that has it; only the record it is of is explained."""
    digest = finding.partition("-")[0]
    for record in records:
        if record_id(record) != digest:
            continue
        for place in explain(engine, record, language=language, text=True):
            for row in place.get("findings", ()):
                if row["id"] == finding:
                    return Named(record, place["path"], place["in"], row["entity"], place["text"],
                                 row["start"], row["end"])  # fmt: skip
    return None


def entry(found: Named, anywhere: bool) -> Tree:
    """The entry of ``detection.allow`` for a value, of this kind and, unless ``anywhere``, at this place."""
    out: Tree = {"values": [found.value.strip()], "entities": [found.entity]}
    if not anywhere and found.path:
        out["paths"] = [found.pattern]
    return out


def case(found: Named, topic: str, before: Masker, after: Masker) -> Tree | None:
    """A test that fails under the policy before and passes under the one after: the value at its place, else in its
    text, else in its record, with everything else masked. None where there is no such test.
    """
    for event in _events(found, topic, after):
        test = {
            "name": f"{found.pattern or 'a value'} may show what is no {found.entity}",
            "topic": topic,
            "event": event,
        }
        if found.where == "key":
            test["masked"] = event
        else:
            path = _pointer(event, found.path)
            test["paths"] = {path: _at(event, path)}
        parsed = Case.model_validate(test)
        if run_case(parsed, before).reasons and not run_case(parsed, after).reasons:
            return test
    return None


def _events(found: Named, topic: str, after: Masker) -> Iterator[Json]:
    """The events to try, the smallest first; none holds more of the record than the value and what stays readable."""
    whole = json.loads(found.record)
    if found.where == "key":
        yield _only(whole, found.path, found.value, 0)
    elif not isinstance(_at(whole, found.path), str):
        yield _only(whole, found.path, None, _at(whole, found.path))
    else:
        yield _only(whole, found.path, None, found.value)
    outcome = after.batch([Record(topic, 0, 0, found.record)])[0]
    if isinstance(outcome, Quarantined) or outcome.value is None or found.where == "key":
        return
    masked = json.loads(outcome.value)
    try:
        yield _only(masked, found.path, None, _at(masked, found.path))
    except (KeyError, IndexError, TypeError):  # a key above it is masked
        return
    yield masked


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _at(event: Json, path: str) -> Json:
    for part in _parts(path):
        event = event[int(part)] if isinstance(event, list) else event[part]
    return event


def _only(event: Json, path: str, key: str | None, value: Json) -> Json:
    """The event with nothing but ``value`` at ``path``, its last key under the name ``key`` where one is given."""
    parts = _parts(path)
    lists = []
    for part in parts:
        lists.append(isinstance(event, list))
        event = event[int(part)] if lists[-1] else event[part]
    if key is not None:
        parts[-1] = key
    for part, listed in zip(reversed(parts), reversed(lists), strict=True):
        value = [value] if listed else {part: value}
    return value


def _pointer(event: Json, path: str) -> str:
    """``path`` in an event of which lists may hold one element only."""
    out = ""
    for part in _parts(path):
        inner = "0" if isinstance(event, list) and int(part) >= len(event) else part
        event = event[int(inner)] if isinstance(event, list) else event[inner]
        out += f"/{pointer_part(inner)}"
    return out
