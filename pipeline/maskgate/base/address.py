"""Where lineage lies: a folder of this host, or the address of an object store or a Delta table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SCHEMES = ("s3", "gs", "az", "delta+s3", "delta+gs", "delta+az", "delta+file")


@dataclass(frozen=True, slots=True)
class Address:
    """A place that is reached by URL; ``copies`` is a folder of this host for files that were read from it."""

    url: str
    copies: Path
    endpoint: str = ""
    region: str = ""

    def __str__(self) -> str:
        return self.url

    @property
    def is_delta(self) -> bool:
        """Whether a Delta table is there."""
        return self.url.startswith("delta+")

    @property
    def bare(self) -> str:
        """The URL as the clients of object stores take it."""
        return self.url.removeprefix("delta+")


Where = Path | Address


def problem(url: str) -> str:
    """Why this cannot be the address of a lineage store; empty where it can."""
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", url)
    if not scheme:
        return "this is the path of a folder: write it in lineage.dir, or the URL of a store here"
    if scheme[1] not in SCHEMES:
        return f"the scheme '{scheme[1]}' is not known here: one of {', '.join(SCHEMES)}"
    parts = urlsplit(url.removeprefix("delta+"))
    if parts.username or parts.password or parts.query or parts.fragment:
        return "credentials do not belong in the URL: they come from the environment of the process"
    local = parts.scheme == "file"
    if (local and (parts.netloc or len(parts.path) < 2)) or not (local or parts.netloc):
        return "write scheme://bucket/folder, or delta+file:///folder"
    return ""


__all__ = ["SCHEMES", "Address", "Where", "problem"]
