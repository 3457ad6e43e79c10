"""The gate as a process: keys, policy, people, the broker, and the loop until SIGTERM."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError
from maskgate.base.log import say
from maskgate.base.meters import Meters
from maskgate.crypto import webauthn
from maskgate.crypto.kept import Kept
from maskgate.crypto.keyring import Keyring
from maskgate.gate import meter
from maskgate.gate.audit import Checkpoints
from maskgate.gate.keys import load_keys, snapshot_key
from maskgate.gate.loop import ROLE, Gate
from maskgate.gate.port import Heart, KafkaPort, Port, StandingBy
from maskgate.gate.store import EntryStore
from maskgate.kafka import admin, topics
from maskgate.kafka.policy_feed import Follower, follow
from maskgate.people import file as people_file
from maskgate.people import kept as people_kept
from maskgate.policy import PolicyHolder
from maskgate.policy.published import Admins
from maskgate.worker.meter import policy_shown

_POLICY_S = 0.5


def check_topics(settings: Settings) -> None:
    """Refuse to start where a control topic is not as the guarantees need it.

    Raises:
        ConfigurationError: with one line per difference and what to do.
    """
    problems = admin.check_topics(settings.kafka, topics.control_specs())
    if problems:
        raise ConfigurationError("the control topics differ from what the guarantees need:\n" + "\n".join(problems))


def main(settings: Settings) -> None:
    """Run the gate until SIGTERM."""
    check_topics(settings)
    state_dir: Path = settings.pipeline.state_dir
    keyring = Keyring.load(state_dir)
    people = people_document(settings, Kept.of(state_dir, "gate-people", keyring))
    holder = PolicyHolder(settings.policy, Kept.of(state_dir, "gate-policy", keyring))
    if holder.fallback:
        say(ROLE, "policy_refused", level="error", kept=holder.current.ref.version, message=holder.fallback)
    gate: list[Gate] = []
    follower = follow(holder, settings.kafka, lambda: _admins(gate[0] if gate else None, people), ROLE)
    keys = load_keys(settings)
    place = ":memory:" if settings.kafka.embedded else state_dir / "gate" / "requests.sqlite"  # its log dies with it
    store = EntryStore(place, snapshot_key(keys.signer))
    checkpoints = None
    if not settings.kafka.embedded:
        checkpoints = Checkpoints(keys.signer, state_dir / "audit" / "checkpoints.ndjson", settings.lineage.dir)
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    heart = Heart(120.0)

    def restore(port: Port) -> None:
        gate[0].restore(port)

    port = KafkaPort(settings, restore)
    gate.append(
        Gate(
            port,
            keys,
            store,
            policy=holder.current,
            people=people,
            checkpoints=checkpoints,
            witnesses=settings.audit.witnesses,
            tick_s=settings.gate.tick,
            snapshot_every=settings.gate.snapshot_every,
            group_window_ms=int(settings.gate.group_window * 1000),
            party=webauthn.RelyingParty(settings.console.rp_id, settings.console.origins),
            clean=reason_check(settings),
        )
    )
    say(ROLE, "started", exactly_once=port.exactly_once)
    meters = Meters(state_dir, ROLE)
    meters.ready = True
    gate[0].counted = lambda events: meter.counted(meters, events)
    look_again, followed = 0.0, False
    while not stopping:
        heart.beat()
        if not port.active:
            port.stand_by(0.2)
            _show(meters, None, holder)
            continue
        if not followed:  # what was published before counts for the first step, judged by the registry of the log
            followed = _follow(gate[0], holder, follower)
        gate[0].doubt = doubt_of(gate[0], holder, follower)
        try:
            events = gate[0].step()
        except StandingBy:
            say(ROLE, "standing_by")
            store.forget()  # it holds no lock on a file that the other gate may use
            continue
        if events == 0 and time.monotonic() > look_again:
            look_again = time.monotonic() + _POLICY_S
            _follow(gate[0], holder, follower)
        _show(meters, gate[0], holder)
    if port.active:
        gate[0].snapshot()
    port.close()
    store.close()
    say(ROLE, "stopped")


def _show(meters: Meters, gate: Gate | None, holder: PolicyHolder) -> None:
    """Let the monitor know, once a second; ``gate`` None: another one is active."""
    if not meters.due():
        return
    doubt = gate.doubt if gate else ""
    fallback = "the policy file cannot be used: the last good policy is in force" if holder.fallback else ""
    standing_by = "" if gate else "standing by: another gate is active"
    meters.ready = not doubt
    meters.notes = [note for note in (doubt and f"nothing is released: {doubt}", fallback, standing_by) if note]
    if gate is None:
        meters.flush()
    else:
        policy_shown(meters, holder.current, holder.fallback)
        meter.show(meters, gate.truth.state, gate.now())


def doubt_of(gate: Gate, holder: PolicyHolder, follower: Follower) -> str:
    """Why nothing may be released now: the policy may be an older one than the log's last."""
    in_force = gate.truth.state.policy_ref.digest
    return follower.doubt if in_force != holder.current.ref.digest else ""


def _admins(gate: Gate | None, people: bytes | None) -> Admins:
    """Who may publish a policy: the administrators of the registry, or of the people file while there is none."""
    if gate is not None and gate.truth.state.people.version:
        return Admins.of(gate.truth.state.people)
    return Admins.of(people_file.parse(people)) if people else Admins()


def people_document(settings: Settings, kept: Kept) -> bytes | None:
    """The people file with the public keys of this host's own services; the last good one where it is broken."""
    if settings.people is None:
        return None
    folder = settings.pipeline.state_dir / "keys"
    roles = ("pipeline", "intake", "gate", "console", "admin")
    own = {role: folder / f"{role}.pub" for role in roles if (folder / f"{role}.pub").exists()}
    document, refused = people_kept.load(settings.people, kept, own)
    if refused:
        say(ROLE, "people_refused", level="error", message=refused)
    return document


def reason_check(settings: Settings) -> Callable[[str], bool]:
    """Whether a free text holds nothing that has to be masked; the models load while the log is replayed."""
    from maskgate.masking.texts import Texts

    texts = Texts(settings)
    return lambda text: texts.mask(text) == text


def _follow(gate: Gate, holder: PolicyHolder, follower: Follower) -> bool:
    """Take a policy that changed, and say that one looked; a refused one leaves the last good one in force."""
    change = follower.poll()
    if change is not None and change.accepted:
        gate.use_policy(holder.current, follower.signers)
        say(ROLE, "policy", version=holder.current.ref.version, digest=holder.current.ref.digest[:12])
    elif change is not None:
        say(ROLE, "policy_refused", message=change.error)
    return True
