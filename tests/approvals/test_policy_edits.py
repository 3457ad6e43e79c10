"""Random policy edits: nothing leaves that the policy in force, asked afresh, would hold on the votes at hand."""

from __future__ import annotations

import pytest

from fakes.policy_edits import live
from maskgate.approvals.decisions import fresh, risk

SABOTAGE = {
    "nothing is judged again": (fresh, "stricter", lambda *_: False),
    "budgets are not": (risk, "spent_before", lambda *_: {}),
    "the exports are not": (fresh, "_asked", lambda _, request: request.asked or ""),
}


def test_nothing_leaves_that_the_policy_in_force_would_hold() -> None:
    """Over random lives with edits, every release is one that the last policy would have made from the start."""
    released = superseded = 0
    for seed in range(150):
        out, again, problems = live(seed)
        assert not problems
        released, superseded = released + out, superseded + again
    assert released > 40
    assert superseded > 20


@pytest.mark.slow
@pytest.mark.parametrize("name", SABOTAGE)
def test_the_random_edits_notice_what_is_not_judged_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one judgement taken out the same random lives find a release that should not be: the test can fail."""
    owner, attribute, value = SABOTAGE[name]
    monkeypatch.setattr(owner, attribute, value)
    assert any(live(seed)[2] for seed in range(400))
