"""What every mask worker shares: built once by the supervisor, before it forks. Imports no Kafka client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maskgate.approvals import sealing, signing
from maskgate.config import Settings
from maskgate.errors import ConfigurationError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    from maskgate.approvals.requester import ProducerKey
    from maskgate.streams.batch import Masking


@dataclass(slots=True)
class Parts:
    """Masker, policy, engine and keys. ``holder`` reloads the policy, where there is one."""

    masker: Masking
    policy: Any
    engine: Any
    item_key: bytes
    mac_key: bytes
    signer: signing.Signer | None = None
    seal_to: X25519PublicKey | None = None
    producers: Mapping[str, ProducerKey] = field(default_factory=dict)
    holder: Any = None


def build(settings: Settings) -> Parts:
    """Load policy, keys and models, and run the engine once so that the forks share its memory.

    Raises:
        ConfigurationError: any of them is missing or wrong.
    """
    from maskgate.masker import Masker
    from maskgate.masking.keyring import Keyring
    from maskgate.policy import load_policy
    from maskgate_detectors import Engine

    policy = load_policy(settings.policy)
    keyring = Keyring.load_or_create(settings.pipeline.state_dir)
    engine = Engine(policy.engine_config(settings))
    engine.warm()
    keys = settings.pipeline.state_dir / "keys"
    return Parts(
        masker=Masker(policy, keyring, engine),
        policy=policy,
        engine=engine,
        item_key=keyring.key("item").secret,
        mac_key=keyring.key("lineage").secret,
        signer=_signer(keys / "pipeline.pem"),
        seal_to=sealing.load_seal_public(keys / "gate-seal.pub") if (keys / "gate-seal.pub").exists() else None,
        producers=_producers(settings.people),
    )


def _signer(path: Path) -> signing.Signer | None:
    if not path.exists():
        return None
    if signing.is_locked(path):
        raise ConfigurationError(f"{path}: a worker cannot type a passphrase; use a key file without one, mode 0600")
    return signing.load_signer(path)


def _producers(path: Path | None) -> Mapping[str, ProducerKey]:
    if path is None:
        return {}
    from maskgate.approvals import people

    found: Mapping[str, ProducerKey] = people.load(path).producer_keys()
    return found
