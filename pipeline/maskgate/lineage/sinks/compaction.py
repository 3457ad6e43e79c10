"""Compaction of whichever place the configuration names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maskgate.base.address import Address, Where
from maskgate.crypto import signing
from maskgate.lineage.sinks import maintain, remote_maintain
from maskgate.lineage.sinks.maintain import Compacted
from maskgate.lineage.sinks.manifest import Manifest
from maskgate.lineage.sinks.opened import open_remote
from maskgate.lineage.sinks.place import LocalPlace


def compact(where: Where, signer: signing.Signer, keys: Mapping[str, bytes], **options: Any) -> Compacted:
    """Merge small files and drop old rows; the options are those of :func:`maintain.compact`."""
    if not isinstance(where, Address):
        return maintain.compact(where, Manifest(LocalPlace(where), signer, keys), **options)
    return remote_maintain.compact(open_remote(where, signer, keys), **options)


__all__ = ["compact"]
