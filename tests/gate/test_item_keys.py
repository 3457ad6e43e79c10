"""The keys of what is held: a rotation of the item key, and a pipeline key for each worker host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fake_office as office

from maskgate.approvals.messages import receipts
from maskgate.approvals.model import ItemState
from maskgate.crypto.keyring import Keyring
from maskgate.kafka import topics
from maskgate.people import changes


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


def change(world: Any, kind: str, body: dict[str, Any], *names: str) -> None:
    """A signed change of the registry, as the gate reads it."""
    signers = [office.key(name) for name in names]
    world.broker.append(topics.PEOPLE, changes.build_change(kind, body, signers=signers, now_ms=world.broker.now))
    world.run()


def test_each_worker_host_has_a_pipeline_key_and_one_can_be_revoked(world: Any) -> None:
    """Items of every enrolled key are taken, without a restart; after a revocation only those of the other keys."""
    world.hold(run=False, tier="single", signer=office.key("host-b"))
    world.run()
    assert world.opened() == []
    body = {"name": "host-b", "role": "pipeline", "public": office.key("host-b").public.hex()}
    change(world, "service", body, "admin", "host-b")
    ours, theirs = world.hold(tier="single"), world.hold(tier="single", signer=office.key("host-b"))
    assert len(world.opened()) == 2
    change(world, "revoke_key", {"key_id": office.key("host-b").key_id}, "admin")
    world.hold(run=False, tier="single", signer=office.key("host-b"))
    world.run()
    assert len(world.opened()) == 2
    for request in (ours, theirs):
        world.vote(request, "anna")
        world.vote(request, "ben")
    assert world.of(ours).state is ItemState.RELEASED
    assert world.of(theirs).state is not ItemState.RELEASED
    assert len(world.released()) == 1


def test_a_released_record_is_as_the_page_says(world: Any) -> None:
    """Its key names request and item; its own key and the request's id stand in headers; wishes do not leave."""
    headers = (("trace", b"t-1"), ("maskgate.export", b"default"), ("maskgate.signed", b"s"))
    request = world.hold(tier="standard", key=b"order-7", headers=headers)
    world.vote(request, "anna")
    (out,) = world.released()
    assert out.key == f"{request.request_id}/{request.items[0].item_id}".encode()
    told = [("trace", b"t-1"), ("maskgate.key", b"order-7"), ("maskgate.request", request.request_id.encode())]
    assert list(out.headers)[:-1] == told
    assert out.headers[-1][0] == receipts.HEADER
    page = (Path(__file__).parents[2] / "docs" / "approvals.md").read_text()
    assert all(f"`{name}`" in page for name, _ in told[1:])
