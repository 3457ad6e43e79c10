"""The people file, or the last good one where it cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from maskgate.base.errors import ConfigurationError
from maskgate.base.log import say
from maskgate.crypto.kept import Kept
from maskgate.people import file as people_file


def load(path: Path, kept: Kept, services: Mapping[str, Path] | None = None) -> tuple[bytes, str]:
    """The document, and why the file was not used (empty where it was).

    Raises:
        ConfigurationError: the file cannot be used and nothing was kept.
    """
    try:
        document = people_file.load(path, services)
    except ConfigurationError as error:
        content = kept.load()
        if content is None:
            raise
        people_file.parse(content.body)
        return content.body, str(error)
    try:
        kept.save(document)
    except OSError as error:
        say("people", "not_kept", level="warning", reason=error.strerror)
    return document, ""
