"""Files and folders that cannot be used, said in one line with what to do."""

from __future__ import annotations

import errno
import os

from maskgate.base.errors import ConfigurationError, WorldError


def file_error(error: OSError) -> ConfigurationError | WorldError:
    """The error to raise for a file or folder that cannot be used."""
    path = os.fsdecode(error.filename)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ConfigurationError(f"{path}: no right to use it; give it to the user of this process, or name another")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WorldError(f"{path}: the disk is full; make room")
    return ConfigurationError(f"{path}: {error.strerror or type(error).__name__}")


def told(error: BaseException) -> BaseException:
    """An error of a file as one of ours, with the path and what to do; any other error as it is."""
    if isinstance(error, OSError) and isinstance(error.filename, str | bytes | os.PathLike):
        return file_error(error)
    return error
