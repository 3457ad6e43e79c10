"""The gate and a rotation of the item key: what was held before can still leave."""

from __future__ import annotations

from typing import Any

from maskgate.approvals.model import ItemState
from maskgate.crypto.keyring import Keyring


def rotated(world: Any, *, retire: bool = False) -> None:
    """The keyring's file after a rotation of the item key."""
    ring = Keyring.load(world.settings.pipeline.state_dir)
    old = ring.key("item").id
    ring.rotate("item")
    if retire:
        ring.retire(old)
    ring.save()


def test_what_was_held_under_an_old_item_key_still_leaves(world: Any) -> None:
    """A running gate reads the new keys and recomputes each item under the key that it was held with."""
    before = world.hold(tier="single")
    rotated(world)
    after = world.hold(tier="single")
    for request in (before, after):
        world.vote(request, "anna")
        world.vote(request, "ben")
        assert world.of(request).state is ItemState.RELEASED
    assert len(world.released()) == 2


def test_a_retired_item_key_holds_back_what_it_held(world: Any) -> None:
    """Retired means retired: what only that key proves is not released."""
    request = world.hold(tier="single")
    rotated(world, retire=True)
    world.vote(request, "anna")
    world.vote(request, "ben")
    assert world.released() == []
