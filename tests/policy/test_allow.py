"""`maskgate policy allow`: from a finding's id to a change of the policy with a test that needs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maskgate.base.errors import ConfigurationError
from maskgate.cli import cli
from maskgate.policy import load_policy

EVENTS = [
    {
        "id": 1,
        "note": "Call 4111 1111 1111 1111 or ann.archer@acme-corp.com",
        "items": [{"no": 7}, {"code": "4111 1111 1111 1111"}],
    },
    {"person": {"name": "Grace Hopper"}, "mail": "info@acme-corp.com"},
    {"iban": "GB82 WEST 1234 5698 7654 32", "card": 4111111111111111, "Grace.Hopper@acme-corp.com": 1},
]
SHAPES = [  # a text, a number, a key
    ("/person/name", "value", "PERSON"),
    ("/card", "value", "CREDIT_CARD"),
    ("/Grace.Hopper@acme-corp.com", "key", "EMAIL_ADDRESS"),
]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").write_text("".join(json.dumps(event) + "\n" for event in EVENTS))


def out(capfd: pytest.CaptureFixture[str], *args: str, codes: tuple[Any, ...] = (0, None)) -> str:
    """What a command prints on stdout."""
    capfd.readouterr()
    assert cli.main([*args, "--model", "none"], standalone_mode=False) in codes
    return capfd.readouterr().out


def ids(capfd: pytest.CaptureFixture[str], *more: str) -> dict[tuple[str, str, str], str]:
    """The ids of the findings, by path, where and kind."""
    text = out(capfd, "scan", "in", "--explain", "--json", "-q", *more)
    return {
        (place["path"], place["in"], found["entity"]): found["id"]
        for line in text.splitlines()
        for place in json.loads(line)["places"]
        for found in place["findings"]
    }


def test_every_finding_becomes_an_entry_and_a_test_that_needs_it(capfd: pytest.CaptureFixture[str]) -> None:
    """The value passes afterwards at its place, its test passes, and fails when the entry is taken out."""
    found = ids(capfd)
    for path, where, entity in SHAPES:
        name = found[path, where, entity]
        out(capfd, "policy", "allow", name, "in", "-o", "p.yaml")
        policy = load_policy("p.yaml").policy
        assert policy.detection.allow[0].entities == (entity,)
        assert len(policy.tests) == 1
        assert out(capfd, "policy", "test", "p.yaml").endswith("1 passed, 0 failed\n")
        assert (path, where, entity) not in ids(capfd, "-p", "p.yaml")
        text = Path("p.yaml").read_text()
        Path("p.yaml").write_text(text.replace(f"entities: [{entity}]", "entities: [NO_SUCH_KIND]"))
        assert "0 passed, 1 failed" in out(capfd, "policy", "test", "p.yaml", codes=(1,))
        Path("p.yaml").unlink()


def test_the_test_holds_nothing_else_of_the_event(capfd: pytest.CaptureFixture[str]) -> None:
    """Of a text with more in it only the value, or what stays readable, gets into the policy."""
    text = out(capfd, "policy", "allow", ids(capfd)["/note", "value", "CREDIT_CARD"], "in")
    assert "4111 1111 1111 1111" in text
    assert "archer" not in text


def test_it_passes_at_its_place_only_unless_anywhere_is_asked(capfd: pytest.CaptureFixture[str]) -> None:
    """A place in a list stands for every place in it."""
    name = ids(capfd)["/items/1/code", "value", "CREDIT_CARD"]
    assert "paths: [/items/*/code]" in out(capfd, "policy", "allow", name, "in")
    assert "paths: [/items" not in out(capfd, "policy", "allow", name, "in", "--anywhere").split("tests:")[0]


def test_without_output_nothing_is_written_and_a_file_keeps_its_remarks(capfd: pytest.CaptureFixture[str]) -> None:
    """A diff of the policy in force; written, it has the remarks that it had."""
    mine = "version: 1\n# ours\ndetection:\n  allow: [info@acme.com]  # the desk\n"
    Path("mine.yaml").write_text(mine)
    name = ids(capfd)["/person/name", "value", "PERSON"]
    assert "+  allow: [{values: [Grace Hopper]" in out(capfd, "policy", "allow", name, "in", "-p", "mine.yaml")
    assert Path("mine.yaml").read_text() == mine
    out(capfd, "policy", "allow", name, "in", "-p", "mine.yaml", "-o", "mine.yaml")
    changed = Path("mine.yaml").read_text()
    assert "# ours" in changed
    assert "# the desk" in changed
    assert load_policy("mine.yaml").policy.detection.allow[1].values == ("info@acme.com",)


def test_a_folder_gets_a_file_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    """The test runs under the whole folder."""
    Path("policy").mkdir()
    Path("policy/a.yaml").write_text("version: 1\nrules: [{id: cards, entity: CREDIT_CARD, action: hash}]\n")
    name = ids(capfd)["/items/1/code", "value", "CREDIT_CARD"]
    text = out(capfd, "policy", "allow", name, "in", "-p", "policy", "-o", "policy/allowed.yaml")
    assert "+++ policy/allowed.yaml" in text
    assert out(capfd, "policy", "test", "policy").endswith("1 passed, 0 failed\n")
    assert load_policy("policy").rules[0].id == "cards"


def test_an_id_of_another_file_or_policy_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    """It says where ids come from."""
    with pytest.raises(ConfigurationError, match="scan --explain"):
        out(capfd, "policy", "allow", "00000000-000000", "in")


def test_a_value_that_a_rule_masks_in_any_case_has_no_test(capfd: pytest.CaptureFixture[str]) -> None:
    """The entry is proposed all the same, and it is said that it changes nothing there."""
    Path("p.yaml").write_text("rules: [{id: all, path: /mail, always: true, action: redact}]\n")
    name = ids(capfd, "-p", "p.yaml")["/mail", "value", "EMAIL_ADDRESS"]
    capfd.readouterr()
    assert cli.main(["policy", "allow", name, "in", "-p", "p.yaml", "--model", "none"], standalone_mode=False) == 0
    said = capfd.readouterr()
    assert "tests:" not in said.out
    assert "no test was made" in said.err
