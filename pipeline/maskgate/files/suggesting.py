"""A policy from a profile: fields that nearly always hold one kind are masked always, the rest as it is found."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maskgate.base.records import Masked, Record
from maskgate.crypto.keyring import Keyring
from maskgate.files.profiling import Profile, Row
from maskgate.masking.masker import Detects, Masker
from maskgate.operators.base import Action
from maskgate.policy.compiled import CompiledPolicy
from maskgate.policy.loading import compile_source
from maskgate.policy.source import DEFAULT, parse

ALWAYS = 0.9  # of the filled values hold the kind, each as a whole: the field is one for it
LEAST = 5  # records with the field: fewer prove nothing
SELDOM = 0.02  # of the filled values: rather a false alarm
EXAMPLES = {
    "EMAIL_ADDRESS": "someone@example.org",
    "PHONE_NUMBER": "+44 20 7946 0958",
    "PERSON": "Jane Example",
    "LOCATION": "Exampletown",
    "IP_ADDRESS": "203.0.113.77",
    "DATE_TIME": "2021-04-03",
    "DATE_OF_BIRTH": "1985-03-12",
    "CREDIT_CARD": "4111 1111 1111 1111",
    "IBAN_CODE": "GB82 WEST 1234 5698 7654 32",
}
PLAIN = "an example value"
_MOST_TESTED = 40


@dataclass
class Field:
    """A path that is masked always."""

    rule_id: str
    row: Row
    action: Action


def suggest(profile: Profile, policy: CompiledPolicy, engine: Detects, source: str, topic: str = "-") -> str:
    """The policy as YAML; it loads, and its test passes."""
    named = policy.name.removeprefix("profile ")
    extends = [] if named == DEFAULT else [named]
    fields = list(_fields(profile, policy, topic))
    lines = [
        f"# Suggested by `maskgate profile` from {profile.records:,} records of {_said(source)}.",
        "# A rule with `always` masks its field in every record, also where nothing is found in it.",
        "# Read it, change it, and try it: maskgate policy test FILE, maskgate mask -p FILE.",
        "version: 1",
        "id: suggested",
    ]
    if extends:
        lines.append(f"extends: {json.dumps(extends, ensure_ascii=False)}")
    inner = list(_rules(fields, profile))
    if inner and topic != "-":
        lines += ["topics:", f"  {_said(topic)}:", "    rules:", *(f"      {line}" for line in inner)]
    elif inner:
        lines += ["rules:", *(f"  {line}" for line in inner)]
    lines += _remarks(profile, {(field.row.path, field.row.entity) for field in fields})
    if not extends:
        lines.append("default: replace")
    text = "\n".join(lines) + "\n"
    others = [row for row in profile.rows if row.where == "value" and row.entity in EXAMPLES]
    return text + _tests(text, [field.row for field in fields], others, engine, topic)


def _fields(profile: Profile, policy: CompiledPolicy, topic: str) -> Iterator[Field]:
    """The fields that one kind fills, most frequent first."""
    view = policy.view(topic)
    taken: set[str] = set()
    per_path: dict[str, int] = defaultdict(int)
    for row in profile.rows:
        per_path[row.path] += row.records
    for row in profile.rows:
        if row.where != "value" or not row.path.startswith("/") or row.records < LEAST or "**" in row.path:
            continue
        if (
            profile.share(row) < ALWAYS
            or row.whole < ALWAYS * row.findings
            or per_path[row.path] > row.records / ALWAYS
        ):
            continue
        detector = row.detectors.most_common(1)[0][0]
        rules = view.candidates(row.path, row.entity, row.best, detector)
        action = next((flat.rule.action for flat in rules if flat.rule.when is None), view.default.action)
        if action.name in ("keep", "generalize"):  # of a value that does not look like one, nothing would be coarser
            continue
        if row.parts and action.name not in ("replace", "redact", "drop"):  # a part has its part of the whole's result
            continue
        yield Field(_rule_id(row.path, taken), row, action)


def _rules(fields: Sequence[Field], profile: Profile) -> Iterator[str]:
    for field in fields:
        row = field.row
        yield f"# {row.entity} in {profile.share(row):.1%} of the {profile.present.get(row.path, row.records):,} values"
        yield (
            f"- {{id: {field.rule_id}, path: {_said(row.path)}, entity: {row.entity}, always: true, "
            f"action: {_action(field.action)}}}"
        )


def _action(action: Action) -> str:
    told = action.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"operator": action.name}
    return action.name if len(told) == 1 else _said(told)


def _remarks(profile: Profile, done: set[tuple[str, str]]) -> list[str]:
    """Comments about the other places."""
    rest: dict[str, list[str]] = defaultdict(list)
    seldom: dict[str, list[str]] = defaultdict(list)
    for row in profile.rows:
        if (row.path, row.entity) in done:
            continue
        odd = row.where == "value" and row.whole == row.findings and profile.share(row) < SELDOM
        told = f"{row.entity} in {profile.share(row):.1%}" + (" (in the key)" if row.where == "key" else "")
        (seldom if odd else rest)[row.path].append(told)
    lines = []
    if rest:
        lines += ["# Found in part of the values, or within longer texts; masked where it is found:"]
        lines += [f"#   {_said(path)[1:-1] or '(whole)'}: {', '.join(told)}" for path, told in rest.items()]
    if seldom:
        lines += [
            "# Seldom, and then the whole value: `maskgate scan --at PATH` says why; a rule with `keep` lets it be:"
        ]
        lines += [f"#   {_said(path)[1:-1] or '(whole)'}: {', '.join(told)}" for path, told in seldom.items()]
    return lines


def _tests(text: str, fields: Sequence[Row], others: Sequence[Row], engine: Detects, topic: str) -> str:
    """A test of made-up values: what stands in the fields of the rules is masked, and what is found elsewhere."""
    event: Any = {}
    for row in [*fields, *others][:_MOST_TESTED]:
        if row.path.startswith("/") and "**" not in row.path:
            _put(event, row.path, EXAMPLES.get(row.entity, PLAIN))
    if not event:
        return ""
    compiled = compile_source(parse(text.encode(), "suggested", Path()), Path("suggested"))
    outcome = Masker(compiled, Keyring.fresh(), engine).batch(
        [Record(topic if topic != "-" else "events", 0, 0, json.dumps(event, ensure_ascii=False).encode())]
    )[0]
    if not isinstance(outcome, Masked):
        return ""
    operators = {use.path: use.operator for use in outcome.fields if use.operator != "keep"}
    if not operators:
        return ""
    lines = ["tests:", "  - name: what was found in the sample is masked"]
    lines += [f"    topic: {_said(topic)}"] if topic != "-" else []
    lines += [f"    event: {_said(event)}", f"    operators: {_said(operators)}"]
    masked = (outcome.value or b"").decode()
    gone = sorted({value for value in _values(event) if value not in masked})
    lines += [f"    absent: {_said(gone)}"] if gone else []
    return "\n".join(lines) + "\n"


def _put(event: dict[str, Any], path: str, value: str) -> None:
    """Set the value at a path of the event, where nothing else stands in its way; ``*`` is the first of a list."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    at: Any = event
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        fresh: Any = value if last else [] if parts[i + 1] == "*" else {}
        if isinstance(at, list):
            if part != "*":
                return
            if not at:
                at.append(fresh)
            at = at[0]
        elif isinstance(at, dict):
            at = at.setdefault(part, fresh)
        else:
            return


def _values(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    else:
        for inner in tree.values() if isinstance(tree, dict) else tree:
            yield from _values(inner)


def _rule_id(path: str, taken: set[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", path).lower()).strip("-")[:60] or "field"
    name, number = slug, 1
    while name in taken:
        number += 1
        name = f"{slug}-{number}"
    taken.add(name)
    return name


def _said(value: Any) -> str:
    """As JSON, which is YAML."""
    return json.dumps(value, ensure_ascii=False)
