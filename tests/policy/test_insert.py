"""An item goes into a list of a policy file, and the rest of the file stays as people wrote it."""

from __future__ import annotations

import pytest

from maskgate.base.errors import PolicyError
from maskgate.policy.insert import flow, with_item
from maskgate.policy.source import tree_of

ITEM = {"values": ["Ann: # x", "no", "2020-01-01", "é\u2028\U0001f600", "1e3"], "paths": ["/a/*"]}
AT = ("detection", "allow")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("", []),
        ("# only a remark", []),
        ("version: 1\nid: x", []),
        ("detection:\n    # remark\n    model: none\n\nrules: []\n", []),
        ("detection: {model: none} # why\n", []),
        ("detection: {}\n", []),
        ("detection: {allow: []}\n", []),
        ("detection:\n  allow: [a, 'b: c']   # ours\n", [{"values": ["a", "b: c"]}]),
        ('detection:\n  allow:\n  - a\n  - "b" # two\nid: x\n', [{"values": ["a", "b"]}]),
        (
            "detection:\n  allow:\n    # first\n    - {values: [a]}\n    - values:\n        - b\n",
            [{"values": ["a"]}, {"values": ["b"]}],
        ),
        ("detection:\n  allow: [{values: [a]}]\n", [{"values": ["a"]}]),
    ],
)
def test_an_item_is_the_first_of_its_list(text: str, rest: list[object]) -> None:
    """Whatever the list looks like, it holds the item and what it held; every remark stays."""
    changed = with_item(text, AT, ITEM, "p.yaml")
    tree = tree_of(changed.encode(), "p.yaml")
    assert tree["detection"].pop("allow") == [ITEM, *rest]
    before = tree_of(text.encode(), "p.yaml")
    before.setdefault("detection", {}).pop("allow", None)
    assert tree == before
    for line in text.splitlines():
        remark = line.partition("#")[2]
        assert remark == " two" or remark in changed


@pytest.mark.parametrize(
    "text", ["detection:\n", "detection:\n  allow:\n", "detection: [1]\n", "detection: &d {allow: *d}\n"]
)
def test_what_cannot_be_extended_is_said_with_what_to_add(text: str) -> None:
    """No file is guessed at: the error holds the item."""
    with pytest.raises(PolicyError) as caught:
        with_item(text, AT, {"values": ["x"]}, "p.yaml")
    assert str(caught.value).startswith("p.yaml")


def test_a_value_is_written_in_one_line() -> None:
    """Long values are not folded."""
    assert flow({"values": ["x" * 5000]}) == "{values: [" + "x" * 5000 + "]}"
