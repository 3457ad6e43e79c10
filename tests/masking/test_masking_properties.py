"""What holds for every document, with the real detectors."""

from __future__ import annotations

import base64
import html
import json
import re
import urllib.parse
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maskgate.base.document import nodes
from maskgate.base.records import Masked, Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import compile_source
from maskgate.policy.source import parse
from maskgate_detectors import Engine, EngineConfig

KEYS = Keyring.fresh()
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@cache
def masker(action: str) -> Masker:
    """A masker whose every finding gets this action."""
    policy = compile_source(parse(f"default: {action}".encode(), "p.yaml"))
    return Masker(policy, KEYS, engine())


@cache
def engine() -> Engine:
    """The real engine, rules only; the time budget is wide, because this is no test of speed."""
    return Engine(EngineConfig(model="none", time_budget_s=30.0))


def mask(action: str, raw: bytes) -> tuple[bytes, Masked]:
    """The masked bytes of a document and the whole outcome."""
    outcome = masker(action).batch([Record("t", 0, 0, raw)])[0]
    assert isinstance(outcome, Masked), outcome
    assert outcome.value is not None
    return outcome.value, outcome


def luhn(body: str) -> str:
    """A card number."""
    total = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(body)))
    return body + str(-total % 10)


CANARY = st.text("bcdfghjkmnpqrtvwxz", min_size=8, max_size=14).map(lambda t: t + "9")
MAIL = CANARY.map(lambda c: (c, f"{c}@acme-mail.com"))
CARD = st.text("0123456789", min_size=11, max_size=11).map(lambda t: luhn("4539" + t)).map(lambda c: (c, c))
SECRET = CANARY.filter(lambda c: len(c) > 11)


def _plain(pair: tuple[str, str]) -> Any:
    return pair[1]


def _sentence(pair: tuple[str, str]) -> Any:
    return f"Please write to {pair[1]} — danke, «ça va»?"


def _percent(pair: tuple[str, str]) -> Any:
    return "https://x.example/?q=" + urllib.parse.quote(pair[1], safe="") + "&n=1"


def _nested(pair: tuple[str, str]) -> Any:
    return json.dumps({"inner": {"mail": pair[1], "n": 1.5}})


def _base64(pair: tuple[str, str]) -> Any:
    return base64.b64encode(f"user: {pair[1]}; ok".encode()).decode()


def _html(pair: tuple[str, str]) -> Any:
    return f"&lt;b&gt;{pair[1].replace('@', '&#64;')}&lt;/b&gt;"


PLACED = st.tuples(st.one_of(MAIL, CARD), st.sampled_from([_plain, _sentence, _nested]))
ENCODED = st.tuples(MAIL, st.sampled_from([_percent, _base64, _html]))
OTHER = st.none() | st.booleans() | st.integers(-999, 999) | st.sampled_from(["", "status ok", 'été\n\t"q"', "a/b~c"])


@st.composite
def documents(draw: Any) -> tuple[bytes, list[str]]:
    """A document with canaries in values, texts, keys, numbers and encodings, in one of several spellings."""
    canaries: list[str] = []

    def place() -> Any:
        pair, how = draw(st.one_of(PLACED, ENCODED))
        canaries.append(pair[0])
        return how(pair)

    tree: dict[str, Any] = {}
    for i in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["value", "list", "object", "key", "number", "other"]))
        if kind == "value":
            tree[f"f{i}"] = place()
        elif kind == "list":
            tree[f"f{i}"] = [draw(OTHER), place(), draw(OTHER)]
        elif kind == "object":
            tree[f"f{i}"] = {"a~/b": place(), "é": draw(OTHER)}
        elif kind == "key":
            canary, text = draw(MAIL)
            canaries.append(canary)
            tree[text] = draw(OTHER)
        elif kind == "number":
            number = draw(CARD)[1]
            canaries.append(number)
            tree[f"card_number{i}"] = int(number)
        else:
            tree[f"f{i}"] = draw(OTHER)
    raw = json.dumps(tree, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
    return raw.encode(), canaries


def kinds(raw: bytes) -> list[tuple[str, int]]:
    """The shape of a document: kind and parent of each value."""
    return [(n.kind, n.parent) for n in nodes(raw)]


def every_decoding(raw: bytes) -> str:
    """The document and what its encodings hold, as far as detection looks."""
    texts, seen = [raw.decode()], set()
    for _ in range(4):
        fresh = []
        for text in texts:
            if text in seen:
                continue
            seen.add(text)
            fresh += [urllib.parse.unquote(text), html.unescape(text), re.sub(r"\\(.)", r"\1", text)]
            fresh.append(re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text))
            for run in re.findall(r"[A-Za-z0-9+/_-]{12,}={0,2}", text):
                padded = run.rstrip("=").replace("-", "+").replace("_", "/")
                padded += "=" * (-len(padded) % 4)
                try:
                    fresh.append(base64.b64decode(padded).decode())
                except ValueError:
                    continue
        texts = list(dict.fromkeys(fresh))[:200]
    return "\n".join(seen)


ALL = ["redact", "replace", "hash", "pseudonym", "tokenize", "fpe", "date_shift", "encrypt"]


@pytest.mark.parametrize("action", [*ALL, "partial", "generalize", "keep"])
@QUICK
@given(documents())
def test_the_output_is_json_of_the_same_shape(action: str, case: tuple[bytes, list[str]]) -> None:
    """Whatever the operator, the result is JSON with the same members and kinds of values."""
    raw, _ = case
    out, _ = mask(action, raw)
    json.loads(out)
    before, after = kinds(raw), kinds(out)
    assert len(before) == len(after)
    strings = {"number"} if action in ("tokenize", "encrypt") else set()
    for (kind, parent), (new_kind, new_parent) in zip(before, after, strict=True):
        assert parent == new_parent
        assert kind == new_kind or (kind in strings and new_kind == "string")
    assert len(json.loads(raw)) == len(json.loads(out))


@pytest.mark.parametrize("action", ["redact", "replace", "drop", "tokenize"])
@QUICK
@given(documents())
def test_masking_twice_is_masking_once(action: str, case: tuple[bytes, list[str]]) -> None:
    """What was redacted, replaced, dropped or tokenized is not touched again."""
    once, _ = mask(action, case[0])
    assert mask(action, once)[0] == once


@pytest.mark.parametrize("action", [*ALL, "drop"])
@QUICK
@given(documents())
def test_no_canary_survives_in_any_decoding(action: str, case: tuple[bytes, list[str]]) -> None:
    """The values are nowhere in the result, whatever is decoded."""
    raw, canaries = case
    out, outcome = mask(action, raw)
    everything = every_decoding(out) + repr(outcome.fields)
    for canary in canaries:
        assert canary not in everything


@QUICK
@given(documents())
def test_leaves_without_findings_keep_their_bytes(case: tuple[bytes, list[str]]) -> None:
    """Every value in which nothing was found has the same bytes, and so has what is between the values."""
    raw, _ = case
    out, outcome = mask("replace", raw)
    scan = engine().batch([raw])[0]
    touched = {f.leaf_start for f in scan.findings}
    before, after = nodes(raw), nodes(out)
    for old, new in zip(before, after, strict=True):
        if old.kind in ("object", "array"):
            continue
        start = old.start + (old.kind == "string")
        if start not in touched:
            assert raw[old.start : old.end] == out[new.start : new.end]
    assert outcome.changed == bool(scan.findings)
    first = [b.start - a.end for a, b in pairwise(before) if a.kind not in ("object", "array")]
    second = [b.start - a.end for a, b in pairwise(after) if a.kind not in ("object", "array")]
    if not any(f.where == "key" for f in scan.findings):
        assert first == second


@QUICK
@given(st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
@pytest.mark.parametrize("action", ["redact", "replace", "hash", "pseudonym", "partial", "fpe"])
def test_numbers_keep_their_shape(action: str, text: str) -> None:
    """A masked number has the sign, point, exponent and digit count of the original, and is valid JSON."""
    from maskgate.operators.catalogue import OPERATORS
    from maskgate.operators.keyed import CannotMask

    number = OPERATORS[action].model_validate({}).bind_number("CREDIT_CARD", KEYS)
    try:
        new = number(text, "")
    except CannotMask:
        assert action == "fpe"
        return
    json.loads(new)
    assert re.sub("[0-9]", "0", new) == re.sub("[0-9]", "0", text)
    assert action == "fpe" or re.match("-?[1-9]", new)


@QUICK
@given(st.lists(st.text("abxy@.", min_size=1, max_size=6), unique=True, min_size=1, max_size=8))
def test_masked_keys_never_collide(names: list[str]) -> None:
    """Distinct keys stay distinct, whatever they are masked to."""
    tree = {f"{n}{i}@acme-mail.com" if i % 2 else n: i for i, n in enumerate(names)}
    raw = json.dumps(tree).encode()
    for action in ("redact", "replace", "hash", "pseudonym"):
        assert sorted(json.loads(mask(action, raw)[0]).values()) == sorted(tree.values())
