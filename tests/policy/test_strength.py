"""What another policy shows more or less of, by results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from maskgate.base.records import Record
from maskgate.cli import cli
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import load_policy
from maskgate.policy_tests.strength import Effect, effects, readable
from maskgate_detectors import Engine, EngineConfig

CARDS = ["4539 1488 0343 6467", "4111 1111 1111 1111", "5500 0055 5555 5559", "4012 8888 8888 1881"]
EVENTS = [
    {
        "card": CARDS[n % 4],
        "mail": f"{name}.{name}son@company-{n % 3}.com",
        "born": f"19{40 + n * 3}-0{n % 9 + 1}-12",
        "ip": f"81.2.{n}.160",
    }
    for n, name in enumerate(("anna", "bert", "carla", "dora", "emil", "frida", "gustav", "hanna"))
]
PARTIAL4 = "{operator: partial, keep_last: 4}"
PARTIAL64 = "{operator: partial, keep_first: 6, keep_last: 4}"
YEAR = "{operator: generalize, to: year}"
DECADE = "{operator: generalize, to: decade}"


def policy(folder: Path, name: str, path: str, action: str, more: str = "") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(
        "version: 1\nid: p\nrules:\n"
        f"  - {{id: it, path: {path}, always: true, entity: {_ENTITY[path]}, action: {action}}}\n{more}"
        "default: replace\n"
    )
    return file


_ENTITY = {"/card": "CREDIT_CARD", "/mail": "EMAIL_ADDRESS", "/born": "DATE_TIME", "/ip": "IP_ADDRESS"}


def judged(folder: Path, path: str, old: str, new: str) -> list[Effect]:
    keys, engine = Keyring.fresh(), Engine(EngineConfig(model="none"))
    records = [Record("events", 0, n, json.dumps(event).encode()) for n, event in enumerate(EVENTS)]
    one, two = (
        Masker(load_policy(policy(folder, name, path, action)), keys, engine).batch(records)
        for name, action in (("old", old), ("new", new))
    )
    return effects(records, one, two)


@pytest.mark.parametrize(
    ("path", "old", "new", "verdict"),
    [
        ("/card", PARTIAL4, PARTIAL64, "weaker"),
        ("/card", PARTIAL64, PARTIAL4, "stronger"),
        ("/card", PARTIAL4, "redact", "stronger"),
        ("/card", "redact", "hash", "weaker"),
        ("/card", "hash", "tokenize", "weaker"),
        ("/card", "tokenize", "hash", "stronger"),
        ("/card", "hash", "replace", "stronger"),
        ("/card", PARTIAL4, "{operator: partial, keep_last: 4, mask_char: '#'}", "other"),
        ("/card", PARTIAL4, PARTIAL4, None),
        ("/card", "encrypt", "encrypt", None),
        ("/card", "replace", "drop", "other"),
        ("/card", PARTIAL4, "keep", "weaker"),
        ("/born", YEAR, DECADE, "stronger"),
        ("/born", DECADE, YEAR, "weaker"),
        ("/born", "{operator: generalize, to: month}", YEAR, "stronger"),
        ("/mail", "hash", "{operator: partial, keep_domain: true}", "other"),
        ("/mail", "replace", "{operator: partial, keep_domain: true}", "weaker"),
        ("/ip", "{operator: generalize, prefix: 24}", "{operator: generalize, prefix: 16}", "stronger"),
    ],
    ids=lambda value: str(value)[:44],
)
def test_results_are_compared(path: str, old: str, new: str, verdict: str | None, tmp_path: Path) -> None:
    """More to read, to tell apart or to get back is weaker; less is stronger; both, or neither, is other."""
    found = judged(tmp_path, path, old, new)
    assert [effect.path for effect in found] == ([path] if verdict else [])
    if verdict:
        assert found[0].verdict == verdict, found
        assert found[0].values == len(EVENTS)


def test_a_value_that_leaves_as_it_came_is_not_shown(tmp_path: Path) -> None:
    """The example says so in words."""
    effect = judged(tmp_path, "/mail", "replace", "keep")[0]
    assert (effect.verdict, effect.example) == ("weaker", ("<EMAIL_ADDRESS>", "(as it came)"))


@pytest.mark.parametrize(
    ("value", "result", "count"),
    [
        ("4539 1488 0343 6467", "**** **** **** 6467", 4),
        ("1985-03-12", "1985", 4),
        ("1985-03-12", "1980s", 3),
        ("jane", None, 0),
        ("jane", "jane", 4),
        ("call jane.doe now", "call <PERSON> now", 7),
    ],
)
def test_what_can_be_read(value: str, result: str | None, count: int) -> None:
    """Letters and digits from the start, the end, or in words."""
    assert readable(value, result) == count


def test_the_command_tells_weaker_by_arguments_alone(tmp_path: Path) -> None:
    """The operator's name is the same on both sides: it is told all the same, with before and after."""
    sample = tmp_path / "events"
    sample.write_text("\n".join(map(json.dumps, EVENTS)))
    old, new = (str(policy(tmp_path, n, "/card", a)) for n, a in (("old", PARTIAL4), ("new", PARTIAL64)))
    call: Any = ["policy", "diff", old, new, "--sample", str(sample), "--model", "none"]
    done = CliRunner().invoke(cli, call, standalone_mode=False)
    assert done.return_value == 1
    assert "WEAKER: /card CREDIT_CARD (8): readable characters a value: 4 → 10" in done.stdout
    assert "partial: **** **** **** 6467 → partial: 4539 14** **** 6467" in done.stdout
    assert "1 weaker, 0 stronger, of 1 places" in done.stdout
    told = json.loads(CliRunner().invoke(cli, [*call, "--json"], standalone_mode=False).stdout)
    assert told["effects"][0]["verdict"] == "weaker"
    same = CliRunner().invoke(cli, ["policy", "diff", old, old, *call[4:]], standalone_mode=False)
    assert same.return_value == 0


def test_a_hold_that_ends_is_weaker(tmp_path: Path) -> None:
    """Records that left after a decision and now leave without one."""
    held = (
        "exports:\n  rules:\n    - id: out\n      when: {path: {path: /ip, equals: 81.2.0.160}}\n"
        "      destination: default\n      purpose: p\n"
    )
    sample = tmp_path / "events"
    sample.write_text("\n".join(map(json.dumps, EVENTS)))
    one = policy(tmp_path, "one", "/card", "redact", held)
    two = policy(tmp_path, "two", "/card", "redact")
    done = CliRunner().invoke(
        cli, ["policy", "diff", str(one), str(two), "--sample", str(sample), "--model", "none"], standalone_mode=False
    )
    assert "WEAKER: (record) the record (1): leaves without a decision" in done.stdout, (done.output, done.exception)
