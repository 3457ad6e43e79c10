"""The key with which a host's sink signs its manifest."""

from __future__ import annotations

from pathlib import Path

from maskgate.crypto import signing


def own(state_dir: Path) -> signing.FileSigner:
    """The sink's key, made at its first start: nobody else needs to know it before."""
    path = state_dir / "keys" / "lineage.pem"
    return signing.load_signer(path) if path.exists() else signing.create_key(path)


def known(state_dir: Path) -> dict[str, bytes]:
    """Public keys of sinks (id → raw key): this host's, and those of others that were put beside it."""
    return signing.publics(sorted((state_dir / "keys").glob("lineage*.pub")))
