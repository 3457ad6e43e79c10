"""What is proven to be stricter than the policy in force, and what is not: the second is for two administrators."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from maskgate.approvals.rules import ApprovalPolicy, BreakGlass, Budget, Freeze, QuorumRule, RiskRule, SlotRule, Tier
from maskgate.policy import CompiledPolicy, compile_source
from maskgate.policy.source import parse
from maskgate.policy.stricter import looser

FROZEN = {"id": "night", "start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z", "verbs": ["export"]}
BASE: dict[str, Any] = {
    "id": "shop",
    "rules": [{"id": "mail", "entity": "EMAIL_ADDRESS", "action": "hash"}],
    "exports": {
        "destinations": {"default": {}, "lab": {"topic": "lab", "allow_raw": True, "tier": "two"}},
        "rules": [{"id": "all", "tier": "one"}],
    },
    "approvals": {
        "tiers": {
            "rule": {"auto_approve": True, "expires": "1h"},
            "one": {"quorum": {"all_of": [{"group": "reviewers"}]}, "expires": "1h"},
            "two": {"quorum": {"all_of": [{"group": "reviewers", "n": 2}]}, "expires": "2h", "sample": 0.1},
            "top": {
                "quorum": {"all_of": [{"group": "reviewers", "n": 2}, {"group": "privacy"}]},
                "expires": "2h",
                "sample": 0.1,
            },
        },
        "default_tier": "two",
        "risk": [{"id": "novel", "when": {"novel": True}, "tier": "two"}],
        "budgets": [{"per": "requester", "window": "1h", "records": 100, "tier": "two"}],
        "freeze": [FROZEN],
        "verbs": {"db.rollback": {"tier": "one", "permit_ttl": "5m"}},
        "break_glass": {"group": "leads", "review": {"all_of": [{"group": "reviewers"}]}},
        "enrolment_cooling": "24h",
    },
}
Edit = Callable[[dict[str, Any]], Any]


def compiled(tree: dict[str, Any]) -> CompiledPolicy:
    return compile_source(parse(json.dumps(tree).encode(), "p.yaml"))


def why(edit: Edit, base: dict[str, Any] = BASE) -> str:
    """What is looser after an edit of the policy."""
    tree = copy.deepcopy(base)
    edit(tree)
    assert json.dumps(tree) != json.dumps(base)
    return looser(compiled(base), compiled(tree))


def put(*path: Any) -> Edit:
    """Set the last but one to the last."""

    def edit(tree: Any) -> None:
        for part in path[:-2]:
            tree = tree[part]
        tree[path[-2]] = path[-1]

    return edit


def add(*path: Any) -> Edit:
    """Put the last one at the end of the list there."""

    def edit(tree: Any) -> None:
        for part in path[:-1]:
            tree = tree[part]
        tree.append(path[-1])

    return edit


def drop(*path: Any) -> Edit:
    """Take it out."""

    def edit(tree: Any) -> None:
        for part in path[:-1]:
            tree = tree[part]
        del tree[path[-1]]

    return edit


A = "approvals"
STRICTER: dict[str, Edit] = {
    "another name of it": put("revision", "two"),
    "a freeze of everything": add(
        A, "freeze", {"id": "f", "start": "2020-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z"}
    ),
    "a freeze that lasts longer": put(A, "freeze", 0, "end", "2027-01-01T00:00:00Z"),
    "a freeze of every verb": put(A, "freeze", 0, "verbs", []),
    "more people in a tier": put(A, "tiers", "top", "quorum", "all_of", 0, "n", 3),
    "another group as well": add(A, "tiers", "top", "quorum", "all_of", {"group": "security"}),
    "people where a rule decided": put(
        A, "tiers", "rule", {"quorum": {"all_of": [{"group": "reviewers", "n": 2}]}, "expires": "1h", "sample": 0.1}
    ),
    "a shorter deadline": put(A, "tiers", "one", "expires", "10m"),
    "a larger sample": put(A, "tiers", "top", "sample", 0.5),
    "the default raised": put(A, "default_tier", "top"),
    "a destination raised": put("exports", "destinations", "default", "tier", "top"),
    "an export rule raised": put("exports", "rules", 0, "tier", "top"),
    "originals forbidden": put("exports", "destinations", "lab", "allow_raw", False),
    "a risk rule": add(A, "risk", {"id": "mail", "when": {"entities": ["EMAIL_ADDRESS"]}, "tier": "top"}),
    "a risk rule raised": put(A, "risk", 0, "tier", "top"),
    "a verb raised": put(A, "verbs", "db.rollback", "tier", "top"),
    "a permit for less long": put(A, "verbs", "db.rollback", "permit_ttl", "1m"),
    "a lower budget": put(A, "budgets", 0, "records", 10),
    "a budget on bytes as well": put(A, "budgets", 0, "size", "1MiB"),
    "another budget": add(A, "budgets", {"per": "subject", "window": "1h", "records": 1, "tier": "top"}),
    "no breaking of the glass": drop(A, "break_glass"),
    "fewer open requests": put(A, "caps", {"open_per_requester": 2}),
    "a longer cooling time": put(A, "enrolment_cooling", "48h"),
}
LOOSER: dict[str, Edit] = {
    "another masking": put("rules", 0, "action", "keep"),
    "a rule less": drop("rules"),
    "another default": put("default", "keep"),
    "detection": put("detection", {"min_score": 0.99}),
    "a profile": put("extends", ["secrets-only"]),
    "keys kept": put("keys", {"mask": "keep"}),
    "tools allowed": put("tools", {"rules": [{"id": "t", "action": "allow"}]}),
    "another id": put("id", "other"),
    "a freeze lifted": put(A, "freeze", []),
    "a freeze shortened": put(A, "freeze", 0, "end", "2026-01-02T00:00:00Z"),
    "a freeze of fewer destinations": put(A, "freeze", 0, "destinations", ["lab"]),
    "fewer people": put(A, "tiers", "two", "quorum", "all_of", 0, "n", 1),
    "other people": put(A, "tiers", "top", "quorum", "all_of", 1, "group", "friends"),
    "more denials needed": put(A, "tiers", "two", "quorum", "deny_n", 2),
    "approved by rule": put(A, "tiers", "one", "auto_approve", True),
    "a longer deadline": put(A, "tiers", "one", "expires", "30h"),
    "a longer way to the release": put(A, "tiers", "one", "release_ttl", "30h"),
    "session votes of a tier": put(A, "tiers", "two", "session_votes", True),
    "session votes": put(A, "session_votes", True),
    "a smaller sample": put(A, "tiers", "top", "sample", 0.0),
    "a sample of friends": put(A, "tiers", "top", "sample_group", "friends"),
    "tiers in another order": lambda tree: tree[A].update(tiers=dict(sorted(tree[A]["tiers"].items()))),
    "a tier more": put(A, "tiers", "zero", {"auto_approve": True, "quorum": {"all_of": [{"group": "friends"}]}}),
    "the default lowered": put(A, "default_tier", "one"),
    "a destination lowered": put("exports", "destinations", "lab", "tier", "one"),
    "an export rule lowered": put("exports", "rules", 0, "tier", "rule"),
    "a destination stated below the default": put("exports", "destinations", "default", "tier", "one"),
    "originals": put("exports", "destinations", "default", "allow_raw", True),
    "another topic": put("exports", "destinations", "lab", "topic", "elsewhere"),
    "another destination": put("exports", "destinations", "friend", {"topic": "friend"}),
    "another export rule": add("exports", "rules", {"id": "mine", "tier": "top"}),
    "a condition of an export rule": put("exports", "rules", 0, "when", {"topic": "orders"}),
    "a writer": put("exports", "principals", {"orders": {"iss": "acl", "sub": "me"}}),
    "no header": put("exports", "by_header", False),
    "a risk rule less": put(A, "risk", []),
    "a risk rule on less": put(A, "risk", 0, "when", {"novel": True, "min_records": 9}),
    "a budget less": put(A, "budgets", []),
    "a higher budget": put(A, "budgets", 0, "records", 101),
    "a budget without its limit": put(
        A, "budgets", 0, {"per": "requester", "window": "1h", "entities": 1, "tier": "two"}
    ),
    "a budget that leads to less": put(A, "budgets", 0, "tier", "one"),
    "a verb less": drop(A, "verbs"),
    "a verb more": put(A, "verbs", "unmask", {"tier": "one"}),
    "a verb lowered": put(A, "verbs", "db.rollback", "tier", "rule"),
    "a permit for longer": put(A, "verbs", "db.rollback", "permit_ttl", "1h"),
    "others break the glass": put(A, "break_glass", "group", "friends"),
    "smaller requests": put(A, "caps", {"items_per_request": 1}),
    "a shorter cooling time": put(A, "enrolment_cooling", "0s"),
}


@pytest.mark.parametrize("name", STRICTER)
def test_what_only_takes_away_is_proven_stricter(name: str) -> None:
    """Each of these one administrator may publish alone; the way back is for two."""
    assert why(STRICTER[name]) == ""
    if name not in ("another name of it", "no breaking of the glass"):
        tree = copy.deepcopy(BASE)
        STRICTER[name](tree)
        assert looser(compiled(tree), compiled(BASE))


@pytest.mark.parametrize("name", LOOSER)
def test_everything_else_is_not(name: str) -> None:
    """What lowers, lifts, or cannot be compared."""
    assert why(LOOSER[name])


def test_a_higher_tier_proves_nothing_where_it_asks_for_other_people() -> None:
    """The order of tiers is what the policy says; that a higher one asks for more has to be so."""
    base = copy.deepcopy(BASE)
    base[A]["tiers"]["top"]["quorum"]["all_of"] = [{"group": "privacy"}]
    assert "tier top does not ask for all that two does" in why(put(A, "default_tier", "top"), base)


def test_a_tier_that_asked_nobody_leaves_strangers_to_the_next_one() -> None:
    """A tier that a rule approves, given one reviewer, would be less than strangers needed: those of the next tier."""
    base = copy.deepcopy(BASE)
    del base[A]["tiers"]["one"]
    base["exports"]["rules"][0]["tier"] = base[A]["verbs"]["db.rollback"]["tier"] = "two"
    fewer = {"quorum": {"all_of": [{"group": "reviewers"}]}, "expires": "1h"}
    assert "who is not vouched for" in why(put(A, "tiers", "rule", fewer), base)


def test_a_quorum_is_compared_as_a_whole() -> None:
    """What a quorum is made of is what its frozen form holds, which is what is compared."""
    assert set(QuorumRule.model_fields) == {"all_of", "deny_n"}
    assert set(SlotRule.model_fields) == {"group", "n"}


@pytest.mark.parametrize("model", [ApprovalPolicy, Tier, RiskRule, Budget, Freeze, BreakGlass])
def test_a_setting_that_a_later_version_adds_counts_as_looser(
    model: type[BaseModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is compared that this version does not know: whatever else differs needs two."""
    found, marks = model.model_dump, iter(range(10_000))

    def dump(self: BaseModel, **how: Any) -> dict[str, Any]:
        return found(self, **how) | {"of_a_later_version": next(marks)}

    monkeypatch.setattr(model, "model_dump", dump)
    monkeypatch.setattr(model, "model_dump_json", lambda self, **how: json.dumps(dump(self, **how), default=str))
    if model is BreakGlass:
        monkeypatch.setattr(model, "__eq__", lambda *_: False)
    assert why(put("revision", "two"))
