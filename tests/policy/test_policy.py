"""Policies: what may be written, what is refused with which line, and how the parts fit together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maskgate.base.config import Settings
from maskgate.base.errors import PolicyError
from maskgate.policy import PolicyHolder, compile_source, load_policy
from maskgate.policy.check import lint
from maskgate.policy.schema import policy_schema
from maskgate.policy.source import PROFILES, parse


def compiled(text: str) -> Any:
    """The policy of this text."""
    return compile_source(parse(text.encode(), "p.yaml"))


def rule(*lines: str) -> str:
    """A policy of one rule, its keys from line 3 on."""
    return "\n".join(["rules:", "  - id: a", *(f"    {line}" for line in lines)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (rule("acton: redact"), "p.yaml:3: rules.0.acton: unknown key 'acton'; did you mean 'action'?"),
        (rule("action: redcat"), "p.yaml:3: rules.0.action: unknown operator 'redcat'; did you mean 'redact'?"),
        (
            rule("action: {operator: partial, keep_lsat: 4}"),
            "p.yaml:3: rules.0.action.keep_lsat: unknown key 'keep_lsat'; did you mean 'keep_last'?",
        ),
        (rule("score: 2", "action: redact"), "p.yaml:3: rules.0.score: Input should be less than or equal to 1"),
        (rule("always: true", "action: redact"), "p.yaml:2: rules.0: 'always' needs a 'path'"),
        (rule("path: /x", "always: true", "score: 0.5", "action: redact"), "p.yaml:2: rules.0: 'always' asks for no"),
        (
            "exports:\n  destinations:\n    p: {masking: [{id: k, path: /x, always: true, action: keep}]}\n",
            "p.yaml:3: exports.destinations.p: a destination's 'always' rules replace",
        ),
        (rule(), "p.yaml:2: rules.0.action: Field required"),
        (rule("action: redact", "") + "\n  - {id: a, action: hash}", "p.yaml:5: rule id 'a' is taken by p.yaml:2"),
        ("id: x\nid: y\n", "p.yaml:2: 'id' stands here twice"),
        ("rules: [\n", "not YAML"),
        ("- a\n", "p.yaml:1: expected keys"),
        ("a: b: c\n", "p.yaml:1: not YAML"),
        ("extends: nowhere\n", "p.yaml:1: extends: no profile or file 'nowhere'"),
        ("exports:\n  rules:\n    - {id: e, destination: x}\n", "export rule 'e': no destination 'x'"),
        ("version: 2\n", "p.yaml:1: version: Input should be 1"),
        ("exports:\n  rules:\n    - {id: e, expires: soon}\n", "p.yaml:3: exports.rules.0.expires: not a duration"),
        ("detection:\n  custom:\n    - {id: e, entity: X_ID, pattern: '('}\n", "p.yaml:3: "),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(text: str, message: str) -> None:
    """Errors start with file:line, name the key, and say what is meant or allowed."""
    with pytest.raises(PolicyError) as caught:
        compiled(text)
    assert message in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file and one that is not UTF-8 say so."""
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"id: \xff")
    with pytest.raises(PolicyError, match="not UTF-8"):
        load_policy(tmp_path / "bad.yaml")


def test_extending_a_profile_and_a_file(tmp_path: Path) -> None:
    """Own rules come first, then those of each extended policy in order; the digest covers all of them."""
    (tmp_path / "base.yaml").write_text("rules: [{id: base, action: hash}]\nexports: {destinations: {b: {topic: t}}}\n")
    (tmp_path / "own.yaml").write_text("id: own\nextends: [base.yaml, gdpr]\nrules: [{id: mine, action: keep}]\n")
    policy = load_policy(tmp_path / "own.yaml")
    ids = [r.id for r in policy.rules]
    assert ids[:2] == ["mine", "base"]
    assert "gdpr-contact" in ids
    assert list(policy.exports.destinations) == ["b"]
    assert policy.default("t").action.name == "replace"
    first = policy.ref.digest
    (tmp_path / "base.yaml").write_text("rules: [{id: base, action: redact}]\n")
    assert load_policy(tmp_path / "own.yaml").ref.digest != first


def test_a_policy_that_extends_itself_is_refused(tmp_path: Path) -> None:
    """A circle of policies is an error that shows it."""
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\n")
    with pytest.raises(PolicyError, match="extends itself"):
        load_policy(tmp_path / "a.yaml")


def test_a_folder_is_one_policy(tmp_path: Path) -> None:
    """The files of a folder are joined in the order of their names; a setting that two of them set is an error."""
    (tmp_path / "1.yaml").write_text("id: joined\nrules: [{id: one, action: hash}]\n")
    (tmp_path / "2.yaml").write_text("rules: [{id: two, action: keep}]\nexports: {destinations: {x: {topic: t}}}\n")
    policy = load_policy(tmp_path)
    assert [r.id for r in policy.rules] == ["one", "two"]
    assert policy.ref.id == "joined"
    (tmp_path / "3.yaml").write_text("id: other\n")
    with pytest.raises(PolicyError, match="'id' is set in another file"):
        load_policy(tmp_path)


def test_the_engine_is_told_what_the_policy_says() -> None:
    """Settings give the limits; languages, model, lists, thresholds and own rules come from the policy."""
    policy = compiled(
        """
languages: [en, de]
detection:
  model: none
  min_score: 0.7
  allow: [info@acme.com]
  deny: [{id: staff, entity: PERSON, values: [Zork Blip]}]
  thresholds: {PERSON: 0.9}
  paths: {"/log/**": 0.95}
  enabled: [ORGANIZATION]
  disabled: URL
  custom:
    - {id: employee-id, entity: EMPLOYEE_ID, pattern: 'E-\\d{6}', keys: [employee id]}
"""
    )
    config = policy.engine_config(Settings.model_validate({"worker": {"max_depth": 7}}))
    assert (config.model, config.languages, config.min_score, config.max_depth) == ("none", ("en", "de"), 0.7, 7)
    assert config.allow[0].values == ("info@acme.com",)
    assert config.deny[0].id == "staff"
    assert {(t.entity, t.path, t.min_score) for t in config.thresholds} == {("PERSON", "", 0.9), ("", "/log/**", 0.95)}
    assert "URL" in config.disabled
    assert "ORGANIZATION" not in config.disabled
    assert (config.custom[0].id, config.custom[0].origin) == ("employee-id", "p.yaml:13")


def test_approvals_are_checked_with_their_lines() -> None:
    """The approvals section is read by its owner; its errors carry the policy's lines."""
    with pytest.raises(PolicyError, match=r"p\.yaml:3: approvals\.tiers\.low"):
        compiled("approvals:\n  tiers:\n    low: {quorum: {all_of: [{grup: x}]}}\n")
    assert compiled("id: x").approvals.tiers


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rules: [{id: a, action: hash}, {id: b, entity: PERSON, action: redact}]", "unreachable"),
        ("rules: [{id: a, path: /x/**, action: hash}, {id: b, path: /x/y, action: redact}]", "unreachable"),
        ("rules: [{id: a, entity: SECRET, action: tokenize}]", "weak-for-secret"),
        ("rules: [{id: a, entity: '*', action: {operator: partial, keep_last: 4}}]", "weak-for-secret"),
        ("rules: [{id: a, entity: CREDIT_CARD, action: {operator: partial, keep_last: 12}}]", "shows-too-much"),
        ("default: keep", "weak-default"),
        ("exports: {destinations: {p: {topic: t, masking: [{id: x, action: keep}]}}}", "no-effect"),
        ("exports: {rules: [{id: e, tier: hihg}]}", "unknown-tier"),
        ("exports: {destinations: {p: {topic: t, tier: hihg}}}", "unknown-tier"),
    ],
)
def test_lint_warns(text: str, code: str) -> None:
    """What works and is probably not meant gets a warning with a code and a place."""
    warnings = lint(compiled(text))
    assert code in {w.code for w in warnings}
    assert all(w.where for w in warnings)


@pytest.mark.parametrize(
    "text",
    [
        "rules: [{id: a, score: 0.9, action: hash}, {id: b, entity: PERSON, action: redact}]",
        "rules: [{id: a, path: /x/*, action: hash}, {id: b, path: /x/**, action: redact}]",
        "rules: [{id: a, header: {x: y}, action: hash}, {id: b, action: redact}]",
        "rules: [{id: a, topic: t, action: hash}, {id: b, action: redact}]",
    ],
)
def test_lint_is_quiet_where_all_is_well(text: str) -> None:
    """Rules that leave something for the next one are no warning."""
    assert lint(compiled(text)) == []


def test_lint_names_missing_keys_and_bad_conditions() -> None:
    """A pin to a key that is not there and a condition that is no CEL are found before a record is."""
    pytest.importorskip("cel")
    from maskgate.crypto.keyring import Keyring

    text = "rules: [{id: a, entity: PERSON, action: {operator: hash, key: abc}}, {id: b, when: '1 +', action: redact}]"
    assert {w.code for w in lint(compiled(text), Keyring.fresh())} == {"missing-key", "bad-condition"}


@pytest.mark.parametrize("name", [*PROFILES, "default"])
def test_profiles_have_no_warnings_that_matter(name: str) -> None:
    """Every shipped policy loads, has a description and passes its own lint."""
    policy = load_policy(name)
    assert policy.policy.description
    assert [w for w in lint(policy) if w.code not in ("weak-default",)] == []


def test_holder_reloads_keeps_the_last_good_and_reports(tmp_path: Path) -> None:
    """A changed file is taken with a diff; a bad one is refused with its line and the old policy stays."""
    file = tmp_path / "p.yaml"
    file.write_text("id: p\ndefault: redact\n")
    holder = PolicyHolder(file)
    assert holder.poll() is None
    old = holder.current.ref
    file.write_text("id: p\ndefault: hash\n")
    change = holder.poll()
    assert change is not None
    assert change.accepted
    assert change.old == old
    assert "-default: redact" in change.diff
    assert "+default: hash" in change.diff
    assert not change.detection_changed
    assert holder.current.default("t").action.name == "hash"
    file.write_text("id: p\ndefault: hsah\n")
    refused = holder.poll()
    assert refused is not None
    assert not refused.accepted
    assert f"{file}:2" in refused.error
    assert holder.current.default("t").action.name == "hash"
    assert holder.poll() is None
    file.unlink()
    gone = holder.poll()
    assert gone is not None
    assert not gone.accepted
    file.write_text("id: p\ndefault: hash\ndetection: {min_score: 0.9}\n")
    back = holder.poll()
    assert back is not None
    assert back.detection_changed


def test_a_large_policy_is_read_beside_the_work(tmp_path: Path) -> None:
    """Reading 500 rules does not hold the caller up: polls return at once, a later one brings the policy."""
    import time

    file = tmp_path / "p.yaml"
    file.write_text("id: small\n")
    holder = PolicyHolder(file)
    rules = "".join(f"  - {{id: r{i}, path: /a{i}/**, action: redact}}\n" for i in range(500))
    file.write_text(f"id: large\nrules:\n{rules}")
    assert holder.poll() is None
    assert holder.current.ref.id == "small"
    deadline = time.monotonic() + 60
    change = None
    while change is None and time.monotonic() < deadline:
        time.sleep(0.01)
        change = holder.poll()
    assert change is not None
    assert change.accepted
    assert len(holder.current.rules) == 500
    file.write_text(f"id: large\nrules:\n{rules}  - wrong\n")
    while (change := holder.poll()) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert change is not None
    assert not change.accepted
    assert len(holder.current.rules) == 500


def test_holder_follows_extended_files(tmp_path: Path) -> None:
    """A change of a file that the policy extends is a change of the policy."""
    (tmp_path / "base.yaml").write_text("default: redact\n")
    (tmp_path / "p.yaml").write_text("extends: base.yaml\n")
    holder = PolicyHolder(tmp_path / "p.yaml")
    (tmp_path / "base.yaml").write_text("default: hash   \n")
    change = holder.poll()
    assert change is not None
    assert change.accepted


def test_holder_takes_an_offered_policy() -> None:
    """A policy from the policy topic is taken if it is good, refused if not, ignored if it is the same."""
    holder = PolicyHolder()
    good = holder.offer(b"id: topic\ndefault: hash\n", "policy topic")
    assert good is not None
    assert good.accepted
    assert holder.offer(b"id: topic\ndefault: hash\n", "policy topic") is None
    bad = holder.offer(b"id: [", "policy topic")
    assert bad is not None
    assert not bad.accepted
    assert holder.current.ref.id == "topic"


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    """The published JSON Schema is valid, and knows the operators, the sections and the short forms."""
    schema = policy_schema()
    assert {"rules", "exports", "approvals", "detection", "tests"} <= set(schema["properties"])
    text = json.dumps(schema)
    for ref in {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}:
        assert ref in schema["$defs"], ref
    assert '"redact"' in text
    jsonschema = pytest.importorskip("jsonschema")
    for name in PROFILES:
        from ruamel.yaml import YAML

        tree = YAML(typ="safe", pure=True).load(load_policy(name).text.decode())
        jsonschema.validate(tree, schema)


def test_header_rules_do_not_leak_between_records() -> None:
    """A view is chosen by the headers of each record."""
    policy = compiled("rules: [{id: a, header: {x: '1'}, action: hash}]")
    assert policy.view("t", (("x", b"1"),)).rules
    assert not policy.view("t", (("x", b"2"),)).rules
    assert policy.view("t", (("x", b"1"),)) is policy.view("t", (("x", b"1"), ("y", b"z")))


@pytest.mark.parametrize(
    ("rule", "code"),
    [("path: order/id", "path-fits-nothing"), ("entity: EMAIL_ADRESS", "unknown-entity")],
)
def test_a_rule_that_can_never_fit_is_warned_about(tmp_path: Path, rule: str, code: str) -> None:
    """A path without its slash and a misspelt entity are said, with the nearest that would fit."""
    file = tmp_path / "policy.yaml"
    file.write_text(f"version: 1\nextends: [gdpr]\nrules:\n  - id: mine\n    {rule}\n    action: redact\n")
    found = [w for w in lint(load_policy(file)) if w.code == code]
    assert len(found) == 1
    assert "did you mean" in found[0].text
    assert "policy.yaml:" in found[0].where
