"""Schemas of what maskgate writes, as data: Avro for lineage, JSON Schema for the JSON formats.

A published file never changes; a new version is a new file, and the tests prove that it still reads the old one.
"""

from __future__ import annotations

from importlib import resources

LINEAGE_EVENT = "lineage_event"


def names() -> tuple[str, ...]:
    """Every schema file, such as ``lineage_event.v1.avsc``, sorted."""
    files = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name for name in files if name.endswith((".avsc", ".schema.json"))))


def text(name: str) -> str:
    """The text of one schema file."""
    return (resources.files(__name__) / name).read_text(encoding="utf-8")


def versions(stem: str) -> tuple[str, ...]:
    """The files of one format, oldest first: ``lineage_event`` gives ``lineage_event.v1.avsc``, …"""
    found = [name for name in names() if name.startswith(f"{stem}.v")]
    return tuple(sorted(found, key=lambda name: int(name.removeprefix(f"{stem}.v").split(".", 1)[0])))
