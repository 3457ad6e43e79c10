"""What every mask worker shares: built once by the supervisor, before it forks. Imports no Kafka client.

A worker that sees the policy change builds its own masker, and its own engine only where detection changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from maskgate.base.config import Settings
from maskgate.base.drift_settings import Drift
from maskgate.base.errors import ConfigurationError, MaskgateError
from maskgate.base.log import say
from maskgate.crypto import role_keys, sealing, signing
from maskgate.crypto.kept import Kept
from maskgate.crypto.keyring import Keyring
from maskgate.crypto.keyring_file import KeyringFile, secrets_of
from maskgate.kafka.payloads import wrap
from maskgate.masking.drift import DriftGate
from maskgate.masking.masker import Masker
from maskgate.people import file as people_file
from maskgate.people import kept as people_kept
from maskgate.people.principal import ProducerKey
from maskgate.people.registry import People
from maskgate.policy import CompiledPolicy, PolicyChange, PolicyHolder, drift_profile
from maskgate.policy.published import Admins
from maskgate_detectors import DetectorError, Engine

if TYPE_CHECKING:  # it brings the Kafka client, which the parent that forks may not have
    from maskgate.worker.batch import Masking


@dataclass(slots=True)
class Parts:
    """Masker, policy, engine and keys; ``holder`` watches the policy, ``rebuild`` makes masker and engine for it."""

    masker: Masking
    policy: Any
    engine: Any
    item_keys: tuple[bytes, ...]
    mac_key: bytes
    signer: signing.Signer | None = None
    seal_to: X25519PublicKey | None = None
    producers: Mapping[str, ProducerKey] = field(default_factory=dict)
    admins: Admins = field(default_factory=Admins)
    people: People | None = None
    holder: PolicyHolder | None = None
    rebuild: Callable[[CompiledPolicy, Any], tuple[Masking, Any]] | None = None
    keys: KeyringFile | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Versions of what else decides, for the rows of lineage."""

    def take(self, change: PolicyChange) -> str:
        """Work with the holder's new policy from now on; the reason where this host cannot: the last good one stays.

        A policy can be right and still want a model or a key that is not here.
        """
        if self.holder is None or self.rebuild is None:
            return ""
        try:
            made = self.rebuild(self.holder.current, None if change.detection_changed else self.engine)
        except Exception as error:
            self.holder.keep(self.policy)
            ours = isinstance(error, (MaskgateError, DetectorError))  # others could quote what they stumbled over
            return str(error) if ours else f"cannot be used: {type(error).__name__}"
        self.policy = self.holder.current
        self.masker, self.engine = made
        return ""

    def follow_keys(self) -> bool:
        """Whether the keyring's file has other keys, which are used from now on.

        Keys that the policy cannot work with (it pins one that is retired now) are refused: the last good ones stay.
        """
        if self.keys is None or self.rebuild is None:
            return False
        old, found = self.keys.ring, self.keys.poll()
        if found is None:
            return False
        self.keys.take(found)
        try:
            made = self.rebuild(self.policy, self.engine)
            self.item_keys, self.mac_key = secrets_of(found, "item"), found.key("lineage").secret
        except MaskgateError as error:
            self.keys.give_back(old, str(error))
            return False
        self.masker, self.engine = made
        return True


def build(settings: Settings, *, library: bool = False) -> Parts:
    """Load policy, keys and models.

    A host of the stream runs the engine once, so that the forks share its memory, and goes on with the last good policy
    and people where a file is broken. A ``library`` does neither: its caller hears what is wrong.

    Raises:
        ConfigurationError: any of them is missing or wrong.
    """
    state = settings.pipeline.state_dir
    keys = KeyringFile(Keyring.load_or_create(state))
    keyring = keys.ring
    holder = PolicyHolder(settings.policy, None if library else Kept.of(state, "mask-policy", keyring))
    if holder.fallback:
        say("mask", "policy_refused", level="error", kept=holder.current.ref.version, reason=holder.fallback)

    def rebuild(policy: CompiledPolicy, engine: Any) -> tuple[Masking, Any]:
        if engine is None:
            engine = Engine(policy.engine_config(settings))
            if not library:
                engine.warm()
        return wrap(Masker(policy, keys.ring, engine, drift), settings), engine

    people = _people(settings.people, None if library else Kept.of(state, "mask-people", keyring))
    folder = state / "keys"
    admins = _admins(folder / "admin.pub", people)
    drift = drift_gate(settings.drift, admins)
    masker, engine = rebuild(holder.current, None)
    return Parts(
        masker=masker,
        policy=holder.current,
        engine=engine,
        item_keys=secrets_of(keyring, "item"),
        mac_key=keyring.key("lineage").secret,
        signer=role_keys.signer(settings, "pipeline"),
        seal_to=sealing.load_seal_public(seal) if (seal := folder / "gate-seal.pub").exists() else None,
        producers=people.producer_keys() if people else {},
        admins=admins,
        people=people,
        inputs={"drift-profile": str(drift.number)} if drift else {},
        holder=holder,
        rebuild=rebuild,
        keys=keys,
    )


def drift_gate(settings: Drift, admins: Admins) -> DriftGate | None:
    """What holds records against a profile; None where no topic asks for it."""
    if settings.profile is None:
        return None
    try:
        raw = settings.profile.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"drift.profile {settings.profile}: {error.strerror}") from None
    profile = drift_profile.read(raw, admins.keys, admins.needed)
    say("mask", "drift_profile", number=profile.number, signers=list(profile.signers), topics=sorted(profile.topics))
    return DriftGate(profile, settings.on_drift, settings.destination, settings.learn_records)


def _people(path: Path | None, kept: Kept | None) -> People | None:
    if path is None:
        return None
    document, refused = people_kept.load(path, kept) if kept else (people_file.load(path), "")
    if refused:
        say("mask", "people_refused", level="error", reason=refused)
    return people_file.parse(document)


def _admins(own: Path, people: People | None) -> Admins:
    """Who may publish a policy: the administrators of the people file, else this host's own."""
    found = Admins.of(people) if people else Admins()
    if not found.keys and own.exists():
        public = signing.load_public(own)
        return Admins({signing.key_id(public): public})
    return found
