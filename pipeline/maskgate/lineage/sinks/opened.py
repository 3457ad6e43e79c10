"""Opening the place that a configuration names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from maskgate.base import extras
from maskgate.base.address import Address, Where
from maskgate.crypto import signing
from maskgate.lineage.sinks import claims
from maskgate.lineage.sinks.place import LocalPlace, Place

if TYPE_CHECKING:
    from maskgate.lineage.sinks.remote import ObjectPlace, RemoteStore
    from maskgate.lineage.sinks.store import Store


def open_place(where: Where) -> Place:
    """A place to read from.

    Raises:
        ConfigurationError: it cannot be used, or an extra is missing.
    """
    return _at(where) if isinstance(where, Address) else LocalPlace(where)


def _at(address: Address) -> ObjectPlace:
    extras.need("objectstore")
    if address.is_delta:
        extras.need("delta")
        from maskgate.lineage.sinks import delta

        return delta.open_place(address)
    from maskgate.lineage.sinks import remote

    return remote.open_place(address)


def there(where: Where) -> bool:
    """Whether lineage is kept there; of a store only the questions themselves can tell."""
    return isinstance(where, Address) or (where / claims.CLAIMS).is_dir()


def open_store(where: Where, instance: str, signer: signing.Signer, keys: Mapping[str, bytes] | None = None) -> Store:
    """A place to write to.

    Raises:
        ConfigurationError: it cannot be used, or an extra is missing.
    """
    if isinstance(where, Address):
        return open_remote(where, signer, keys)
    from maskgate.lineage.sinks import local

    return local.LocalStore(where, instance, signer, keys)


def open_remote(where: Address, signer: signing.Signer, keys: Mapping[str, bytes] | None = None) -> RemoteStore:
    """A store that is reached by URL.

    Raises:
        ConfigurationError: it cannot be used, or an extra is missing.
    """
    return _at(where).store(signer, keys)


__all__ = ["open_place", "open_remote", "open_store", "there"]
