"""The approval machine under random life: whatever the order, the rules hold."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fakes import random_office
from fakes.fake_office import POLICY, moves
from fakes.random_office import LIVES, Broken, RandomOffice
from maskgate.approvals import events, machine
from maskgate.approvals import reducer as folding
from maskgate.approvals.decisions import cooling, fresh, judging, quorum, releasing, retracting, risk
from maskgate.approvals.model import ItemState
from maskgate.approvals.snapshot import SIDE
from maskgate.approvals.store import PackedStore
from maskgate.audit import replay
from maskgate.people.registry import People
from maskgate.policy import published


class Life(RuleBasedStateMachine):
    """Hypothesis chooses what happens and in which order; RandomOffice judges every event."""

    def __init__(self) -> None:
        super().__init__()
        self.office = RandomOffice()

    def _with(self, rng: random.Random) -> RandomOffice:
        self.office.rng = rng
        return self.office

    @rule(rng=st.randoms(use_true_random=False))
    def open_export(self, rng: random.Random) -> None:
        self._with(rng)._do_open()

    @rule(rng=st.randoms(use_true_random=False))
    def ask_for_action(self, rng: random.Random) -> None:
        self._with(rng)._do_action()

    @rule(rng=st.randoms(use_true_random=False))
    def vote(self, rng: random.Random) -> None:
        self._with(rng)._do_vote()

    @rule(rng=st.randoms(use_true_random=False))
    def replay_a_vote(self, rng: random.Random) -> None:
        self._with(rng)._do_replay()

    @rule(rng=st.randoms(use_true_random=False))
    def vote_in_bulk(self, rng: random.Random) -> None:
        self._with(rng)._do_bulk()

    @rule(rng=st.randoms(use_true_random=False))
    def lend_a_vote(self, rng: random.Random) -> None:
        self._with(rng)._do_lend()

    @rule(rng=st.randoms(use_true_random=False))
    def release(self, rng: random.Random) -> None:
        self._with(rng)._do_release()

    @rule(rng=st.randoms(use_true_random=False))
    def act(self, rng: random.Random) -> None:
        self._with(rng)._do_act()

    @rule(rng=st.randoms(use_true_random=False))
    def take_a_vote_back(self, rng: random.Random) -> None:
        self._with(rng)._do_retract()

    @rule(rng=st.randoms(use_true_random=False))
    def break_glass(self, rng: random.Random) -> None:
        self._with(rng)._do_glass()

    @rule(rng=st.randoms(use_true_random=False), minutes=st.sampled_from((0, 1, 20, 70, 150)))
    def time_passes(self, rng: random.Random, minutes: int) -> None:
        office = self._with(rng)
        office.now += minutes * 60_000
        office.tick()

    @rule(rng=st.randoms(use_true_random=False))
    def redeem(self, rng: random.Random) -> None:
        self._with(rng)._do_redeem()

    @rule(rng=st.randoms(use_true_random=False))
    def change_policy(self, rng: random.Random) -> None:
        self._with(rng)._do_policy()

    @rule(rng=st.randoms(use_true_random=False))
    def change_people(self, rng: random.Random) -> None:
        self._with(rng)._do_people()

    @rule(rng=st.randoms(use_true_random=False))
    def delete_at_source(self, rng: random.Random) -> None:
        self._with(rng)._do_deleted()

    @invariant()
    def open_requests_are_counted(self) -> None:
        office = self.office
        waiting = sum(folding.is_open(office.of(r)) and not r.auto for r in office.requests)
        assert office.state.open_count.total() == waiting

    def teardown(self) -> None:
        """The log alone gives the same state, an auditor finds nothing, and a snapshot is the state."""
        office = self.office
        replayed = office.replayed()
        assert all(replayed.requests[r.request_id] == office.of(r) for r in office.requests)
        findings = replay.audit([events.encode(e) for e in office.log])
        assert findings.good, findings.problems
        restored = machine.restore(machine.split(b"".join(machine.snapshot(office.state))))
        for name in SIDE:
            assert getattr(restored, name) == getattr(replayed, name) == getattr(office.state, name), name


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
def test_twenty_thousand_random_commands_hold_the_rules() -> None:
    """20,000 random commands in sequences of 25 to 400 break no rule."""
    done = 0
    for seed, length in enumerate([25] * 200 + [150] * 60 + [400] * 15):
        done += random_office.run(seed, length).commands
    assert done >= 20_000


def _never_denied(*args: Any) -> quorum.Standing:
    return replace(_STANDING(*args), denied=False)


def _all_stand(cast_before: Any, *, covered: bool = False) -> Any:
    return tuple(vote for vote in cast_before if vote.decision != "retract")


_STANDING = judging.standing_of
SABOTAGE = {
    "quorum is not asked": (quorum, "standing", lambda *_: quorum.Standing(True, False, (), ())),
    "authority is not asked again": (releasing, "no_longer", lambda *_: ""),
    "deadlines are not looked at": (releasing, "_is_late", lambda *_: False),
    "a denial does not count": (judging, "standing_of", _never_denied),
    "a permit is spent twice": (releasing, "_is_spent", lambda *_: False),
    "the policy in force is not asked": (fresh, "stricter", lambda *_: False),
    "budgets are not asked": (risk, "over_budget", lambda *_: ("", "")),
    "the new quorum is not compared": (risk, "is_stricter", lambda *_: False),
    "who made whom is not asked": (cooling, "made_by", lambda *_: ()),
    "a vote that was taken back counts": (judging, "standing_votes", _all_stand),
    "an older vote counts after a retraction": (retracting, "refuse_older", lambda *_: None),
    "a denial can be taken back": (retracting, "_last_on", lambda *_: "approve"),
    "one administrator is enough": (People, "admins_needed", 1),
    "every policy passes for stricter": (published, "looser", lambda *_: ""),
    "who asks may vote": (quorum, "is_excluded", lambda *_: False),
}


@pytest.mark.parametrize("name", SABOTAGE)
def test_the_random_test_notices_sabotage(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one rule taken out of the machine the same random life breaks a rule: the test can fail."""
    owner, attribute, value = SABOTAGE[name]
    monkeypatch.setattr(owner, attribute, value)
    broken = 0
    for seed in range(60):
        try:
            random_office.run(seed, 150)
        except (Broken, ValueError):
            broken += 1
            break
    assert broken


MAIL = {"risk": [{"id": "mail", "when": {"entities": ["EMAIL_ADDRESS"]}, "tier": "high"}]}
THREE = {
    "tiers": LIVES["tiers"]
    | {"standard": LIVES["tiers"]["standard"] | {"quorum": {"all_of": [{"group": "reviewers", "n": 3}]}}}
}
STRICTER = {
    "a tier that a rule raised": (MAIL, "standard", ("anna", "ben"), THREE),
    "what a rule approved": ({}, "auto", (), MAIL),
    "a quorum of the same tier": ({}, "standard", ("dan",), THREE),
}


def _after_a_policy_edit(before: dict[str, Any], tier: str, voters: tuple[str, ...], edit: dict[str, Any]) -> Any:
    office = RandomOffice(0, {})
    office.give_policy(POLICY | LIVES | before)
    office._keep(office.try_open(tier=tier))
    request = office.requests[-1]
    for person in voters:
        office.vote(request, person)
    office.give_policy(POLICY | LIVES | edit)
    return moves(office.release(request))


@pytest.mark.parametrize("name", STRICTER)
def test_the_random_test_notices_what_leaves_under_a_stricter_policy(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever tier it had: the machine asks again, and the check breaks where it does not."""
    assert ItemState.RELEASED not in _after_a_policy_edit(*STRICTER[name])
    monkeypatch.setattr(fresh, "stricter", lambda *_: False)
    with pytest.raises(Broken, match="less than the policy in force"):
        _after_a_policy_edit(*STRICTER[name])


def test_a_higher_tier_asks_its_own_groups_and_not_those_below_it() -> None:
    """The quorum of the tier that a rule raised is enough, though the tier that was proposed asks more reviewers."""
    assert ItemState.RELEASED in _after_a_policy_edit(MAIL | THREE, "standard", ("anna", "ben"), MAIL | THREE)


def test_packed_store_is_a_mapping() -> None:
    """A packed store gives back what was put in, by id, and forgets what is deleted."""
    office = RandomOffice()
    request = office.open()
    store = PackedStore()
    first = store[request.request_id] = office.of(request)
    store["x" * 16] = office.of(request)
    for _ in range(600):
        store[office.open().request_id] = office.of(request)
    assert store[request.request_id] == first
    assert set(store) >= {request.request_id, "x" * 16}
    del store["x" * 16]
    assert "x" * 16 not in store
    assert len(store) == 601
