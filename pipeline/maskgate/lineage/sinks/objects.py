"""Objects of a bucket: read, listed, and written under a condition, through ``obstore``.

Every call is tried again for half a minute, here and not in the client: only so is it known whether a conditional put
that was refused had been done by an earlier try whose answer was lost.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import obstore
from obstore import exceptions
from obstore.store import LocalStore, from_url

from maskgate.base.address import Address
from maskgate.base.errors import ConfigurationError, WorldError

_WAITS_S = (0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 10.0)
_TIMEOUT = timedelta(seconds=30)
_TAKEN = (exceptions.AlreadyExistsError, exceptions.PreconditionError)
_FINAL = (
    FileNotFoundError, NotImplementedError, PermissionError, ValueError, exceptions.NotFoundError,
    exceptions.NotSupportedError, exceptions.PermissionDeniedError, exceptions.UnauthenticatedError,
    exceptions.InvalidPathError, exceptions.UnknownConfigurationKeyError,
)  # fmt: skip
_READERS = 8
_Result = TypeVar("_Result")


class Listed(NamedTuple):
    """An object without its bytes."""

    name: str
    size: int
    tag: str


class Objects:
    """The objects below one URL."""

    def __init__(self, store: Any, url: str) -> None:
        self._store, self.url = store, url

    def read(self, name: str) -> bytes | None:
        """The bytes of an object; None where there is none."""
        try:
            return self._tried(lambda: bytes(obstore.get(self._store, name).bytes()))
        except (FileNotFoundError, exceptions.NotFoundError):
            return None

    def read_all(self, names: Sequence[str]) -> list[bytes | None]:
        """Many objects, several at a time, in their order."""
        if len(names) < 2:
            return [self.read(name) for name in names]
        with ThreadPoolExecutor(_READERS) as pool:
            return list(pool.map(self.read, names))

    def listed(self, folder: str, after: str | None = None) -> Iterator[Listed]:
        """What lies in a folder, by name, behind ``after``."""
        found = self._tried(lambda: obstore.list(self._store, folder, offset=after).collect())
        for meta in sorted(found, key=lambda meta: meta["path"]):
            yield Listed(meta["path"], meta["size"], meta["e_tag"] or "")

    def create(self, name: str, data: bytes) -> bool:
        """Write an object that is not there yet; False where it is, unless an earlier try of this call wrote it."""
        return self._put(name, data)

    def replace(self, name: str, data: bytes, tag: str) -> bool:
        """Write an object that is still the one that was listed with this tag; False where it is another."""
        return self._put(name, data, tag)

    def write(self, name: str, data: bytes) -> None:
        """Write an object, whatever was there."""
        self._tried(lambda: obstore.put(self._store, name, data, use_multipart=False))

    def remove(self, name: str) -> None:
        """Take an object away if it is there."""
        try:
            self._tried(lambda: obstore.delete(self._store, name))
        except (FileNotFoundError, exceptions.NotFoundError):
            return

    def _put(self, name: str, data: bytes, tag: str = "") -> bool:
        unsure = False

        def put() -> bool:
            nonlocal unsure
            try:
                if tag:
                    obstore.put(self._store, name, data, mode={"e_tag": tag}, use_multipart=False)
                else:
                    obstore.put(self._store, name, data, mode="create", use_multipart=False)
            except _TAKEN:
                return unsure and self.read(name) == data
            except _FINAL:
                raise
            except Exception:
                unsure = True  # it may have been done, and only the answer be lost
                raise
            return True

        return self._tried(put)

    def _tried(self, call: Callable[[], _Result]) -> _Result:
        """The result of a call, tried again while the store is at fault.

        Raises:
            WorldError: the store refuses, or does not answer. FileNotFoundError: there is no such object.
        """
        for wait in (*_WAITS_S, None):
            try:
                return call()
            except (FileNotFoundError, exceptions.NotFoundError):
                raise
            except Exception as error:
                if wait is None or isinstance(error, _FINAL):
                    raise self._failed(error) from None
            time.sleep(wait)
        raise AssertionError("unreachable")

    def _failed(self, error: Exception) -> WorldError:
        """What went wrong, without the client's own words: they can hold parts of credentials."""
        if isinstance(error, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError | PermissionError):
            return WorldError(f"{self.url}: the store refuses; check the credentials in the environment")
        if isinstance(error, WorldError):
            return error
        kind = type(error).__name__
        return WorldError(f"{self.url}: the store does not do as asked ({kind}); is it up, is the bucket there?")

    def probe(self) -> None:
        """Find out whether the store knows conditional puts, on which everything rests.

        Raises:
            ConfigurationError: it wrote one object twice.
        """
        name = f"_probe/{uuid.uuid4().hex}"
        try:
            if not self.create(name, b"1") or self.create(name, b"2"):
                raise ConfigurationError(
                    f"lineage.store {self.url}: this store writes an object twice although it is asked to create it "
                    "(If-None-Match); two sinks would not notice each other: take another store"
                )
        finally:
            self.remove(name)


def connect(address: Address) -> Objects:
    """The objects at an address; credentials come from the environment.

    Raises:
        ConfigurationError: the address cannot be used.
    """
    if address.bare.startswith("file:"):
        return Objects(LocalStore(address.bare.removeprefix("file://"), mkdir=True), address.url)
    options: dict[str, Any] = {"endpoint": address.endpoint, "region": address.region}
    try:
        store = from_url(
            address.bare,
            client_options={"allow_http": address.endpoint.startswith("http://"), "timeout": _TIMEOUT},
            retry_config={"max_retries": 0, "retry_timeout": _TIMEOUT},
            **{key: value for key, value in options.items() if value},
        )
    except (exceptions.BaseError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"lineage.store {address.url}: cannot be used ({type(error).__name__}); check the URL and the environment"
        ) from None
    return Objects(store, address.url)


__all__ = ["Listed", "Objects", "connect"]
