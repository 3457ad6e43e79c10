"""The keys of masking: each with an id, a purpose, a date and a state; kept in one file that only the owner reads.

Purposes: ``mask`` (hash, pseudonym, tokenize, encrypt, numbers), ``lineage`` (``value_mac``) and ``item``
(``item_id``, ``content_mac``). A key is ``active`` (the newest active one masks), ``decrypt-only`` (opens old tokens)
or ``retired`` (does nothing). Where a key service wraps the secrets (:mod:`maskgate.crypto.kms`), the file holds
ciphertext only.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, get_args

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError, KeyringError
from maskgate.crypto.kms import open_kms

Purpose = Literal["mask", "lineage", "item"]
State = Literal["active", "decrypt-only", "retired"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
_HAD = "had-keyring"  # beside the folder of keys: what is lost with them tells nothing
FILE = Path("keys") / "keyring.json"
VARIABLE = "MASKGATE_KEYRING"
PAD = 32  # of new keys: a token tells the bucket of the length of its text, not the length


@dataclass(frozen=True, slots=True)
class Key:
    """One key; ``repr`` never shows its secret."""

    id: str
    purpose: Purpose
    created: str
    state: State
    secret: bytes = field(repr=False)
    pad: int = 0  # tokens are filled up to a multiple of so many bytes; 0: as long as their text

    def derive(self, label: str, size: int = 32) -> bytes:
        """``size`` (at most 64) bytes for one use; different labels give independent keys."""
        return blake2b(label.encode(), key=self.secret, digest_size=size, person=b"maskgate-derive").digest()


def _new(purpose: Purpose, key_id: str | None = None) -> Key:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Key(
        key_id or secrets.token_hex(4), purpose, now, "active", secrets.token_bytes(64), PAD if purpose == "mask" else 0
    )


def _parse(entry: Any, where: str, unwrap: Any) -> Key:
    try:
        if "wrapped" in entry:
            if unwrap is None:
                raise KeyringError(f"{where}: key {entry.get('id')} is wrapped, but the file names no 'kms'")
            secret = unwrap(entry["wrapped"])
        else:
            secret = base64.b64decode(entry["secret"], validate=True)
        pad = int(entry.get("pad", 0))  # a key without it goes on as it began: its tokens must stay equal
        key = Key(str(entry["id"]), entry["purpose"], str(entry["created"]), entry["state"], secret, pad)
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error):
        raise KeyringError(f"{where}: an entry needs id, purpose, created, state and secret (base64)") from None
    if key.purpose not in PURPOSES or key.state not in get_args(State):
        raise KeyringError(f"{where}: key {key.id} has an unknown purpose or state")
    if not 0 <= key.pad <= 1024:
        raise KeyringError(f"{where}: key {key.id} has a 'pad' outside 0 to 1024")
    if not 32 <= len(secret) <= 64:
        raise KeyringError(f"{where}: key {key.id} is shorter than 32 or longer than 64 bytes")
    return key


class Keyring:
    """The keys, newest last."""

    def __init__(self, keys: Iterable[Key], path: Path | None = None, kms: Any = None) -> None:
        self._keys = list(keys)
        self.path = path
        self._kms = kms
        ids = [k.id for k in self._keys]
        if len(set(ids)) != len(ids):
            raise KeyringError(f"{path or VARIABLE}: two keys have the same id")
        self._by_id = {k.id: k for k in self._keys}

    @staticmethod
    def file(place: Path | str) -> Path:
        """The keyring's file for a state folder (or the file itself)."""
        path = Path(place)
        return path if path.suffix == ".json" else path / FILE

    @classmethod
    def load(cls, place: Path | str) -> Keyring:
        """Keys of ``MASKGATE_KEYRING`` (the file's JSON) if it is set, else of the file.

        Raises:
            KeyringError: there is none, it is damaged, or others may read it.
        """
        text = os.environ.get(VARIABLE)
        if text:
            return cls.parse(text, VARIABLE)
        path = cls.file(place)
        try:
            text = filemodes.read_secret(path).decode("utf-8")
        except FileNotFoundError:
            raise KeyringError(f"{path}: no keyring; make one with 'maskgate keys create'") from None
        except ConfigurationError as error:
            raise KeyringError(str(error)) from None
        except (OSError, UnicodeDecodeError) as error:
            raise KeyringError(f"{path}: cannot be read: {type(error).__name__}") from None
        return cls.parse(text, str(path), path)

    @classmethod
    def parse(cls, text: str, where: str, path: Path | None = None) -> Keyring:
        """Keys from the JSON of a keyring file; ``where`` names it in errors."""
        try:
            tree = json.loads(text)
            entries = tree["keys"]
            if tree["version"] != 1 or not isinstance(entries, list):
                raise ValueError
        except (ValueError, KeyError, TypeError):
            raise KeyringError(f"{where}: not a keyring of version 1") from None
        kms = None
        if tree.get("kms"):
            kms = open_kms(tree["kms"])
        return cls([_parse(e, where, kms.unwrap if kms else None) for e in entries], path, kms)

    @classmethod
    def fresh(cls) -> Keyring:
        """New keys in memory only: what they mask is stable for this process alone."""
        return cls([_new(purpose) for purpose in PURPOSES])

    @classmethod
    def create(cls, place: Path | str, kms: Any = None) -> Keyring:
        """A new keyring with one key for each purpose, written to its file (0600).

        Raises:
            KeyringError: there is one already.
        """
        path = cls.file(place)
        if path.exists():
            raise KeyringError(f"{path}: exists; use 'maskgate keys rotate' for new keys")
        ring = cls([_new(purpose) for purpose in PURPOSES], path, kms)
        ring.save()
        return ring

    @classmethod
    def load_or_create(cls, place: Path | str) -> Keyring:
        """The keyring of ``place``, made on first use; one that was here and is gone is not made again.

        Raises:
            KeyringError: it is missing, damaged, or others may read it.
        """
        if os.environ.get(VARIABLE):
            return cls.load(place)
        path = cls.file(place)
        had = path.parent.parent / _HAD
        if not path.exists() and had.exists():
            raise KeyringError(
                f"{path}: the keyring that this host used is gone; restore it from its copy, or begin with other keys, "
                "under which no old token opens, by 'maskgate keys create'"
            )
        ring = cls.load(place) if path.exists() else cls.create(place)
        with contextlib.suppress(OSError):  # a state folder that cannot be written needs no mark: nothing is made there
            had.touch(mode=0o600)
        return ring

    def save(self) -> None:
        """Write the file: complete or not at all, readable by the owner only."""
        if self.path is None:
            raise KeyringError("these keys have no file")
        filemodes.write_secret(self.path, self.dump().encode())

    def dump(self) -> str:
        """The file's JSON (with the secrets, wrapped where a key service is used)."""
        entries = []
        for key in self._keys:
            entry: dict[str, Any] = {
                "id": key.id, "purpose": key.purpose, "created": key.created, "state": key.state
            }  # fmt: skip
            if key.pad:
                entry["pad"] = key.pad
            if self._kms:
                entry["wrapped"] = self._kms.wrap(key.secret)
            else:
                entry["secret"] = base64.b64encode(key.secret).decode()
            entries.append(entry)
        tree: dict[str, Any] = {"version": 1, "keys": entries}
        if self._kms:
            tree["kms"] = self._kms.describe()
        return json.dumps(tree, indent=2) + "\n"

    def key(self, purpose: Purpose, key_id: str | None = None) -> Key:
        """The newest active key of the purpose, or the one that is pinned by ``key_id``.

        Raises:
            KeyringError: there is none, or the pinned one is retired or has another purpose.
        """
        if key_id is not None:
            pinned = self._by_id.get(key_id)
            if pinned is None or pinned.purpose != purpose:
                raise KeyringError(f"no key {key_id} for '{purpose}' in the keyring; see 'maskgate keys list'")
            if pinned.state == "retired":
                raise KeyringError(f"key {key_id} is retired; pin another or take the pin out of the policy")
            return pinned
        active = [k for k in self._keys if k.purpose == purpose and k.state == "active"]
        if not active:
            raise KeyringError(f"no active key for '{purpose}'; run: maskgate keys rotate {purpose}")
        return active[-1]

    def opening(self, key_id: str) -> Key:
        """The key that opens tokens and ciphertexts that carry ``key_id``.

        Raises:
            KeyringError: it is unknown or retired.
        """
        key = self._by_id.get(key_id)
        if key is None or key.purpose != "mask":
            raise KeyringError(f"token of key {key_id}: this keyring does not have it")
        if key.state == "retired":
            raise KeyringError(f"token of key {key_id}: that key is retired")
        return key

    def every(self, purpose: Purpose | None = None) -> tuple[Key, ...]:
        """All keys (of one purpose), oldest first."""
        return tuple(k for k in self._keys if purpose in (None, k.purpose))

    def rotate(self, purpose: Purpose) -> Key:
        """A new active key; the old ones of the purpose become decrypt-only. Does not save."""
        self._keys = [
            replace(k, state="decrypt-only") if k.purpose == purpose and k.state == "active" else k for k in self._keys
        ]
        self._keys.append(_new(purpose))
        self._by_id = {k.id: k for k in self._keys}
        return self._keys[-1]

    def retire(self, key_id: str) -> Key:
        """Take a decrypt-only key out of use: its tokens never open again while it is retired. Does not save.

        Raises:
            KeyringError: it is unknown or still active.
        """
        key = self._by_id.get(key_id)
        if key is None:
            raise KeyringError(f"no key {key_id} in the keyring")
        if key.state == "active":
            raise KeyringError(f"key {key_id} is active; rotate '{key.purpose}' first")
        self._keys = [replace(k, state="retired") if k.id == key_id else k for k in self._keys]
        self._by_id = {k.id: k for k in self._keys}
        return self._by_id[key_id]
