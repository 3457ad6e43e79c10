"""Who may read the files that we write: three classes, written and checked in one place.

* *secret* (keys, snapshots, indexes, permits, logs of a role): 0600 in a folder of 0700. Read also as 0440 or 0640
  where root owns it and its group is ours, as Kubernetes mounts a secret. Anything wider is refused, as ssh refuses it,
  with the command that mends it: a key that another user could read must not go on being used in silence.
* *data* (Parquet files, notices): the mode is the operator's, by umask.
* *public* (public keys, checkpoints): 0644, whatever the umask.
"""

from __future__ import annotations

import os
import shlex
import stat
import tempfile
from pathlib import Path

from maskgate.base.errors import ConfigurationError

SECRET = 0o600
FOLDER = 0o700
PUBLIC = 0o644
_OTHERS = 0o077
_MOUNTED = 0o137  # of root, group ours: what the group may do beyond reading, and all that others may


def too_open(status: os.stat_result) -> bool:
    """Whether a file is open to more than its owner; what is no file (a pipe, a terminal) is not."""
    if not stat.S_ISREG(status.st_mode) or not status.st_mode & _OTHERS:
        return False
    ours = status.st_gid in {os.getegid(), *os.getgroups()}
    return not (status.st_uid == 0 and ours and not status.st_mode & _MOUNTED)


def cure(path: Path) -> str:
    """The command that makes a file a secret again."""
    return f"chmod {SECRET:o} {shlex.quote(str(path))}"


def _refuse_open(path: Path, status: os.stat_result) -> None:
    if too_open(status):
        mode = stat.S_IMODE(status.st_mode)
        raise ConfigurationError(
            f"{path}: others may read or change it (mode {mode:04o}); run: {cure(path)} (a mount: mode 0400)"
        )


def check_secret(path: Path) -> None:
    """Refuse a file that others may read or change; one that is not there is fine.

    Raises:
        ConfigurationError: it is too open; the message has the command that mends it.
    """
    try:
        _refuse_open(path, path.stat())
    except FileNotFoundError:
        return
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from None


def read_secret(path: Path) -> bytes:
    """The bytes of a secret; the mode is that of the file that is read, not of one that was there before.

    Raises:
        ConfigurationError: it is too open. OSError: it is not there or cannot be read.
    """
    with path.open("rb") as file:
        _refuse_open(path, os.fstat(file.fileno()))
        return file.read()


def read_passphrase(path: Path | str) -> str:
    """The passphrase in a file, without the line's end.

    Raises:
        ConfigurationError: it is empty (a key would be written unlocked), too open, or cannot be read.
    """
    try:
        text = read_secret(Path(path)).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot read the passphrase: {type(error).__name__}") from None
    if not text:
        raise ConfigurationError(f"{path}: the passphrase is empty; write one into it, or leave the option out")
    return text


def secret_folder(path: Path) -> Path:
    """A folder of ours alone; it and what is missing above it are made with 0700."""
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            folder.mkdir(mode=FOLDER, exist_ok=True)
    return path


def open_secret(path: Path, flags: int = os.O_RDWR) -> int:
    """A handle on a secret that is made (0600) where it is missing; ``flags`` as of ``os.open``.

    Raises:
        ConfigurationError: it was there and is too open. FileExistsError: with ``O_EXCL``, it was there.
    """
    secret_folder(path.parent)
    handle = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, SECRET)
    try:
        _refuse_open(path, os.fstat(handle))
    except ConfigurationError:
        os.close(handle)
        raise
    return handle


def claim_secret(path: Path) -> Path:
    """Make a secret empty where it is missing and check it where it is: for what other libraries write (SQLite)."""
    os.close(open_secret(path))
    return path


def write_secret(path: Path, data: bytes) -> None:
    """Write a secret complete or not at all, on the disk when this returns; an older one is replaced."""
    _replace(path, data, SECRET)


def create_secret(path: Path, data: bytes) -> None:
    """Write a secret that must not be there yet.

    Raises:
        FileExistsError: it is there.
    """
    with os.fdopen(open_secret(path, os.O_WRONLY | os.O_EXCL), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_public(path: Path, data: bytes) -> None:
    """Write what everybody may read, complete or not at all."""
    _replace(path, data, PUBLIC)


def _replace(path: Path, data: bytes, mode: int) -> None:
    secret_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # made with 0600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fchmod(out.fileno(), mode)
            os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
