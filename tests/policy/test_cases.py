"""The tests that a policy carries: a failure says where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from maskgate.base.errors import ConfigurationError, PolicyError
from maskgate.cli import cli
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.policy import load_policy
from maskgate.policy.model import Case
from maskgate.policy_tests.cases import run_case
from maskgate_detectors import Engine, EngineConfig

EVENT = {"a": {"mail": "ann@acme-corp.com"}, "n": 1, "list": [1, 2], "t": "to ann@acme-corp.com and 10.1.2.3"}
MASKED = {"a": {"mail": "<EMAIL_ADDRESS>"}, "n": 1, "list": [1, 2], "t": "to <EMAIL_ADDRESS> and 10.1.2.3"}


@pytest.fixture(scope="module")
def masker() -> Masker:
    """The policy that is there without a file, rules only."""
    return Masker(
        load_policy(None), Keyring.fresh(), Engine(EngineConfig(model="none", disabled=frozenset({"IP_ADDRESS"})))
    )


@pytest.mark.parametrize(
    ("stated", "reasons"),
    [
        ({"masked": MASKED}, []),
        ({"masked": MASKED | {"n": 1.0}}, []),
        (
            {"masked": {"a": {"mail": "x", "more~/": 1}, "list": [1], "t": MASKED["t"]}},
            [
                '/a/mail is "<EMAIL_ADDRESS>", not "x"', "/a/more~0~1 is not there", "/list is [1, 2], not [1]",
                "/n is 1, and is not expected",
            ],
        ),
        ({"masked": []}, [f"the event is {str(MASKED).replace(chr(39), chr(34))}, not []"]),
        ({"paths": {"/n": 2, "/x": 1}}, ["/n is 1, not 2", "/x is not there"]),
        (
            {"absent": ["ann@", "10.1.2.3", "list"]},
            ["text 2 of absent stands in /t", "text 3 of absent stands in a key or the spelling of the event"],
        ),
        ({"operators": {"/t": "hash", "/n": "hash", "/a/mail": "replace"}},
         ["/t was masked by replace, not hash", "/n was masked by nothing, not hash"]),
        ({"outcome": "held"}, ["outcome is masked, not held"]),
        ({"key": "k plain", "absent": ["k "]}, ["text 1 of absent stands in #key"]),
    ],
    ids=["equal", "equal number", "several", "the whole", "paths", "absent", "operators", "outcome", "record key"],
)  # fmt: skip
def test_a_failed_case_says_where(masker: Masker, stated: dict[str, Any], reasons: list[str]) -> None:
    """Each difference with its path, what is there and what should be."""
    case = Case.model_validate({"name": "x", "event": EVENT} | stated)
    assert list(run_case(case, masker).reasons) == reasons


def test_many_differences_are_cut(masker: Masker) -> None:
    """Twelve are enough."""
    case = Case.model_validate({"name": "x", "event": {"l": [*range(40)]}, "masked": {"l": [-1] * 40}})
    reasons = run_case(case, masker).reasons
    assert (len(reasons), reasons[0], reasons[-1]) == (13, "/l/0 is 0, not -1", "… and more")


def test_explain_takes_one_event_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of many events needs a line; one event over many lines does not."""
    monkeypatch.chdir(tmp_path)
    Path("two").write_text('{"a": 1}\n{"mail": "ann@acme-corp.com"}\n')
    Path("one").write_text('{\n  "mail": "ann@acme-corp.com"\n}\n')

    def explain(*args: str) -> str:
        cli.main(["policy", "explain", *args, "--model", "none"], standalone_mode=False)
        return capsys.readouterr().out

    with pytest.raises(ConfigurationError, match=r"two: holds 2 events; name one with --line N"):
        explain("-e", "two")
    with pytest.raises(ConfigurationError, match=r"two: has 2 lines with an event, not 3"):
        explain("-e", "two", "--line", "3")
    assert "/mail: EMAIL_ADDRESS by email" in explain("-e", "two", "--line", "2")
    assert "/mail: EMAIL_ADDRESS by email" in explain("-e", "one")


def test_an_unknown_policy_names_the_profiles(tmp_path: Path) -> None:
    """A slip in the name of a profile says what there is."""
    with pytest.raises(
        PolicyError, match=r"gpdr: no such file, folder or profile; did you mean 'gdpr'\? profiles: gdpr, pci, "
    ):
        load_policy("gpdr")
    with pytest.raises(PolicyError, match="no such file, folder or profile; profiles: "):
        load_policy("nope")
    with pytest.raises(PolicyError, match="cannot be read: No such file"):
        load_policy(tmp_path / "nope.yaml")
