"""The masker: records in, outcomes out; every byte that is not masked stays."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest

from fakes.small_engine import SmallEngine
from maskgate.base.records import Held, Masked, Outcome, Quarantined, Record
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.operators.tokenize import open_token
from maskgate.policy import compile_source
from maskgate.policy.check import lint
from maskgate.policy.record_keys import equal_keys
from maskgate.policy.source import parse

KEYS = Keyring.fresh()


def masker(text: str = "", engine: Any = None) -> Masker:
    """A masker under the policy of this text."""
    return Masker(compile_source(parse(text.encode(), "policy.yaml")), KEYS, engine or SmallEngine())


def one(policy: str, value: bytes | None, **more: Any) -> Outcome:
    """The outcome for one record."""
    return masker(policy).batch([Record("orders", 0, 0, value, **more)])[0]


def masked(policy: str, value: bytes, **more: Any) -> bytes:
    """The masked bytes."""
    outcome = one(policy, value, **more)
    assert isinstance(outcome, Masked), outcome
    assert outcome.value is not None
    return outcome.value


@pytest.mark.parametrize(
    ("policy", "before", "after"),
    [
        ("", b'{"a":1.10,  "b" : 1e400,"b":18446744073709551616}', None),
        ("", b' [ true , null,"\\u00e9\\/" ] \r', None),
        ("", b'{"m": "a@b.org" ,"n":1.10}', b'{"m": "<EMAIL_ADDRESS>" ,"n":1.10}'),
        ("", b'"a@b.org"', b'"<EMAIL_ADDRESS>"'),
        ("", b'["\\u00e9\\ud83d\\ude00 a@b.org\\n\xc3\xa9"]', b'["\\u00e9\\ud83d\\ude00 <EMAIL_ADDRESS>\\n\xc3\xa9"]'),
        ("", b'{"t":"\\ud800 a@b.org"}', b'{"t":"\\ud800 <EMAIL_ADDRESS>"}'),
        ("", b'{"a@b.org":{"a@b.org":1}}', b'{"<EMAIL_ADDRESS>":{"<EMAIL_ADDRESS>":1}}'),
        ("", b'{"a@b.org":1,"c@d.org":2}', b'{"<EMAIL_ADDRESS>":1,"<EMAIL_ADDRESS>_2":2}'),
        ("", b'{"a@b.org":1,"<EMAIL_ADDRESS>":2}', b'{"<EMAIL_ADDRESS>_2":1,"<EMAIL_ADDRESS>":2}'),
        ("", b'{"m":"a@b.org","m":"c@d.org"}', b'{"m":"<EMAIL_ADDRESS>","m":"<EMAIL_ADDRESS>"}'),
        ("", b'{"u":"?q=a%40b.org&x=1"}', b'{"u":"?q=%3CEMAIL_ADDRESS%3E&x=1"}'),
        ("", b'{"n":"{\\"m\\": \\"a@b.org\\", \\"k\\": 1}"}', b'{"n":"{\\"m\\": \\"<EMAIL_ADDRESS>\\", \\"k\\": 1}"}'),
        ("", b'{"n":"{\\"c\\": 4111111111111111}"}', b'{"n":"{\\"c\\": 1000000000000000}"}'),
        (
            "default: {operator: replace, keep_type: false}",
            b'{"n":"{\\"c\\": 4111111111111111}"}',
            b'{"n":"{\\"c\\": \\"<CREDIT_CARD>\\"}"}',
        ),
        ("default: redact", b'{"m":"a@b.org"}', b'{"m":""}'),
        ("default: redact", b'{"m":"to a@b.org now"}', b'{"m":"to  now"}'),
        ("default: redact", b'{"m":"12 a@b.org 34"}', '{"m":"12 █ 34"}'.encode()),
        ("default: redact", b'{"c":-4111111111111111}', b'{"c":-1000000000000000}'),
        ("default: {operator: replace, keep_type: false}", b'{"c":4111111111111111}', b'{"c":"<CREDIT_CARD>"}'),
        ("default: {operator: replace, with: 'say \"x\" \\\\'}", b'["a@b.org"]', b'["say \\"x\\" \\\\\\\\"]'),
        ("default: drop", b'{"a":1, "m":"a@b.org", "z":2}', b'{"a":1, "z":2}'),
        ("default: drop", b'{"m":"a@b.org", "z":2}', b'{"z":2}'),
        ("default: drop", b'{"a":1, "m":"a@b.org" }', b'{"a":1 }'),
        ("default: drop", b'{"m":"a@b.org", "n":"c@d.org"}', b"{}"),
        ("default: drop", b'["a@b.org", 1]', b"[null, 1]"),
        ("default: drop", b'{"a@b.org":{"x":"c@d.org"},"y":1}', b'{"y":1}'),
        ("default: drop", b'"a@b.org"', b"null"),
        ("default: keep", b'{"m":"a@b.org"}', None),
        ("default: {operator: partial, keep_domain: true}", b'{"m":"jane@b.org"}', b'{"m":"****@b.org"}'),
    ],
)  # fmt: skip
def test_what_is_not_masked_stays_byte_for_byte(policy: str, before: bytes, after: bytes | None) -> None:
    """Only the found values change; spelling, order, white space and escapes of the rest stay."""
    assert masked(policy, before) == (before if after is None else after)


RULES = """
rules:
  - {id: on-orders, topic: "order*", path: /a/*, entity: EMAIL_ADDRESS, action: {operator: replace, with: first}}
  - {id: sure, entity: EMAIL_ADDRESS, score: 0.95, action: {operator: replace, with: sure}}
  - {id: eu, header: {region: eu}, action: {operator: replace, with: eu}}
  - {id: any-region, header: {region: "*"}, path: "/**/r", action: {operator: replace, with: region}}
  - {id: deep, path: "/**/z", action: {operator: replace, with: deep}}
  - {id: level, level: critical, action: {operator: replace, with: critical}}
  - {id: by-detector, detector: "email-*", path: /d, action: {operator: replace, with: detector}}
topics:
  "tickets-*": {default: {operator: replace, with: ticket}}
default: {operator: replace, with: default}
"""


@pytest.mark.parametrize(
    ("topic", "headers", "event", "wanted"),
    [
        ("orders", (), {"a": {"b": "a@b.org"}}, "first"),
        ("other", (), {"a": {"b": "a@b.org"}}, "default"),
        ("orders", (), {"a": {"b": {"c": "a@b.org"}}}, "default"),
        ("orders", (("region", b"eu"),), {"q": "a@b.org"}, "eu"),
        ("orders", (("region", b"us"),), {"q": "a@b.org"}, "default"),
        ("orders", (("region", b"us"),), {"q": {"r": "a@b.org"}}, "region"),
        ("orders", (("region", b"us"),), {"r": "a@b.org"}, "region"),
        ("orders", (), {"x": [{"y": {"z": "a@b.org"}}]}, "deep"),
        ("orders", (), {"z": "a@b.org"}, "deep"),
        ("orders", (), {"c": "4111111111111111"}, "critical"),
        ("orders", (), {"d": "a@b.org"}, "detector"),
        ("tickets-eu", (), {"q": "a@b.org"}, "ticket"),
    ],
)
def test_the_first_rule_that_fits_decides(topic: str, headers: Any, event: Any, wanted: str) -> None:
    """Rules match on topic, path, entity, detector, level, score and header, in the order of the file."""
    outcome = masker(RULES).batch([Record(topic, 0, 0, json.dumps(event).encode(), None, headers)])[0]
    assert isinstance(outcome, Masked)
    text = outcome.value or b""
    assert f'"{wanted}"'.encode() in text


def test_always_masks_values_in_which_nothing_was_found() -> None:
    """An always rule masks every value below its path: strings, numbers, truth values; an earlier keep spares one."""
    policy = """
rules:
  - {id: spare, path: /s/open, action: keep}
  - {id: all, path: "/s/**", always: true, action: redact}
  - {id: hash-it, path: /h, always: true, action: hash}
  - {id: gone, path: /g, always: true, action: drop}
"""
    value = b'{"s":{"a":"x","b":-12.5,"c":true,"d":null,"e":["y",3],"open":"z"},"h":["p",{"q":77}],"g":{"k":1},"t":"x"}'
    out = masked(policy, value)
    tree = json.loads(out)
    assert "g" not in tree
    assert tree["t"] == "x"
    assert tree["h"][0] != "p"
    assert len(tree["h"][0]) == 32
    assert tree["h"][1]["q"] in range(10, 100)
    assert tree["h"][1]["q"] != 77 or masked(policy, value) == out
    assert tree["s"] == {"a": "", "b": -10.0, "c": None, "d": None, "e": None, "open": "z"}
    whole = masked('rules: [{id: a, path: "/s/**", always: true, action: redact}]', b'{"s":{"a":{"b":[1]}},"t":1}')
    assert whole == b'{"s":null,"t":1}'


def test_always_is_never_weaker_than_what_is_found() -> None:
    """Where a stricter action is due to a finding inside, it takes the whole value; a destination cannot weaken it."""
    policy = """
rules:
  - {id: secret, entity: SECRET, action: redact}
  - {id: all, path: /n, always: true, action: {operator: partial, keep_last: 4}}
exports: {destinations: {p: {topic: t, masking: [{id: w, path: /n, always: true, action: replace}]}}}
"""
    assert masked(policy, b'{"n":"key sk_abcdefgh1 and more"}') == b'{"n":""}'
    assert masked(policy, b'{"n":"nothing here"}') == b'{"n":"******* here"}'
    held = one(policy, b'{"n":"key sk_abcdefgh1"}', headers=(("maskgate.export", b"p"),))
    assert isinstance(held, Held)
    assert held.value == b'{"n":""}'
    plain = one(policy, b'{"n":"nothing here"}', headers=(("maskgate.export", b"p"),))
    assert isinstance(plain, Held)
    assert plain.value == b'{"n":"<CUSTOM>"}'


def test_always_redact_of_leaves_spares_what_an_earlier_rule_keeps() -> None:
    """With a path for the leaves alone, each of them is redacted and the kept one stays."""
    policy = """
rules:
  - {id: spare, path: /s/open, action: keep}
  - {id: all, path: "/s/*", always: true, action: redact}
"""
    assert masked(policy, b'{"s":{"a":"x","b":-12.5,"c":true,"d":null,"e":["y",3],"open":"z"}}') == (
        b'{"s":{"a":"","b":-10.0,"c":null,"d":null,"e":null,"open":"z"}}'
    )


def test_record_key_and_headers_are_masked() -> None:
    """Key and headers go through the same rules; our own headers of the input do not pass."""
    policy = """
rules:
  - {id: k, path: "#key", action: {operator: replace, with: K}}
  - {id: h, path: "#header/user", action: hash}
"""
    outcome = one(
        policy,
        b'{"a":1}',
        key=b"a@b.org",
        headers=(
            ("user", b"c@d.org"),
            ("x", b"1"),
            ("none", None),
            ("bin", b"\xff"),
            ("maskgate.source", b"forged"),
            ("__connect.errors.topic", b"forged"),
        ),
    )
    assert isinstance(outcome, Masked)
    assert outcome.key == b"K"
    names = dict(outcome.headers)
    assert len(names["user"] or b"") == 32
    assert (names["x"], names["none"], names["bin"]) == (b"1", None, b"")
    assert not {"maskgate.source", "__connect.errors.topic"} & set(names)
    assert outcome.changed
    assert {u.path for u in outcome.fields} == {"#key", "#header/user", "#header/bin"}


LABELS = "rules: [{id: k, path: ['#key', '#key/**'], action: replace}]"


@pytest.mark.parametrize(
    ("policy", "key", "wanted"),
    [
        (LABELS, b'{"mail":"a@b.org", "n":1}', b'{"mail":"<EMAIL_ADDRESS>", "n":1}'),
        (LABELS, b"{broken a@b.org", b"{broken <EMAIL_ADDRESS>"),
        ("", b"plain", b"plain"),
        (LABELS, b'quo"te a@b.org', b'quo"te <EMAIL_ADDRESS>'),
        ("rules: [{id: k, path: '#key', action: drop}]", b"a@b.org", None),
        ("rules: [{id: k, path: '#key', action: redact}]", b"a@b.org", b""),
        ("keys: {mask: keep}", b"a@b.org", b"a@b.org"),
        ("keys: {mask: refuse}", b"a@b.org", "personal_data_in_key"),
        ("keys: {mask: refuse}", b"plain", b"plain"),
        ("keys: {binary: refuse}", b"\xff\x00", "binary_key"),
        ("keys: {binary: keep}", b"\xff\x00", b"\xff\x00"),
        ("", None, None),
        ("", b"", b""),
    ],
)
def test_record_keys(policy: str, key: bytes | None, wanted: Any) -> None:
    """A key is masked as JSON or text, refused or kept, as the policy says."""
    outcome = one(policy, b"{}", key=key)
    if isinstance(wanted, str):
        assert outcome == Quarantined(wanted, outcome.detail if isinstance(outcome, Quarantined) else "")
    else:
        assert isinstance(outcome, Masked)
        assert outcome.key == wanted


def test_binary_keys_are_hashed_and_stay_equal() -> None:
    """A key that is not UTF-8 becomes a hash; equal keys stay equal."""
    first, again, other = (one("", b"{}", key=k) for k in (b"\xff1", b"\xff1", b"\xff2"))
    assert isinstance(first, Masked)
    assert isinstance(again, Masked)
    assert isinstance(other, Masked)
    assert first.key == again.key != other.key


@pytest.mark.parametrize(
    ("policy", "event"),
    [
        ("default: redact", {f"u{i}@b.org": 1 for i in range(4000)}),
        ("default: drop", [{"m": f"u{i}@b.org"} for i in range(4000)]),
        ("default: redact", [{f"u{i}@b.org": 1} for i in range(4000)]),
        ("default: redact", {"t": "é a@b.org\n" * 4000}),
        ('rules: [{id: a, path: "/**", always: true, action: hash}]', [{"m": f"u{i}@b.org"} for i in range(4000)]),
    ],
    ids=["equal keys", "drops", "keys in objects", "one text", "always"],
)
def test_many_findings_take_linear_time(policy: str, event: Any) -> None:
    """Four times the findings take about four times as long, not sixteen times."""

    def seconds(part: Any) -> float:
        raw = json.dumps(part).encode()
        subject = masker(policy)
        best = 9.0
        for _ in range(3):
            started = time.process_time()
            outcome = subject.batch([Record("t", 0, 0, raw)])[0]
            best = min(best, time.process_time() - started)
            assert isinstance(outcome, Masked)
        return best

    quarter: Any = dict(list(event.items())[:1000]) if isinstance(event, dict) else event[:1000]
    if isinstance(event, dict) and "t" in event:
        quarter = {"t": event["t"][: len(event["t"]) // 4]}
    assert seconds(event) < 9 * seconds(quarter) + 0.05


def test_tombstones_pass() -> None:
    """A record without a value passes, its key masked like any other."""
    outcome = one("", None, key=b"a@b.org")
    assert isinstance(outcome, Masked)
    assert outcome.value is None
    assert outcome.key is not None
    assert re.fullmatch(rb"[0-9a-f]{32}", outcome.key)


EQUAL = "replace redact drop pseudonym partial generalize encrypt".split()


@pytest.mark.parametrize("action", EQUAL)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"a@b.org", b"c@d.org"),
        (b'"a@b.org"', b'"c@d.org"'),
        (b"order 7 of a@b.org", b"order 7 of c@d.org"),
        (b'{"mail":"a@b.org"}', b'{"mail":"c@d.org"}'),
        (b'{"card":4111111111111111}', b'{"card":5500005555555559}'),
        (b'["a@b.org", 1]', b'["c@d.org", 1]'),
    ],
    ids=["text", "string", "in a text", "object", "number", "array"],
)
def test_distinct_record_keys_stay_distinct(action: str, first: bytes, second: bytes) -> None:
    """Compaction keeps one record of each key: a policy for values must not make the keys of all customers one."""
    keys = [
        outcome.key
        for topic in ("orders", "invoices")
        for outcome in masker(f"default: {action}").batch([Record(topic, 0, 0, b"{}", key=k) for k in (first, second)])
        if isinstance(outcome, Masked)
    ]
    assert keys[:2] == keys[2:]  # the same in every topic
    assert len(set(keys)) == 2
    for key in keys:
        assert key is not None
        assert not re.search(rb"[ac]@[bd]|4111|5500", key)
        if key[:1] in (b"{", b"["):
            json.loads(key)


def test_rules_that_make_keys_equal_are_named() -> None:
    """`policy check` names each rule whose path begins `#key` and whose operator gives equal texts."""
    text = """
rules:
  - {id: labels, path: "#key", action: replace, topic: "a*"}
  - {id: hashes, path: "#key", action: hash}
  - {id: values, path: "/**", action: replace}
"""
    policy = compile_source(parse(text.encode(), "policy.yaml"))
    assert [w.where for w in lint(policy) if w.code == "equal-keys"] == ["policy.yaml:3"]
    assert [flat.id for flat in equal_keys(policy, "abc")] == ["labels"]
    assert not list(equal_keys(policy, "b"))


@pytest.mark.parametrize("value", [b"", b"nope", b'{"a":', b"\xff", b'{"a":NaN}'])
def test_what_cannot_be_read_is_quarantined(value: bytes) -> None:
    """A record that the engine refuses goes to quarantine with its code, and the others of the batch pass."""
    good = Record("t", 0, 1, b'{"m":"a@b.org"}')
    bad, fine = masker().batch([Record("t", 0, 0, value), good])
    if value == b'{"a":NaN}':  # the small engine reads it; the splicer does not
        assert isinstance(bad, (Masked, Quarantined))
    else:
        assert isinstance(bad, Quarantined)
        assert bad.code == "not_json"
    assert isinstance(fine, Masked)


def test_a_fault_quarantines_one_record_and_says_nothing_of_it() -> None:
    """An operator that raises makes a quarantine whose text holds no value."""

    class Broken(SmallEngine):
        def batch(self, records: Any) -> Any:
            scans = super().batch(records)
            return [s._replace(findings=tuple(f._replace(leaf_start=10**9) for f in s.findings)) for s in scans]

    outcome = masker("default: drop", Broken()).batch([Record("t", 0, 0, b'{"m":"canary@secret.org"}')])[0]
    assert isinstance(outcome, Quarantined)
    assert outcome.code == "mask_failed"
    assert "canary" not in repr(outcome)


def test_drop_record_dead_letters_it() -> None:
    """Dropping a record means the dead letter topic, never a tombstone."""
    assert one("default: {operator: drop, what: record}", b'["a@b.org"]') == Quarantined(
        "dropped_by_policy", "rule default"
    )


def test_lineage_names_places_in_the_masked_document() -> None:
    """Paths are those of the masked document, also below a masked key; equal values have equal MACs."""
    outcome = one("", b'{"a@b.org":{"x/y":["a@b.org"]},"m":"A@B.org"}')
    assert isinstance(outcome, Masked)
    assert {u.path for u in outcome.fields} == {"/<EMAIL_ADDRESS>", "/<EMAIL_ADDRESS>/x~1y/0", "/m"}
    assert len({u.value_mac for u in outcome.fields}) == 1
    assert all(len(u.value_mac) == 32 for u in outcome.fields)


def test_an_operator_that_cannot_gives_way_to_the_label_and_lineage_says_so() -> None:
    """A text that fpe cannot encrypt becomes its label; the operator in lineage is fpe>replace."""
    outcome = one("default: fpe", b'["a@b.org", 4111111111111111]')
    assert isinstance(outcome, Masked)
    tree = json.loads(outcome.value or b"")
    assert tree[0] == "<EMAIL_ADDRESS>"
    assert len(str(tree[1])) == 16
    assert [u.operator for u in outcome.fields] == ["fpe>replace", "fpe"]


def test_tokens_join_across_topics_and_open_again() -> None:
    """The same value has the same token in every topic that shares the key; it opens to the value."""
    policy = "default: tokenize"
    found = [
        json.loads(o.value or b"")[0]
        for o in masker(policy).batch([Record(t, 0, 0, b'["a@b.org"]') for t in ("one", "two")])
        if isinstance(o, Masked)
    ]
    assert found[0] == found[1]
    assert open_token(found[0], KEYS) == ("EMAIL_ADDRESS", "a@b.org")


EXPORTS = """
exports:
  destinations:
    default: {}
    partner: {topic: partner-orders, default: redact, masking: [{id: p, entity: PERSON, action: keep}]}
    lab: {topic: lab, allow_raw: true, tier: high}
  rules:
    - {id: big, when: {path: {path: /amount, at_least: 1000}}, destination: partner, purpose: settle with a@b.org}
    - {id: secrets, when: {entity: [SECRET]}, verb: disclose, tier: high, expires: 1h}
    - {id: flagged, when: {path: [{path: "/**/export", equals: true}]}}
approvals:
  tiers:
    standard: {quorum: {all_of: [{group: reviewers}]}, expires: 2h, release_ttl: 10m}
    high: {quorum: {all_of: [{group: reviewers, n: 2}]}}
  default_tier: standard
"""


@pytest.mark.parametrize(
    ("event", "headers", "wanted"),
    [
        ({"amount": 5000}, {}, ("big", "partner", "partner-orders", "standard")),
        ({"amount": 10}, {}, None),
        ({"amount": "5000"}, {}, None),
        ({"k": "sk_abcdefgh1"}, {}, ("secrets", "default", "orders.released", "high")),
        ({"x": {"export": True}}, {}, ("flagged", "default", "orders.released", "standard")),
        ({"x": {"export": 1}}, {}, None),
        ({}, {"maskgate.export": "lab"}, ("header", "lab", "lab", "high")),
        ({}, {"maskgate.export": "default"}, ("header", "default", "orders.released", "standard")),
        ({}, {"maskgate.export": "nowhere"}, "unknown_destination"),
        ({}, {"maskgate.export": "default", "maskgate.raw": "true"}, "raw_not_allowed"),
        ({}, {"maskgate.raw": "true"}, None),
    ],
)
def test_exports(event: Any, headers: dict[str, str], wanted: Any) -> None:
    """A header or a rule flags a record for export; unknown aliases and raw fields without leave are refused."""
    pairs = tuple((n, v.encode()) for n, v in headers.items())
    outcome = one(EXPORTS, json.dumps(event).encode(), headers=pairs)
    if wanted is None:
        assert isinstance(outcome, Masked)
    elif isinstance(wanted, str):
        assert isinstance(outcome, Quarantined)
        assert outcome.code == wanted
    else:
        assert isinstance(outcome, Held)
        export = outcome.export
        assert (export["rule"], export["destination"], export["topic"], export["tier"]) == wanted
        json.dumps(export)


def test_an_export_is_only_masked_more_strictly() -> None:
    """A destination's rules win where they are stricter and have no effect where they are weaker."""
    outcome = one(EXPORTS + "\ndefault: hash\n", b'{"amount":2000,"m":"a@b.org","p":"Jane Doe"}')
    assert isinstance(outcome, Held)
    tree = json.loads(outcome.value)
    assert tree["m"] == ""
    assert len(tree["p"]) == 32
    assert outcome.export["purpose"] == "settle with <EMAIL_ADDRESS>"


def test_an_export_with_duplicate_keys_is_refused() -> None:
    """Two parsers read duplicate keys differently: such an export is dead-lettered, such a record otherwise passes."""
    twice = b'{"a":1,"a":2}'
    flagged = one(EXPORTS.split("  rules:")[0], twice, headers=(("maskgate.export", b"default"),))
    assert isinstance(flagged, Quarantined)
    assert flagged.code == "duplicate_keys"
    assert isinstance(one("", twice), Masked)
    unclear = one(EXPORTS, b'{"amount":1,"amount":5000}')
    assert isinstance(unclear, Quarantined)


@pytest.mark.parametrize("values", [[None], [b"a", b"b"], [b"\xff"]])
def test_export_headers_must_be_clear(values: Any) -> None:
    """An export header without a value, twice, or not UTF-8 is refused."""
    outcome = one("", b"{}", headers=tuple(("maskgate.export", v) for v in values))
    assert isinstance(outcome, Quarantined)
    assert outcome.code == "bad_export_header"


def test_free_text_is_masked_with_labels() -> None:
    """Reasons and purposes get labels in place of what is found."""
    assert masker().mask_text("ask a@b.org or Jane Doe") == "ask <EMAIL_ADDRESS> or <PERSON>"
    assert masker().mask_text("nothing here") == "nothing here"


def test_free_text_that_cannot_be_looked_at_is_withheld() -> None:
    """Where detection fails, nothing of the text is shown."""

    class Late(SmallEngine):
        def scan_text(self, text: str, key: str | None = None) -> Any:
            raise ValueError("time is up")

    assert masker("", Late()).mask_text("secretcanary") == "<WITHHELD>"


def test_cel_conditions() -> None:
    """A CEL condition sees topic, headers, event and finding; an undecidable one quarantines the record."""
    pytest.importorskip("cel")
    policy = """
rules:
  - {id: vip, when: 'event.vip == true && finding.entity == "EMAIL_ADDRESS"', action: {operator: replace, with: vip}}
default: {operator: replace, with: other}
"""
    assert masked(policy, b'{"vip":true,"m":"a@b.org"}') == b'{"vip":true,"m":"vip"}'
    assert masked(policy, b'{"vip":false,"m":"a@b.org"}') == b'{"vip":false,"m":"other"}'
    undecidable = one(policy, b'{"m":"a@b.org"}')
    assert isinstance(undecidable, Quarantined)
    assert undecidable.code == "condition_failed"


def test_tokens_that_do_not_open_are_masked() -> None:
    """A text that only looks like a token of ours is treated as a secret: the form alone is no proof."""
    real = json.loads(masked("default: tokenize", b'["a@b.org"]'))[0]
    forged = real[:-8] + "Jane4111"
    out = json.loads(masked("", json.dumps([real, forged, f"see {forged}."]).encode()))
    assert out == [real, "<SECRET>", "see <SECRET>."]
