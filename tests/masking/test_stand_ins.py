"""The masker signs for the bytes that it wrote in the place of values, wherever they are, and for no others."""

from __future__ import annotations

import json
import re

from fakes.small_engine import SmallEngine
from maskgate.base.records import Held, Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import compile_source
from maskgate.policy.source import parse

POLICY = b"""
id: p
default: tokenize
exports: {destinations: {default: {}}, rules: [{id: all, when: {path: [{path: /out, equals: true}]}}]}
approvals: {tiers: {standard: {quorum: {all_of: [{group: reviewers}]}}}, default_tier: standard}
"""
KEYS = Keyring.fresh()
TOKEN = re.compile(rb"mg1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+")


def held(tree: object, key: bytes | None = None, headers: tuple[tuple[str, bytes | None], ...] = ()) -> Held:
    masker = Masker(compile_source(parse(POLICY, "policy.yaml")), KEYS, SmallEngine())
    outcome = masker.batch([Record("orders", 0, 0, json.dumps(tree).encode(), key, headers)])[0]
    assert isinstance(outcome, Held), outcome
    return outcome


def written(outcome: Held) -> dict[str, list[bytes]]:
    """The bytes behind the stand-ins of every place."""
    places = {"value": outcome.value, "key": outcome.key or b""}
    for number, (name, data) in enumerate(outcome.headers):
        places |= {f"name:{number}": name.encode(), f"header:{number}": data or b""}
    out: dict[str, list[bytes]] = {}
    for place, start, end, _ in outcome.stand_ins:
        out.setdefault(place, []).append(places[place][start:end])
    return out


def test_every_token_and_nothing_else_is_a_stand_in() -> None:
    """In values with escapes and other scripts, in member names, in the key and in headers."""
    tree = {"out": True, "a": 'said "é" jane@example.com/and more', "b@c.org": {"n": "x"}, "plain": "no one"}
    headers: tuple[tuple[str, bytes | None], ...] = (("x", b"1"), ("to", b"ask bob@example.com now"), ("none", None))
    outcome = held(tree, b'key of "jane@example.com"', headers)
    found = written(outcome)
    assert set(found) == {"value", "key", "header:1"}
    assert all(TOKEN.fullmatch(data) for every in found.values() for data in every)
    assert found["value"] == TOKEN.findall(outcome.value)
    assert len(found["value"]) == 2


def test_a_token_that_came_with_the_record_is_one_only_if_it_opens() -> None:
    """A token of ours stays hidden from reviewers; a text in its form is no stand-in unless the masker wrote it."""
    own = TOKEN.findall(held({"out": True, "a": "jane@example.com"}).value)[0].decode()
    outcome = held({"out": True, "a": f"see {own}/tail"})
    assert written(outcome) == {"value": [own.encode()]}
    assert b"/tail" in outcome.value
