"""Compaction of whichever place the configuration names."""

from __future__ import annotations

from collections.abc import Mapping

from maskgate.base.address import Address, Where
from maskgate.crypto import signing
from maskgate.lineage.sinks import maintain, remote_maintain
from maskgate.lineage.sinks.maintain import Compacted
from maskgate.lineage.sinks.manifest import Manifest
from maskgate.lineage.sinks.opened import open_remote
from maskgate.lineage.sinks.place import LocalPlace


def compact(
    where: Where,
    signer: signing.Signer,
    keys: Mapping[str, bytes],
    *,
    target_rows: int = 500_000,
    min_age_s: float = 3600.0,
    keep_days: float | None = None,
    now: float | None = None,
) -> Compacted:
    """Merge neighbours of one day older than ``min_age_s``; drop files whose last row is older than ``keep_days``."""
    if not isinstance(where, Address):
        manifest = Manifest(LocalPlace(where), signer, keys)
        return maintain.compact(
            where, manifest, target_rows=target_rows, min_age_s=min_age_s, keep_days=keep_days, now=now
        )
    store = open_remote(where, signer, keys)
    return remote_maintain.compact(store, target_rows=target_rows, min_age_s=min_age_s, keep_days=keep_days, now=now)


__all__ = ["compact"]
