"""Files and folders that cannot be used, said in one line with what to do."""

from __future__ import annotations

import errno

from maskgate.base.errors import ConfigurationError, WorldError


def file_error(error: OSError) -> ConfigurationError | WorldError:
    """The error to raise for a file or folder that cannot be used."""
    path = error.filename or "a file"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ConfigurationError(f"{path}: no right to use it; give it to the user of this process, or name another")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WorldError(f"{path}: the disk is full; make room")
    return ConfigurationError(f"{path}: {error.strerror or type(error).__name__}")
